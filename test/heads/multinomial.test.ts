import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../src/cascade/random.ts';
import { minimise } from '../../src/heads/minimise.ts';
import { fitMultinomial, type Labelled, multinomialLoss } from '../../src/heads/multinomial.ts';
import { spanOf } from '../../src/heads/span.ts';
import { normal } from '../support/taught.ts';

function problem(seed: number, count: number, dimensions: number, classes: number): Labelled {
  const random = seededRandom(seed);
  const truth = Array.from({ length: count }, () => Math.floor(random() * classes));
  return {
    z: Float64Array.from({ length: count * dimensions }, (_, at) => {
      const i = Math.floor(at / dimensions);
      return normal(random) + ((truth[i] ?? 0) === at % dimensions ? 0.8 : 0);
    }),
    dimensions,
    classes,
    rows: truth.map((_, i) => i),
    truth,
    weights: truth.map(() => 0.5 + random()),
  };
}

/** Plain gradient descent with a step that is small enough: slow, and hard to get wrong. */
function slowly(samples: Labelled, penalty: number): Float64Array {
  const beta = new Float64Array(samples.classes * (samples.dimensions + 1));
  const gradient = new Float64Array(beta.length);
  for (let step = 0; step < 40_000; step++) {
    multinomialLoss(samples, penalty, beta, gradient);
    for (let j = 0; j < beta.length; j++) beta[j] = (beta[j] ?? 0) - 0.3 * (gradient[j] ?? 0);
  }
  return beta;
}

describe('multinomialLoss', () => {
  test('gives the gradient that differences of its value tell', () => {
    const samples = problem(1, 20, 4, 3);
    const random = seededRandom(2);
    const beta = Float64Array.from({ length: 15 }, () => normal(random));
    const gradient = new Float64Array(15);
    multinomialLoss(samples, 0.1, beta, gradient);
    const ignored = new Float64Array(15);
    for (let j = 0; j < beta.length; j++) {
      const at = (shift: number) => multinomialLoss(samples, 0.1, beta.with(j, (beta[j] ?? 0) + shift), ignored);
      expect(gradient[j]).toBeCloseTo((at(1e-5) - at(-1e-5)) / 2e-5, 6);
    }
  });
});

describe('fitMultinomial', () => {
  test.each([
    [1, 30, 3, 2],
    [2, 40, 5, 3],
    [3, 12, 6, 4],
  ])('finds the minimum that slow descent finds (seed %i)', (seed, count, dimensions, classes) => {
    const samples = problem(seed, count, dimensions, classes);
    const fast = fitMultinomial(samples, 0.05, null, 1e-8);
    const slow = slowly(samples, 0.05);
    const gradient = new Float64Array(fast.length);
    const best = multinomialLoss(samples, 0.05, fast, gradient);
    expect(Math.max(...gradient.map(Math.abs))).toBeLessThan(1e-7);
    expect(best).toBeCloseTo(multinomialLoss(samples, 0.05, slow, gradient), 8);
    for (let k = 0; k < classes; k++) {
      for (let j = 0; j < dimensions; j++) {
        const at = k * (dimensions + 1) + j;
        expect(fast[at]).toBeCloseTo(slow[at] ?? 0, 4);
      }
    }
  });

  test('a sample of double weight counts as two', () => {
    const samples = problem(4, 20, 3, 2);
    const once = { ...samples, weights: samples.truth.length > 0 ? Array.from({ length: 20 }, () => 1) : [] };
    const doubled = { ...once, weights: once.weights.with(0, 2) };
    const twice = { ...once, rows: [...once.rows, 0] };
    const [a, b] = [doubled, twice].map((own) => fitMultinomial(own, 0.01, null, 1e-9));
    for (const [at, value] of (a ?? []).entries()) expect(value).toBeCloseTo(b?.[at] ?? 0, 6);
  });

  test('separable samples end too', () => {
    const z = Float64Array.from({ length: 20 }, (_, i) => (i < 10 ? -1 : 1));
    const truth = Array.from(z, (value) => (value < 0 ? 0 : 1));
    const beta = fitMultinomial(
      { z, dimensions: 1, classes: 2, rows: truth.map((_, i) => i), truth, weights: truth.map(() => 1) },
      1e-6,
    );
    expect([...beta].every(Number.isFinite)).toBe(true);
  });
});

