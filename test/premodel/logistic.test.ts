import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../src/cascade/random.ts';
import { fitLogistic, type LogisticModel, logistic } from '../../src/premodel/logistic.ts';
import { gaussian } from '../support/premodels.ts';
import fc from '../support/property.ts';

const rowsOf = (count: number) => Array.from({ length: count }, (_, i) => i);

/** Features of very different scales, and truths drawn from a model of them. */
function drawn(count: number, model: LogisticModel) {
  const random = seededRandom(3);
  const normal = gaussian(random);
  const scales = [1, 100, 0.01];
  const columns = model.weights.length;
  const x = Float64Array.from({ length: count * columns }, (_, at) => (scales[at % columns] ?? 1) * (normal() + 2));
  const y = Uint8Array.from({ length: count }, (_, i) =>
    random() < logistic(model, x.subarray(i * columns, (i + 1) * columns)) ? 1 : 0,
  );
  return { x, y, columns };
}

/** Derivatives of the penalised log-likelihood: by the intercept, then by each standardised weight. */
function gradientOf({ intercept, weights }: LogisticModel, x: Float64Array, y: Uint8Array, penalty: number): number[] {
  const columns = weights.length;
  const column = (j: number) => rowsOf(y.length).map((i) => x[i * columns + j] ?? 0);
  const residuals = rowsOf(y.length).map(
    (i) => (y[i] ?? 0) - logistic({ intercept, weights }, x.subarray(i * columns, (i + 1) * columns)),
  );
  const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);
  return [
    sum(residuals),
    ...weights.map((weight, j) => {
      const values = column(j);
      const mean = sum(values) / values.length;
      const deviation = Math.sqrt(sum(values.map((value) => (value - mean) ** 2)) / values.length);
      if (deviation < 1e-9) return 0;
      const z = values.map((value) => (value - mean) / deviation);
      return sum(z.map((value, i) => value * (residuals[i] ?? 0))) - penalty * weight * deviation;
    }),
  ];
}

describe('logistic', () => {
  test('is the sigmoid of the weighted sum', () => {
    expect(logistic({ intercept: Math.log(3), weights: [2, -1] }, [1, 2])).toBeCloseTo(0.75, 12);
  });

  test('goes to its bounds without leaving them', () => {
    expect(logistic({ intercept: 0, weights: [1] }, [1000])).toBe(1);
    expect(logistic({ intercept: 0, weights: [1] }, [-1000])).toBe(0);
  });
});

describe('fitLogistic', () => {
  const truth = { intercept: 0.5, weights: [1, -0.02, 60] };

  test('finds the coefficients from which truths were drawn, whatever the scales', () => {
    const { x, y, columns } = drawn(20_000, truth);
    const { weights, intercept } = fitLogistic(x, columns, y, rowsOf(y.length), 1e-3);
    for (const [j, weight] of truth.weights.entries()) expect((weights[j] ?? 0) / weight).toBeCloseTo(1, 1);
    expect(Math.abs(intercept - truth.intercept)).toBeLessThan(0.2);
  });

  test('is at the top of the penalised likelihood', () => {
    const data = fc.record({
      values: fc.array(fc.tuple(fc.integer({ min: -9, max: 9 }), fc.integer({ min: 0, max: 3 })), {
        minLength: 6,
        maxLength: 40,
      }),
      seed: fc.nat(),
      penalty: fc.constantFrom(0.5, 1, 3),
    });
    fc.assert(
      fc.property(data, ({ values, seed, penalty }) => {
        const random = seededRandom(seed);
        const x = Float64Array.from(values.flat());
        const y = Uint8Array.from(values, () => (random() < 0.5 ? 1 : 0));
        fc.pre(y.includes(1) && y.includes(0));
        const model = fitLogistic(x, 2, y, rowsOf(y.length), penalty);
        for (const slope of gradientOf(model, x, y, penalty)) expect(Math.abs(slope)).toBeLessThan(1e-5);
      }),
    );
  });

  test('stays finite on data that a line divides', () => {
    const x = Float64Array.from({ length: 100 }, (_, i) => i);
    const y = Uint8Array.from(x, (value) => (value < 50 ? 0 : 1));
    const model = fitLogistic(x, 1, y, rowsOf(100));
    expect(Number.isFinite(model.intercept) && Number.isFinite(model.weights[0])).toBe(true);
    expect(logistic(model, [0])).toBeLessThan(0.05);
    expect(logistic(model, [99])).toBeGreaterThan(0.95);
    expect(logistic(model, [49.5])).toBeCloseTo(0.5, 6);
  });

  test.each([0, 1])('stays finite where every sample is %d', (value) => {
    const { x, columns } = drawn(200, truth);
    const model = fitLogistic(x, columns, new Uint8Array(200).fill(value), rowsOf(200));
    expect([model.intercept, ...model.weights].every(Number.isFinite)).toBe(true);
    expect(Math.abs(logistic(model, x.subarray(0, columns)) - value)).toBeLessThan(1e-3);
  });

  test('gives a constant column no weight, and the others what they have without it', () => {
    const { x, y, columns } = drawn(500, truth);
    const wide = Float64Array.from({ length: 500 * 4 }, (_, at) =>
      at % 4 === 1 ? 7 : (x[Math.floor(at / 4) * columns + (at % 4 > 1 ? (at % 4) - 1 : 0)] ?? 0),
    );
    const with7 = fitLogistic(wide, 4, y, rowsOf(500));
    const without = fitLogistic(x, columns, y, rowsOf(500));
    expect(with7.weights[1]).toBe(0);
    for (const [j, at] of [0, 2, 3].entries()) expect(with7.weights[at]).toBeCloseTo(without.weights[j] ?? 0, 6);
    expect(with7.intercept).toBeCloseTo(without.intercept, 6);
  });

  test('gives the share of ones where there are no columns', () => {
    const model = fitLogistic(new Float64Array(0), 0, [1, 0, 0, 0], rowsOf(4));
    expect(logistic(model, [])).toBeCloseTo(0.25, 6);
  });

  test('learns from the given rows only', () => {
    const { x, y, columns } = drawn(400, truth);
    const rows = rowsOf(200);
    const spoilt = y.map((value, i) => (i < 200 ? value : 1 - value));
    expect(fitLogistic(x, columns, spoilt, rows)).toEqual(fitLogistic(x, columns, y, rows));
    expect(fitLogistic(x, columns, y, rows)).toEqual(fitLogistic(x.slice(0, 200 * columns), columns, y, rows));
  });
});
