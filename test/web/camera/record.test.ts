import { expect, test } from 'vitest';
import { Recorder } from '../../../src/web/camera/record.ts';
import type { ClockName, Message } from '../../../src/web/camera/wire.ts';

const label = (seq: number, decidedAtMs: number, spentMs: number, state: ClockName = 'pinned') =>
  ({
    ...{ type: 'label', seq, decidedAtMs, spentMs, budgetMs: 100, stop: 'top' },
    path: [{ rung: 'low' }, { rung: 'high' }],
    clock: { state, source: 'linux' },
  }) as unknown as Message;

test('a stretch ends where the clock state changes: its times are of one state', () => {
  const recorder = new Recorder(10_000);
  recorder.add(label(1, 1_000, 5));
  recorder.add(label(2, 2_000, 50, 'floating'));
  recorder.add(label(3, 3_000, 60, 'floating'));
  expect(recorder.bins(4_000).map(({ clock, frames, mostMs }) => [clock, frames, mostMs])).toEqual([
    ['pinned', 1, 5],
    ['floating', 2, 60],
  ]);
});

test('a frame counts once, to the rung on which it ended, and over its budget where it was', () => {
  const recorder = new Recorder(10_000);
  for (const message of [label(1, 1_000, 100), label(2, 1_100, 101), label(2, 1_100, 101)]) recorder.add(message);
  expect(recorder.bins(2_000)).toMatchObject([{ frames: 2, overBudget: 1, endedOn: { high: 2 }, stops: { top: 2 } }]);
});
