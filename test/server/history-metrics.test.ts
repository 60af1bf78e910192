import { expect, test } from 'vitest';
import { addHistoryMetrics, type HistoryFigures } from '../../src/server/history-metrics.ts';
import { Metrics } from '../../src/server/metrics.ts';

const FIGURES: HistoryFigures = {
  state: 'failing',
  written: 811,
  dropped: 689,
  bytes: 4_096,
  waitingBytes: 200,
  batchP95Ms: 3.5,
  quarantined: ['weir.db.corrupt-1'],
};

async function linesOf(figures: HistoryFigures | null): Promise<string[]> {
  const none = () => 0;
  const sources = { subscribers: none, subscriberDrops: none, inferenceCrashes: none, inferenceQueued: none };
  const metrics = new Metrics(sources);
  addHistoryMetrics(metrics, () => figures);
  const { text } = await metrics.read();
  metrics.stop();
  return text.split('\n').filter((line) => line.startsWith('weir_history_'));
}

test('what is kept, lost and waits is told', async () => {
  expect(await linesOf(FIGURES)).toEqual([
    'weir_history_written_total 811',
    'weir_history_dropped_total 689',
    'weir_history_bytes 4096',
    'weir_history_waiting_bytes 200',
    'weir_history_batch_p95_milliseconds 3.5',
    'weir_history_failing 1',
    'weir_history_set_aside 1',
  ]);
});

test('where no history is kept there are no series', async () => {
  expect(await linesOf(null)).toEqual([]);
});
