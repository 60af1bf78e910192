import { describe, expect, test } from 'vitest';
import { mean } from '../../src/cascade/statistics.ts';
import { median, normalQuantile, spreadOf } from '../../src/premodel/statistics.ts';

test('mean of nothing is no number', () => {
  expect(mean([1, 2, 6])).toBe(3);
  expect(mean([])).toBeNaN();
});

test('median is the middle one, the upper of two, whatever the order', () => {
  expect(median([9, 1, 5])).toBe(5);
  expect(median(Float64Array.of(4, 1, 3, 2))).toBe(3);
  expect(median([])).toBeNaN();
});

test('spreadOf tells mean and deviation of the rows alone', () => {
  const values = [100, 2, 4, 4, 4, 5, 5, 7, 9];
  expect(spreadOf((row) => values[row] ?? 0, [1, 2, 3, 4, 5, 6, 7, 8])).toEqual({ mean: 5, deviation: 2 });
});

describe('normalQuantile', () => {
  test.each([
    [0.5, 0],
    [0.8, 0.841621],
    [0.9, 1.281552],
    [0.95, 1.644854],
    [0.975, 1.959964],
    [0.999, 3.090232],
  ])('of %d is %d', (probability, expected) => {
    expect(Math.abs(normalQuantile(probability) - expected)).toBeLessThan(4.5e-4);
  });
});
