import { describe, expect, test } from 'vitest';
import type { Point } from '../../src/premodel/front.ts';
import { type Judged, namePoints, normalQuantile, type Target } from '../../src/premodel/targets.ts';

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
});
const loss = (value: number, confidence: number | null = null): Target => ({
  kind: 'accuracy-loss',
  value,
  confidence,
});
const cost = (value: number): Target => ({ kind: 'cost-ratio', value, confidence: null });

const FRONT = [point(100, 0.1), point(30, 0.2), point(20, 0.3), point(10, 0.5), point(5, 0.9), point(0, 0.95)];
const at = (index: number) => FRONT[index] as Point;

describe('namePoints', () => {
  test('balanced is the cheapest within the loss, exactly at it included', () => {
    expect(namePoints(FRONT, judged(), loss(0.02)).points.balanced).toBe(at(2));
    expect(namePoints(FRONT, judged(), loss(0.0199)).points.balanced).toBe(at(3));
    expect(namePoints(FRONT, judged(), loss(0)).points.balanced).toBe(at(5));
  });

  test('with a confidence, the loss must hold with it', () => {
    // A loss of 1 % over 1000 samples has a standard error of √(11 − 10² / 1002) / 1002 = 0.0033.
    expect(namePoints(FRONT, judged(), loss(0.0141, 0.9)).points.balanced).toBe(at(4));
    expect(namePoints(FRONT, judged(), loss(0.0143, 0.9)).points.balanced).toBe(at(3));
    expect(namePoints(FRONT, judged(), loss(0.0143, 0.95)).points.balanced).toBe(at(4));
    expect(namePoints(FRONT, judged(), loss(0.0142)).points.balanced).toBe(at(3));
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
    expect(warnings[1]).toBe(
      '1000 samples tell a loss of 0.20 points from none only by chance; about 10427 are needed',
    );
    expect(namePoints(FRONT, judged(), loss(0.02)).warnings).toEqual([]);
  });
});

test.each([
  [0.5, 0],
  [0.8, 0.841621],
  [0.9, 1.281552],
  [0.95, 1.644854],
  [0.975, 1.959964],
  [0.999, 3.090232],
])('normalQuantile of %d is %d', (probability, expected) => {
  expect(Math.abs(normalQuantile(probability) - expected)).toBeLessThan(4.5e-4);
});
