import { describe, expect, test } from 'vitest';
import { binOf, MAX_BINS, quantileBorders } from '../../src/premodel/binning.ts';
import fc from '../support/property.ts';

const numbers = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { maxLength: 300 });

describe('quantileBorders', () => {
  test('rise, and make at most so many bins', () => {
    fc.assert(
      fc.property(numbers, (values) => {
        const borders = quantileBorders(values);
        expect(borders.length).toBeLessThan(MAX_BINS);
        for (let i = 1; i < borders.length; i++) expect(borders[i]).toBeGreaterThan(borders[i - 1] ?? Infinity);
      }),
    );
  });

  test('make bins of about equally many samples', () => {
    const values = Array.from({ length: 6400 }, (_, i) => Math.exp(((i * 37) % 6400) / 500));
    const borders = quantileBorders(values);
    const counts = Array.from({ length: borders.length + 1 }, () => 0);
    for (const value of values) counts[binOf(value, borders)] = (counts[binOf(value, borders)] ?? 0) + 1;
    expect(counts).toEqual(Array(MAX_BINS).fill(100));
  });

  test('part two values whose change lies on a quantile', () => {
    const borders = quantileBorders(Array.from({ length: 128 }, (_, i) => (i < 64 ? 2 : 5)));
    expect(borders).toEqual([3.5]);
    expect([2, 3.4, 3.5, 5].map((value) => binOf(value, borders))).toEqual([0, 0, 1, 1]);
  });

  test('part every two values where there are few', () => {
    const borders = quantileBorders(Array.from({ length: 300 }, (_, i) => i % 3));
    expect(borders).toEqual([0.5, 1.5]);
    expect([0, 1, 2].map((value) => binOf(value, borders))).toEqual([0, 1, 2]);
  });

  test('are none for a constant, and for nothing', () => {
    expect(quantileBorders(Array(100).fill(0.1))).toEqual([]);
    expect(quantileBorders([])).toEqual([]);
    expect(binOf(5, [])).toBe(0);
  });
});

test('binOf counts the borders that a value has reached', () => {
  fc.assert(
    fc.property(numbers, fc.double({ min: -2e6, max: 2e6, noNaN: true }), (values, value) => {
      const borders = quantileBorders(values);
      for (const asked of [value, ...borders]) {
        expect(binOf(asked, borders)).toBe(borders.filter((border) => border <= asked).length);
      }
    }),
  );
});
