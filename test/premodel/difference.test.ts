import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../src/cascade/random.ts';
import { intervalOf, pairedDifference } from '../../src/premodel/difference.ts';

const alone = (count: number) => Int32Array.from({ length: count }, (_, i) => i);
const bits = (count: number, likely: number, random: () => number) =>
  Uint8Array.from({ length: count }, () => (random() < likely ? 1 : 0));

describe('pairedDifference', () => {
  test('of samples on their own has the error of a table of pairs', () => {
    // 30 of 400 better, 10 worse: √(40 + 1 − 20² / 402) / 402, but for n / (n − 1).
    const a = Uint8Array.from({ length: 400 }, (_, i) => (i < 30 ? 1 : 0));
    const b = Uint8Array.from({ length: 400 }, (_, i) => (i >= 390 ? 1 : 0));
    const { mean, error } = pairedDifference(a, b, alone(400));
    expect(mean).toBeCloseTo(0.05, 12);
    expect(error).toBeCloseTo(Math.sqrt(41 - 400 / 402) / 402, 4);
  });

  test('counts k copies of each sample as one: the error is that of the samples without their copies', () => {
    const random = seededRandom(1);
    const [a, b] = [bits(300, 0.7, random), bits(300, 0.6, random)];
    const copied = (values: Uint8Array) => Uint8Array.from({ length: 1500 }, (_, i) => values[Math.floor(i / 5)] ?? 0);
    const once = pairedDifference(a, b, alone(300));
    const copies = [copied(a), copied(b)] as const;
    const grouped = pairedDifference(
      ...copies,
      Int32Array.from({ length: 1500 }, (_, i) => Math.floor(i / 5)),
    );
    const naive = pairedDifference(...copies, alone(1500));
    expect(grouped.mean).toBeCloseTo(once.mean, 12);
    expect(grouped.error / once.error).toBeCloseTo(1, 1);
    expect(naive.error / once.error).toBeCloseTo(1 / Math.sqrt(5), 1);
  });

  test('without any difference is not certain', () => {
    const ones = new Uint8Array(50).fill(1);
    expect(pairedDifference(ones, ones, alone(50))).toEqual({ mean: 0, error: 1 / 52 });
  });

  test('of some samples takes the groups that are there', () => {
    const a = Uint8Array.of(1, 1, 0, 1);
    const b = Uint8Array.of(0, 1, 1, 0);
    expect(pairedDifference(a, b, Int32Array.of(7, 7, 900, 2))).toEqual(
      pairedDifference(a, b, Int32Array.of(0, 0, 1, 2)),
    );
  });
});

test('the interval of a confidence holds the true difference about so often', () => {
  const random = seededRandom(4);
  let held = 0;
  for (let draw = 0; draw < 400; draw++) {
    // Pairs that go right and wrong together.
    const [a, b] = [bits(100, 0.7, random), bits(100, 0.6, random)];
    const twice = (values: Uint8Array) => Uint8Array.from({ length: 200 }, (_, i) => values[i >> 1] ?? 0);
    const [low, high] = intervalOf(
      pairedDifference(
        twice(a),
        twice(b),
        Int32Array.from({ length: 200 }, (_, i) => i >> 1),
      ),
      0.9,
    );
    if (low <= 0.1 && high >= 0.1) held++;
  }
  expect(held / 400).toBeGreaterThan(0.86);
  expect(held / 400).toBeLessThan(0.94);
});
