import { describe, expect, test } from 'vitest';
import { roundScale } from '../../src/report/scale.ts';

describe('roundScale', () => {
  test.each([
    { values: [0.71, 0.76], steps: 5, expected: { min: 0.7, max: 0.78, step: 0.02 } },
    { values: [3, 28], steps: 6, expected: { min: 0, max: 30, step: 5 } },
    { values: [-0.03, 0.02], steps: 6, expected: { min: -0.04, max: 0.03, step: 0.01 } },
  ])('has round ends around $values', ({ values, steps, expected }) => {
    expect(roundScale(values, steps)).toEqual(expected);
  });

  test('stays within its bounds and reaches what is included', () => {
    const { min, max } = roundScale([0.2, 0.99], 5, [0, 1], [0, 1]);
    expect([min, max]).toEqual([0, 1]);
  });

  test.each([[[]], [[0.5]], [[0, 0]], [[Number.NaN, 1]]])('has a width for %j', (values) => {
    const { min, max, step } = roundScale(values, 5);
    expect(max).toBeGreaterThan(min);
    expect(step).toBeGreaterThan(0);
  });
});
