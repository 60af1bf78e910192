import { randomUUID } from 'node:crypto';
import type { HistoryConfig } from '../config/history.ts';
import { startHistory } from '../history/history.ts';
import { lockState } from '../history/lock.ts';
import type { StoreStatus } from '../history/protocol.ts';
import type { SequencedMessage } from '../protocol/messages.ts';
import { type LabelArchive, NO_PAST, type Past } from '../sinks/past.ts';
import type { Clock } from '../types.ts';

export interface OpenHistory {
  /** For the hub: its epoch, and behind which number it goes on. */
  readonly epoch: string;
  readonly last: number;
  readonly past: Past;
  /** `null` where no history is kept. */
  readonly archive: LabelArchive | null;
  readonly sink: { publish(message: SequencedMessage, text: string): void; close(): Promise<void> } | null;
  readonly status: () => StoreStatus | null;
  /** When nothing is published any more: writes what is left, and seals it. Once, however often it is called. */
  readonly seal: () => Promise<void>;
  /** After the hub is closed: seals, gives the state directory free. */
  readonly close: () => Promise<void>;
}

/** @throws WeirError `state-in-use`, `history-newer`, `history-unusable` */
export async function openHistory(
  config: HistoryConfig,
  parts: { readonly stateDir: string; readonly clock: Clock; readonly onNotice: (text: string) => void },
): Promise<OpenHistory> {
  const unlock = lockState(parts.stateDir);
  if (!config.enabled) {
    const close = async () => unlock();
    const seal = async () => {};
    return { epoch: randomUUID(), last: 0, past: NO_PAST, archive: null, sink: null, status: () => null, seal, close };
  }
  try {
    const history = await startHistory({ ...parts, limits: config });
    let sealed: Promise<void> | null = null;
    const seal = () => {
      sealed ??= history.close();
      return sealed;
    };
    return {
      epoch: history.epochId,
      last: history.startsBehind,
      past: history,
      archive: history,
      // Closed last, by `close`: other sinks may still read while they end.
      sink: { publish: (message, text) => history.publish(message, text), close: async () => {} },
      status: () => history.status,
      seal,
      close: () => seal().finally(unlock),
    };
  } catch (error) {
    unlock();
    throw error;
  }
}
