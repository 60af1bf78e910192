import { describe, expect, test } from 'vitest';
import {
  carriedDifference,
  isTimeFeature,
  NOTHING_REMEMBERED,
  recalledOutputs,
  TIME_FEATURES,
} from '../../src/cascade/recollection.ts';
import fc from '../support/property.ts';

const recollection = (difference: number, ageSeconds: number, right: number, lastClass = 1) => ({
  values: Float64Array.of(difference, ageSeconds, right, 0, 0),
  lastClass,
});

function recalled(top: number, ...from: Parameters<typeof recollection>): readonly [number, number] {
  const into = Float64Array.of(7, 7, 7);
  recalledOutputs(top, recollection(...from), into, 1);
  expect(into[0]).toBe(7);
  return [into[1] ?? 0, into[2] ?? 0];
}

describe('recalledOutputs', () => {
  test('is the log-odds of the remembered answer: for the same one in hand, against another', () => {
    const [support, none] = recalled(1, 0, 0, 0.9);
    expect(support).toBeCloseTo(Math.log(9), 12);
    expect(none).toBe(0);
    expect(recalled(2, 0, 0, 0.9)).toEqual([0, support]);
  });

  test.each([
    ['of a scene that differs', 6, 0],
    ['with age', 0, 3],
  ])('fades %s: a share of 1/e is left', (_name, difference, ageSeconds) => {
    expect(recalled(1, difference, ageSeconds, 0.9)[0]).toBeCloseTo(Math.log(9) / Math.E, 12);
  });

  test('says nothing of an answer of more than five seconds ago, nor of one no surer than even', () => {
    expect(recalled(1, 0, 5, 0.9)[0]).toBeGreaterThan(0);
    expect(recalled(1, 0, 5.001, 0.9)).toEqual([0, 0]);
    expect(recalled(1, 0, 0, 0.5)).toEqual([0, 0]);
    expect(recalled(1, 0, 0, 0.2)).toEqual([0, 0]);
  });

  test('is nothing where nothing is remembered', () => {
    const into = Float64Array.of(7, 7);
    recalledOutputs(1, null, into, 0);
    expect([...into]).toEqual([0, 0]);
    recalledOutputs(1, { values: NOTHING_REMEMBERED, lastClass: 1 }, into, 0);
    expect([...into]).toEqual([0, 0]);
  });

  test('is finite and bounded, whatever is remembered', () => {
    const value = fc.double({ min: 0, max: 100, noNaN: true });
    const ratio = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(value, value, ratio, fc.integer({ min: 0, max: 2 }), (difference, age, right, top) => {
        for (const output of recalled(top, difference, age, right)) {
          expect(output).toBeGreaterThanOrEqual(0);
          expect(output).toBeLessThanOrEqual(12);
        }
      }),
    );
  });
});

test('what is within the noise does not add up on the way', () => {
  expect([0, 0.9, 1, 3].map(carriedDifference)).toEqual([0, 0, 0, 2]);
});

test('time features are known by name, and neutral values stand for each', () => {
  expect(TIME_FEATURES.every(isTimeFeature)).toBe(true);
  expect(isTimeFeature('keypoints')).toBe(false);
  expect(NOTHING_REMEMBERED).toHaveLength(TIME_FEATURES.length);
});