test('minimise finds the bottom of a long narrow valley', () => {
  const x = Float64Array.from([5, 5, 5]);
  const scales = [1, 100, 10_000];
  const value = minimise(
    (at, gradient) => {
      let sum = 0;
      for (const [j, scale] of scales.entries()) {
        sum += (scale / 2) * ((at[j] ?? 0) - j) ** 2;
        gradient[j] = scale * ((at[j] ?? 0) - j);
      }
      return sum;
    },
    x,
    1e-9,
    200,
  );
  expect(value).toBeLessThan(1e-12);
  for (const [j, found] of x.entries()) expect(found).toBeCloseTo(j, 6);
});

test('minimise does not pass off its start for the minimum of what is no number', () => {
  expect(() => minimise(() => Number.NaN, Float64Array.of(1), 1e-9, 10)).toThrow(RangeError);
});

describe('spanOf', () => {
  const random = seededRandom(5);
  const [count, d] = [12, 40];
  const x = Float32Array.from({ length: count * d }, () => 3 + normal(random));

  test('keeps every product of two centred samples, but for one factor', () => {
    const { z, rank } = spanOf(x, count, 100);
    const mean = Array.from(
      { length: d },
      (_, j) => x.reduce((sum, value, at) => (at % d === j ? sum + value : sum), 0) / count,
    );
    const product = (a: number, b: number) =>
      mean.reduce((sum, own, j) => sum + ((x[a * d + j] ?? 0) - own) * ((x[b * d + j] ?? 0) - own), 0);
    const inSpan = (a: number, b: number) =>
      Array.from({ length: rank }, (_, k) => (z[a * rank + k] ?? 0) * (z[b * rank + k] ?? 0)).reduce(
        (sum, value) => sum + value,
        0,
      );
    const factor = inSpan(0, 0) / product(0, 0);
    for (let a = 0; a < count; a++)
      for (let b = 0; b <= a; b++) expect(inSpan(a, b)).toBeCloseTo(factor * product(a, b), 6);
    expect(rank).toBe(count - 1);
  });

  test('weights brought back say of a sample what they say in the span', () => {
    const span = spanOf(x, count, 100);
    const weights = Array.from({ length: span.rank }, () => normal(random));
    const back = span.toInput(weights, 0.7);
    for (let i = 0; i < count; i++) {
      const there = weights.reduce((sum, weight, k) => sum + weight * (span.z[i * span.rank + k] ?? 0), 0.7);
      const here = back.weights.reduce((sum, weight, j) => sum + weight * (x[i * d + j] ?? 0), back.intercept);
      expect(here).toBeCloseTo(there, 6);
    }
  });

  test('with more samples than directions are kept, a fit there is nearly as good as in all of them', () => {
    const [many, width] = [300, 320];
    const own = seededRandom(6);
    const truth = Array.from({ length: many }, (_, i) => i % 2);
    // Like embeddings: a few directions hold most of what differs, and the classes lie apart in some of them.
    const samples = Float32Array.from({ length: many * width }, (_, at) => {
      const j = at % width;
      return (normal(own) + (j % 7 === 0 ? (truth[Math.floor(at / width)] ?? 0) : 0)) / (1 + j / 10);
    });
    const least = (mostRank: number) => {
      const { z, rank } = spanOf(samples, many, mostRank);
      const all = { z, dimensions: rank, classes: 2, rows: truth.map((_, i) => i), truth, weights: truth.map(() => 1) };
      const beta = fitMultinomial(all, 1e-3, null, 1e-6);
      return { rank, loss: multinomialLoss(all, 1e-3, beta, new Float64Array(beta.length)) };
    };
    const [kept, full] = [least(256), least(many)];
    expect([kept.rank, full.rank]).toEqual([256, many - 1]);
    expect(kept.loss).toBeGreaterThanOrEqual(full.loss - 1e-6);
    expect(kept.loss).toBeLessThan(1.02 * full.loss);
    expect(least(16).loss).toBeGreaterThan(1.1 * full.loss);
  });

  test('samples that are all the same have no span', () => {
    const span = spanOf(new Float32Array(20).fill(4), 5, 10);
    expect(span.rank).toBe(0);
    expect(span.toInput([], 0.3).intercept).toBeCloseTo(0.3);
  });
});
