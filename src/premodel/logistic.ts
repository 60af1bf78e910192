import { spreadOf } from './statistics.ts';

/** `1 / (1 + exp(−(intercept + Σ weights · x)))` */
export interface LogisticModel {
  readonly intercept: number;
  readonly weights: readonly number[];
}

const MAX_ITERATIONS = 25;
const TOLERANCE = 1e-8;

/** The probability that a logistic model gives. */
export function logistic(model: LogisticModel, x: ArrayLike<number>): number {
  let score = model.intercept;
  const { weights } = model;
  for (let j = 0; j < weights.length; j++) score += (weights[j] ?? 0) * (x[j] ?? 0);
  return 1 / (1 + Math.exp(-score));
}

/**
 * Fits a logistic regression with an L2 penalty on the weights of standardised features, by iteratively reweighted least
 * squares (Hastie, Tibshirani & Friedman, The Elements of Statistical Learning, eq. 4.26).
 *
 * @param x `[rows][columns]`
 * @param rows which of them to learn from
 * @param penalty of a standardised weight; constant columns get no weight
 */
export function fitLogistic(
  x: Float64Array,
  columns: number,
  y: ArrayLike<number>,
  rows: ArrayLike<number>,
  penalty = 1,
): LogisticModel {
  const { means, scales } = standardisation(x, columns, rows);
  const size = columns + 1;
  const beta = new Float64Array(size);
  const z = new Float64Array(size);
  const hessian = new Float64Array(size * size);
  const gradient = new Float64Array(size);
  for (let iteration = 0; iteration < MAX_ITERATIONS; iteration++) {
    hessian.fill(0);
    gradient.fill(0);
    for (let r = 0; r < rows.length; r++) {
      const row = rows[r] ?? 0;
      z[0] = 1;
      let score = beta[0] ?? 0;
      for (let j = 0; j < columns; j++) {
        const value = ((x[row * columns + j] ?? 0) - (means[j] ?? 0)) * (scales[j] ?? 0);
        z[j + 1] = value;
        score += value * (beta[j + 1] ?? 0);
      }
      const p = 1 / (1 + Math.exp(-score));
      const w = Math.max(p * (1 - p), 1e-9);
      const residual = (y[row] ?? 0) - p;
      for (let j = 0; j < size; j++) {
        const zj = z[j] ?? 0;
        gradient[j] = (gradient[j] ?? 0) + residual * zj;
        const at = j * size;
        const wz = w * zj;
        for (let k = 0; k <= j; k++) hessian[at + k] = (hessian[at + k] ?? 0) + wz * (z[k] ?? 0);
      }
    }
    for (let j = 0; j < size; j++) {
      if (j > 0) gradient[j] = (gradient[j] ?? 0) - penalty * (beta[j] ?? 0);
      hessian[j * size + j] = (hessian[j * size + j] ?? 0) + (j > 0 ? penalty : 0) + 1e-9;
    }
    solve(hessian, gradient, size);
    let change = 0;
    for (let j = 0; j < size; j++) {
      beta[j] = (beta[j] ?? 0) + (gradient[j] ?? 0);
      change = Math.max(change, Math.abs(gradient[j] ?? 0));
    }
    if (change < TOLERANCE) break;
  }
  const weights = Array.from({ length: columns }, (_, j) => (beta[j + 1] ?? 0) * (scales[j] ?? 0));
  const intercept = weights.reduce((sum, weight, j) => sum - weight * (means[j] ?? 0), beta[0] ?? 0);
  return { intercept, weights };
}

function standardisation(x: ArrayLike<number>, columns: number, rows: ArrayLike<number>) {
  const means = new Float64Array(columns);
  const scales = new Float64Array(columns);
  for (let j = 0; j < columns; j++) {
    const { mean, deviation } = spreadOf((row) => x[row * columns + j] ?? 0, rows);
    means[j] = mean;
    scales[j] = deviation > 1e-9 ? 1 / deviation : 0;
  }
  return { means, scales };
}

/** Solves A x = b for a symmetric positive definite A, of which the lower triangle is given, by Cholesky; x replaces b. */
function solve(a: Float64Array, b: Float64Array, size: number): void {
  for (let j = 0; j < size; j++) {
    for (let i = j; i < size; i++) {
      let sum = a[i * size + j] ?? 0;
      for (let k = 0; k < j; k++) sum -= (a[i * size + k] ?? 0) * (a[j * size + k] ?? 0);
      a[i * size + j] = i === j ? Math.sqrt(Math.max(sum, 1e-12)) : sum / (a[j * size + j] ?? 1);
    }
  }
  for (let i = 0; i < size; i++) {
    let sum = b[i] ?? 0;
    for (let k = 0; k < i; k++) sum -= (a[i * size + k] ?? 0) * (b[k] ?? 0);
    b[i] = sum / (a[i * size + i] ?? 1);
  }
  for (let i = size - 1; i >= 0; i--) {
    let sum = b[i] ?? 0;
    for (let k = i + 1; k < size; k++) sum -= (a[k * size + i] ?? 0) * (b[k] ?? 0);
    b[i] = sum / (a[i * size + i] ?? 1);
  }
}
