import { describe, expect, test } from 'vitest';
import type { Labelled } from '../../src/heads/multinomial.ts';
import { blended, fitShrunk } from '../../src/heads/shrunk.ts';

/** Four samples of each of two classes on a line, wide along the first axis and narrow along the second. */
const samples: Labelled = {
  z: Float64Array.of(-3, 0, 1, 0, -1, 0.1, -1, -0.1, -1, 1, 3, 1, 1, 1.1, 1, 0.9),
  dimensions: 2,
  classes: 2,
  rows: [0, 1, 2, 3, 4, 5, 6, 7],
  truth: [0, 0, 0, 0, 1, 1, 1, 1],
  weights: [1, 1, 1, 1, 1, 1, 1, 1],
};

const logit = (beta: Float64Array, k: number, x: number, y: number) =>
  (beta[k * 3] ?? 0) * x + (beta[k * 3 + 1] ?? 0) * y + (beta[k * 3 + 2] ?? 0);

describe('fitShrunk', () => {
  test('weighs directions by how little samples of a class differ along them, and draws the border halfway', () => {
    const beta = fitShrunk(samples, 2);
    const slope = (j: number) => (beta[3 + j] ?? 0) - (beta[j] ?? 0);
    // Covariance diag(2, 0.005), of which 0.7 is kept beside 0.3 of the mean variance 1.0025; the means are (2, 1) apart.
    expect(slope(0)).toBeCloseTo(2 / (0.7 * 2 + 0.3 * 1.0025), 9);
    expect(slope(1)).toBeCloseTo(1 / (0.7 * 0.005 + 0.3 * 1.0025), 9);
    expect(logit(beta, 0, 0, 0.5)).toBeCloseTo(logit(beta, 1, 0, 0.5), 9);
  });

  test('counts classes the same, however many samples each has', () => {
    const rows = [...samples.rows, 0, 1, 2, 3, 0, 1, 2, 3];
    const beta = fitShrunk({ ...samples, rows }, 2);
    expect(logit(beta, 0, 0, 0.5)).toBeCloseTo(logit(beta, 1, 0, 0.5), 9);
  });

  test('tells which class it knows nothing of', () => {
    expect(fitShrunk({ ...samples, classes: 3 }, 2)[8]).toBeNaN();
  });
});

describe('blended', () => {
  const one = Float64Array.of(-1, 0, 0, 1, 0, 0);
  const other = Float64Array.of(0, -1000, 500, 0, 1000, -500);

  test('gives both an equal say, whatever the size of their logits', () => {
    const beta = blended(samples, one, other);
    const size = (own: Float64Array) =>
      Math.hypot(...samples.rows.map((row) => logit(own, 1, samples.z[row * 2] ?? 0, samples.z[row * 2 + 1] ?? 0)));
    const share = Float64Array.from(beta, (value, at) => 2 * value - (one[at] ?? 0));
    expect(size(share)).toBeCloseTo(size(one), 9);
    expect((share[4] ?? 0) / (share[5] ?? 1)).toBeCloseTo(-2, 9);
  });

  test('leaves a class that the other does not know to the one that does, beside the mean of the rest', () => {
    const beta = blended(
      { ...samples, classes: 3 },
      Float64Array.of(-1, 0, 2, 1, 0, 2, 0, 0, -7),
      Float64Array.of(...other, Number.NaN, Number.NaN, Number.NaN),
    );
    expect([...beta.subarray(6)]).toEqual([0, 0, -9]);
  });
});
