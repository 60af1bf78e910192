import { expect, test } from 'vitest';
import { gates, gearGates } from '../../bench/cameras-gates.ts';
import type { BenchRow } from '../../bench/report.ts';

const GOOD = {
  'least answered of a camera, of its fair share': 0.9,
  'latency p99': 80,
  'deciding and features, of the CPU time': 0.03,
  'most in the queue': 16,
};

function missed(change: Partial<Record<keyof typeof GOOD, number>>): string[] {
  const rows = Object.entries({ ...GOOD, ...change }).map(
    ([figure, value]): BenchRow => ({
      case: '16 cameras at 5 fps',
      variant: 'weir',
      ...{ figure, value, unit: '', n: 1 },
    }),
  );
  return gates(rows).filter((line) => line.startsWith('NOT reached'));
}

test.each<[Parameters<typeof missed>[0], RegExp]>([
  [{ 'most in the queue': 17 }, /one for each camera \(17\)/],
  [{ 'latency p99': 101 }, /p99 of label latency/],
  [{ 'latency p99': Infinity }, /p99 of label latency/],
  [{ 'least answered of a camera, of its fair share': 0.7 }, /fair share/],
  [{ 'deciding and features, of the CPU time': 0.06 }, /of the CPU time/],
])('%j is not what is aimed at', (change, told) => {
  expect(missed({})).toEqual([]);
  expect(missed(change)).toEqual([expect.stringMatching(told)]);
});

test.each<[number[], number, boolean, boolean]>([
  [[0, 2, 0.3], 0.2, true, true],
  [[0, 2, 0.4], 0, false, true],
  [[1, 1, 0], 0, false, true],
  [[0, 2, 0], 0.25, true, false],
])('gears of %j with %d turns', (gears, turns, follow, stay) => {
  expect(gearGates(gears, turns).map((line) => !line.startsWith('NOT'))).toEqual([follow, stay]);
});
