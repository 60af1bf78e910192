import { describe, expect, test } from 'vitest';
import { emptyTrials, entryScore, meanInterval, meanOver, oracleOf, quantileOver } from '../../src/cascade/scoring.ts';
import fc from '../support/property.ts';

const bits = (text: string) => Uint8Array.from(text, Number);
const rowsOf = (count: number) => Array.from({ length: count }, (_, i) => i);

describe('meanOver and quantileOver', () => {
  test('look at the given rows only', () => {
    expect(meanOver([1, 100, 3, 100], [0, 2])).toBe(2);
    expect(quantileOver([1, 100, 3, 100], [0, 2], 1)).toBe(3);
  });

  test.each([
    [0, 1],
    [0.25, 1],
    [0.26, 2],
    [0.5, 2],
    [0.95, 4],
    [1, 4],
  ])('the nearest-rank quantile %d of 1 to 4 is %d', (q, value) => {
    expect(quantileOver([4, 2, 1, 3], rowsOf(4), q)).toBe(value);
  });

  test('a quantile is a value that at least that share does not exceed', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 20 }), { minLength: 1, maxLength: 40 }),
        fc.double({ min: 0.01, max: 1, noNaN: true }),
        (values, q) => {
          const value = quantileOver(values, rowsOf(values.length), q);
          const share = (limit: (other: number) => boolean) => values.filter(limit).length / values.length;
          expect(values).toContain(value);
          expect(share((other) => other <= value)).toBeGreaterThanOrEqual(q - 1e-12);
          expect(share((other) => other < value)).toBeLessThan(q);
        },
      ),
    );
  });
});

describe('meanInterval', () => {
  test('covers the mean of the rows and knows nothing of the others', () => {
    const values = Float64Array.from({ length: 200 }, (_, i) => (i < 100 ? i : 1e6));
    const [low, high] = meanInterval(values, null, rowsOf(100), rowsOf(200));
    expect(low).toBeGreaterThan(40);
    expect(low).toBeLessThan(49.5);
    expect(high).toBeGreaterThan(49.5);
    expect(high).toBeLessThan(60);
  });

  test('of a difference pairs the rows', () => {
    const values = Float64Array.from({ length: 100 }, (_, i) => i * i);
    const less = values.map((value) => value - 3);
    expect(meanInterval(values, less, [5, 50, 99], rowsOf(100))).toEqual([3, 3]);
  });

  test('draws the rows of a group together: copies of a row say nothing new', () => {
    const once = Float64Array.from({ length: 50 }, (_, i) => (i * 7) % 11);
    const fourTimes = Float64Array.from({ length: 200 }, (_, i) => once[i >> 2] ?? 0);
    const alone = meanInterval(once, null, rowsOf(50), rowsOf(50));
    const groups = Array.from({ length: 200 }, (_, i) => `moment ${i >> 2}`);
    const together = meanInterval(fourTimes, null, rowsOf(200), groups);
    expect(together).toEqual(alone);
    const [low, high] = meanInterval(fourTimes, null, rowsOf(200), rowsOf(200));
    expect(high - low).toBeLessThan(0.7 * (alone[1] - alone[0]));
  });
});

describe('entryScore', () => {
  //                sample:  0  1  2  3  4  5  6  7
  // cheapest right rung:    0  0  0  1  1  2  -  2
  // began at:               0  0  1  1  0  2  1  1
  const right = [bits('11100000'), bits('01111000'), bits('11110101')];
  const began = bits('00110211');

  test('is what a confusion counted by hand gives', () => {
    const score = entryScore(began, right, rowsOf(8));
    // Rows: wanted 0: [2, 1, 0]; wanted 1: [1, 1, 0]; wanted 2: [0, 1, 1].
    expect(score.precision).toBeCloseTo((2 / 3 + 1 / 3 + 1 / 1) / 3, 12);
    expect(score.recall).toBeCloseTo((2 / 3 + 1 / 2 + 1 / 2) / 3, 12);
    expect(score.f1).toBeCloseTo((2 / 3 + 2 / 5 + 2 / 3) / 3, 12);
  });

  test('leaves out samples on which no rung is right', () => {
    const without = entryScore(began, right, [0, 1, 2, 3, 4, 5, 7]);
    expect(entryScore(began, right, rowsOf(8))).toEqual(without);
    expect(entryScore(began, right, [6])).toEqual({ precision: 0, recall: 0, f1: 0 });
  });

  test('averages only over the rungs that are the cheapest right one of some sample', () => {
    // Rung 1 is entered wrongly once but never wanted: it has no class of its own.
    expect(entryScore(bits('001'), [bits('111'), bits('111')], rowsOf(3))).toEqual({
      precision: 1,
      recall: 2 / 3,
      f1: (2 * (2 / 3)) / (1 + 2 / 3),
    });
  });

  test('is perfect where every sample enters at its cheapest right rung', () => {
    expect(entryScore(bits('000112'), [bits('111000'), bits('000110'), bits('111111')], rowsOf(6))).toEqual({
      precision: 1,
      recall: 1,
      f1: 1,
    });
  });
});

describe('oracleOf', () => {
  const trials = (right: string, macs: number) => {
    const made = emptyTrials(right.length, ['x']);
    made.right.set(bits(right));
    made.macsMillions.fill(macs);
    return made;
  };

  test('takes the cheapest right rung of each sample, whatever their order', () => {
    const oracle = oracleOf([trials('1110', 90), trials('0100', 10), trials('0110', 30)], [9, 1, 3]);
    expect([...oracle.right]).toEqual([1, 1, 1, 0]);
    expect([...oracle.runMs]).toEqual([9, 1, 3, 1]);
    expect([...oracle.macsMillions]).toEqual([90, 10, 30, 10]);
  });

  test('is at least as accurate as every rung, and right only where one is', () => {
    const rung = fc.array(fc.integer({ min: 0, max: 1 }), { minLength: 12, maxLength: 12 });
    fc.assert(
      fc.property(fc.array(rung, { minLength: 1, maxLength: 4 }), (rungs) => {
        const oracle = oracleOf(
          rungs.map((right, at) => trials(right.join(''), at)),
          rungs.map((_, at) => at + 1),
        );
        const any = Array.from({ length: 12 }, (_, i) => (rungs.some((right) => right[i] === 1) ? 1 : 0));
        expect([...oracle.right]).toEqual(any);
      }),
    );
  });
});
