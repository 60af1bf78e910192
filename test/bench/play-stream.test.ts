import { describe, expect, test } from 'vitest';
import { playStream } from '../../bench/play-stream.ts';
import type { Recording } from '../../src/dataset/footage.ts';
import type { Looked, View } from '../../src/pipeline/view.ts';
import type { Frame } from '../../src/types.ts';

const TIMES = [10, 10.2, 10.4, 10.6, 10.8, 11];

const recording = {
  times: TIMES,
  store: { load: (row: number) => ({ width: 1, height: 1, pixels: Uint8Array.of(row, 0, 0) }) },
} as unknown as Recording;

/** Answers a frame with the number of frames that it has seen. */
function counting(seen: Frame[], runMs: number): View {
  let count = 0;
  const look = async (frame: Frame): Promise<Looked> => {
    seen.push(frame);
    count++;
    const run = { rung: 'low', waitMs: 0, prepareMs: 0, runMs, serviceMs: 2 * runMs };
    const zero = { ...run, rung: 'zero' };
    const path = count % 2 === 0 ? [] : [run];
    const result = { kind: 'answered', top: [{ label: String(count) }], path, stop: 'unchanged' };
    return { statements: [{ result }], ran: [zero, run], compareMs: 0.5, decideMs: 1 } as unknown as Looked;
  };
  return { questions: [], tracks: 0, look, end: () => [] };
}

describe('a stream that several look at', () => {
  test('is new to each view that is made, and its frames come in order, as far apart as they were taken', async () => {
    const made: Frame[][] = [];
    const view = () => {
      const seen: Frame[] = [];
      made.push(seen);
      return counting(seen, 1);
    };
    const { said } = await playStream(recording, [{ variant: 'weir', view }]);
    const [, ...rounds] = made; // the first only warms up
    expect(rounds.map((seen) => seen.map(({ ptsSeconds }) => ptsSeconds))).toEqual([TIMES, TIMES, TIMES]);
    const [first] = rounds;
    expect((first?.at(-1)?.arrivedMs ?? 0) - (first?.[0]?.arrivedMs ?? 0)).toBeCloseTo(1000, 6);
    expect(said[0]?.[0]?.map(({ label }) => label)).toEqual(['1', '2', '3', '4', '5', '6']);
    expect(said[0]?.[0]?.map(({ ended }) => ended).slice(0, 2)).toEqual(['low', 'unchanged']);
  });

  test('costs what rungs ran, all of rung zero, and the change test', async () => {
    const players = [1, 3].map((runMs) => ({ variant: `${runMs}`, view: () => counting([], runMs) }));
    const { runMs } = await playStream(recording, players);
    expect([...(runMs[0] ?? [])]).toEqual(TIMES.map(() => 3.5));
    expect([...(runMs[1] ?? [])]).toEqual(TIMES.map(() => 9.5));
  });
});
