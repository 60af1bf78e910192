import { describe, expect, test } from 'vitest';
import { bootstrapInterval, intervalOfMean } from '../../src/cascade/bootstrap.ts';
import { seededRandom, shuffle } from '../../src/cascade/random.ts';
import fc from '../support/property.ts';

const meanOf = (values: ArrayLike<number>) => (rows: Int32Array) =>
  rows.reduce((sum, row) => sum + (values[row] ?? 0), 0) / rows.length;

describe('bootstrapInterval', () => {
  test('has the width that the theory of means tells', () => {
    const random = seededRandom(5);
    const values = Array.from({ length: 400 }, () => (random() < 0.3 ? 1 : 0));
    const share = values.reduce<number>((sum, value) => sum + value, 0) / 400;
    const [low, high] = bootstrapInterval(400, meanOf(values), 1);
    const error = Math.sqrt((share * (1 - share)) / 400);
    expect(low).toBeLessThan(share);
    expect(high).toBeGreaterThan(share);
    expect((high - low) / (2 * 1.96 * error)).toBeGreaterThan(0.9);
    expect((high - low) / (2 * 1.96 * error)).toBeLessThan(1.1);
  });

  test('covers the true mean in about 95 of 100 draws', () => {
    const random = seededRandom(9);
    let covered = 0;
    for (let draw = 0; draw < 200; draw++) {
      const values = Array.from({ length: 100 }, random);
      const [low, high] = bootstrapInterval(100, meanOf(values), draw, 300);
      if (low <= 0.5 && 0.5 <= high) covered++;
    }
    expect(covered).toBeGreaterThan(175);
    expect(covered).toBeLessThan(200);
  });

  test('is the same for the same seed only', () => {
    const values = Array.from({ length: 50 }, (_, i) => Math.sin(i));
    const interval = (seed: number) => bootstrapInterval(50, meanOf(values), seed);
    expect(interval(3)).toEqual(interval(3));
    expect(interval(3)).not.toEqual(interval(4));
  });
});

const differences = (a: readonly number[], b: readonly number[]) => a.map((value, i) => value - (b[i] ?? 0));

describe('intervalOfMean', () => {
  test('of a constant difference is that difference', () => {
    const a = [3, 5, 9, 4];
    const b = a.map((value) => value - 2);
    expect(intervalOfMean(differences(a, b), 1)).toEqual([2, 2]);
  });

  test('is narrower than the intervals of its parts where these go together', () => {
    const random = seededRandom(2);
    const a = Array.from({ length: 300 }, () => (random() < 0.5 ? 1 : 0));
    const b = a.map((value) => (random() < 0.05 ? 1 - value : value));
    const width = ([low, high]: readonly [number, number]) => high - low;
    expect(width(intervalOfMean(differences(a, b), 1))).toBeLessThan(0.6 * width(bootstrapInterval(300, meanOf(a), 1)));
  });
});

describe('seededRandom', () => {
  test('gives the numbers of mulberry32', () => {
    const random = seededRandom(1);
    expect(Array.from({ length: 3 }, random)).toEqual([0.6270739405881613, 0.002735721180215478, 0.5274470399599522]);
  });

  test('is spread evenly over [0, 1)', () => {
    const random = seededRandom(77);
    const counts = new Float64Array(10);
    for (let i = 0; i < 20_000; i++) {
      const at = Math.floor(random() * 10);
      counts[at] = (counts[at] ?? 0) + 1;
    }
    // χ² with 9 degrees of freedom exceeds 27.9 once in a thousand.
    expect(counts.reduce((sum, count) => sum + (count - 2000) ** 2 / 2000, 0)).toBeLessThan(27.9);
  });
});

describe('shuffle', () => {
  test('keeps every item', () => {
    fc.assert(
      fc.property(fc.array(fc.integer()), fc.integer(), (items, seed) => {
        const shuffled = shuffle([...items], seededRandom(seed));
        expect(shuffled.sort((a, b) => a - b)).toEqual([...items].sort((a, b) => a - b));
      }),
    );
  });

  test('gives every order about equally often', () => {
    const random = seededRandom(4);
    const counts = new Map<string, number>();
    for (let i = 0; i < 6000; i++) {
      const order = shuffle(['a', 'b', 'c'], random).join('');
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    expect(counts.size).toBe(6);
    for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(120);
  });
});
