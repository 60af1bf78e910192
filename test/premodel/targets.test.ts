import { describe, expect, test } from 'vitest';
import type { Point } from '../../src/premodel/front.ts';
import { type Judged, namePoints, type Target } from '../../src/premodel/targets.ts';

const COUNT = 1000;

/** A point that is wrong on the first so many samples, and costs the same on all. */
function point(wrong: number, cost: number, costs?: (sample: number) => number): Point {
  const right = Uint8Array.from({ length: COUNT }, (_, i) => (i < wrong ? 0 : 1));
  const empty = new Uint8Array(COUNT);
  return {
    climb: { mode: 'hybrid', rungs: [0], entry: [], accept: [] },
    outcome: {
      right,
      costs: Float64Array.from({ length: COUNT }, (_, i) => costs?.(i) ?? cost),
      began: empty,
      ended: empty,
    },
    accuracy: 1 - wrong / COUNT,
    cost,
  };
}

/** The reference is right on all samples; conditions lie one after another. */
const judged = (conditions = 1): Judged => ({
  reference: new Uint8Array(COUNT).fill(1),
  conditions: Uint8Array.from({ length: COUNT }, (_, i) => Math.floor((i * conditions) / COUNT)),
  conditionNames: Array.from({ length: conditions }, (_, i) => `condition ${i}`),
  groups: Int32Array.from({ length: COUNT }, (_, i) => i),
});
const loss = (value: number, confidence: number | null = null): Target => ({
  kind: 'accuracy-loss',
  value,
  confidence,
  lossPerCondition: Math.max(value, 0.006),
});
const cost = (value: number): Target => ({ kind: 'cost-ratio', value, confidence: null, lossPerCondition: null });

const FRONT = [point(100, 0.1), point(30, 0.2), point(20, 0.3), point(10, 0.5), point(5, 0.9), point(0, 0.95)];
const at = (index: number) => FRONT[index] as Point;

describe('namePoints', () => {
  test('balanced is the cheapest within the loss, exactly at it included', () => {
    expect(namePoints(FRONT, judged(), loss(0.02)).points.balanced).toBe(at(2));
    expect(namePoints(FRONT, judged(), loss(0.0199)).points.balanced).toBe(at(3));
    expect(namePoints(FRONT, judged(), loss(0)).points.balanced).toBe(at(5));
  });

  test('with a confidence, the loss must hold with it', () => {
    // A loss of 1 % over 1000 samples has a standard error of √(11 − 10² / 1002) / 1002 = 0.0033; 90 % lie within 1.645 of it.
    expect(namePoints(FRONT, judged(), loss(0.0154, 0.9)).points.balanced).toBe(at(4));
    expect(namePoints(FRONT, judged(), loss(0.0156, 0.9)).points.balanced).toBe(at(3));
    expect(namePoints(FRONT, judged(), loss(0.0156, 0.95)).points.balanced).toBe(at(4));
    expect(namePoints(FRONT, judged(), loss(0.0154)).points.balanced).toBe(at(3));
  });

  test('with a confidence, versions of one picture count once', () => {
    const pairs = { ...judged(), groups: Int32Array.from({ length: COUNT }, (_, i) => i >> 1) };
    // The standard error grows to √(2 · 10 + 1 − …) / 1002 = 0.0046.
    expect(namePoints(FRONT, pairs, loss(0.0174, 0.9)).points.balanced).toBe(at(4));
    expect(namePoints(FRONT, pairs, loss(0.0176, 0.9)).points.balanced).toBe(at(3));
  });

  test('no condition may lose much, whatever the mean allows', () => {
    // What goes wrong lies in the first samples: 5 of 1000 in a tenth of them are 5 % of that condition, 10 in a half 2 %.
    expect(namePoints(FRONT, judged(10), loss(0.02)).points.balanced).toBe(at(5));
    expect(namePoints(FRONT, judged(2), loss(0.02)).points.balanced).toBe(at(3));
    expect(namePoints(FRONT, judged(1), loss(0.02)).points.balanced).toBe(at(2));
  });

  test('a target of cost takes the most accurate within it', () => {
    const { points, warnings } = namePoints(FRONT, judged(), cost(0.5));
    expect(points.balanced).toBe(at(3));
    expect(warnings).toEqual([]);
    expect(namePoints(FRONT, judged(), cost(0.49)).points.balanced).toBe(at(2));
  });

  test('fast is the cheapest within three points, accurate the best that leaves some of the reference’s time', () => {
    const { points } = namePoints(FRONT, judged(), loss(0.02));
    expect(points.fast).toBe(at(1));
    expect(points.accurate).toBe(at(4));
  });

  test('accurate is cheap enough under every condition', () => {
    const uneven = [point(30, 0.2), point(10, 0.5, (i) => (i < COUNT / 2 ? 0.05 : 0.95))];
    expect(namePoints(uneven, judged(2), loss(0.05)).points.accurate).toBe(uneven[0]);
    expect(namePoints(uneven, judged(1), loss(0.05)).points.accurate).toBe(uneven[1]);
  });

  test('a condition may lose what is said, whatever the whole may lose', () => {
    const strict = { ...loss(0.02), lossPerCondition: 0.01 };
    expect(namePoints(FRONT, judged(2), strict).points.balanced).toBe(at(4));
    expect(namePoints(FRONT, judged(2), { ...strict, lossPerCondition: 0.04 }).points.balanced).toBe(at(2));
  });

  test('the reason is told why nothing meets the target', () => {
    const poor = [point(10, 0.5), point(8, 0.6)];
    const reason = (judgedBy: Judged, target: Target) => namePoints(poor, judgedBy, target).warnings[0];
    expect(reason(judged(), loss(0.005))).toMatch(
      /^no climb loses at most 0\.50 points .* the best loses 0\.80 points/,
    );
    expect(reason(judged(10), loss(0.01))).toBe(
      'no climb keeps to what was asked for, to lose at most 1.00 points against the reference under any one condition; the most accurate is taken, which loses 8.00 points under "condition 0"',
    );
    expect(reason(judged(), loss(0.01, 0.9))).toMatch(
      /^no climb is sure to 90 % to lose at most 1\.00 points .* the loss of the most accurate may be 1\.\d\d points/,
    );
  });

  test('has every name, with a warning, where nothing meets the target', () => {
    const poor = [point(400, 0.96), point(300, 0.97)];
    const { points, warnings } = namePoints(poor, judged(), loss(0.2));
    expect(points).toEqual({ accurate: poor[0], balanced: poor[1], fast: poor[1] });
    expect(warnings).toEqual([
      'no climb loses at most 20.00 points against the reference; the best loses 30.00 points and is taken',
    ]);
    const dear = namePoints(poor, judged(), cost(0.5));
    expect(dear.points.balanced).toBe(poor[0]);
    expect(dear.warnings).toEqual(['no climb costs at most 0.5 of the reference; the cheapest is taken']);
  });

  test('says how many samples would tell the loss from none', () => {
    // Balanced is wrong on 10 of 1000: variance 0.0099, and (1.96 / 0.002)² of that are needed — were the loss 0.2 points.
    const single = [point(10, 0.5)];
    const { warnings } = namePoints(single, judged(), loss(0.002));
    expect(warnings[1]).toEqual(
      expect.stringMatching(
        /^with 1000 samples the loss is known to ±0\.\d\d points only, and to tell 0\.20 points from none about 10441 are needed: /,
      ),
    );
    expect(namePoints(FRONT, judged(), loss(0.02)).warnings).toEqual([]);
  });
});
