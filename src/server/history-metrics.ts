import type { Metrics } from './metrics.ts';

/** What is told of the messages that are kept. */
export interface HistoryFigures {
  readonly state: 'ok' | 'failing';
  readonly written: number;
  readonly dropped: number;
  /** On the disk, with the log of the database. */
  readonly bytes: number;
  /** Of messages that are not on the disk yet. */
  readonly waitingBytes: number;
  readonly batchP95Ms: number;
  readonly quarantined: readonly string[];
}

/** Adds the history's figures. @param figures `null` where no history is kept: there are no series then */
export function addHistoryMetrics(metrics: Pick<Metrics, 'family'>, figures: () => HistoryFigures | null): void {
  const add = (name: string, help: string, read: (told: HistoryFigures) => number, kind?: 'counter') => {
    const told = () => {
      const now = figures();
      return now === null ? [] : [[{}, read(now)] as const];
    };
    metrics.family(`weir_history_${name}`, help, [], told, kind);
  };
  add('written_total', 'Messages written to the history', ({ written }) => written, 'counter');
  add('dropped_total', 'Messages that the history could not keep: a full disk', ({ dropped }) => dropped, 'counter');
  add('bytes', 'Bytes of the history on the disk', ({ bytes }) => bytes);
  add('waiting_bytes', 'Bytes of messages that wait to be written', ({ waitingBytes }) => waitingBytes);
  add('batch_p95_milliseconds', 'Time to write one of the last hundred batches', ({ batchP95Ms }) => batchP95Ms);
  add('failing', '1 while the history cannot be written, else 0', ({ state }) => (state === 'failing' ? 1 : 0));
  add('set_aside', 'Corrupt databases that lie beside it', ({ quarantined }) => quarantined.length);
}
