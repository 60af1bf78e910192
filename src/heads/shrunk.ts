import type { Labelled } from './multinomial.ts';

/**
 * Share of the common covariance that is taken for the same in all directions. Between a hundredth and a third it hardly matters,
 * nor does the estimate of Ledoit & Wolf (2004): with more directions than samples what counts is that it is not none.
 */
const SHRUNK = 0.3;

/**
 * Linear discriminants: what separates classes that are normally distributed around their means with one common covariance, shrunk
 * towards a multiple of the identity (Friedman, "Regularized discriminant analysis", 1989). Classes count the same before.
 *
 * @param space dimensions of the space in whose subspace the samples are given
 * @returns `float64 [classes][dimensions + 1]`, the intercept last; of a class without samples `NaN`
 */
export function fitShrunk({ z, dimensions: r, classes, rows, truth, weights }: Labelled, space: number): Float64Array {
  const means = new Float64Array(classes * r);
  const totals = new Float64Array(classes);
  for (const row of rows) {
    const k = truth[row] as number;
    const weight = weights[row] as number;
    totals[k] = (totals[k] as number) + weight;
    for (let j = 0; j < r; j++) means[k * r + j] = (means[k * r + j] as number) + weight * (z[row * r + j] as number);
  }
  for (let at = 0; at < means.length; at++) means[at] = (means[at] as number) / (totals[Math.floor(at / r)] as number);
  const covariance = new Float64Array(r * r);
  const total = totals.reduce((sum, own) => sum + own, 0);
  const away = new Float64Array(r);
  let trace = 0;
  for (const row of rows) {
    const from = (truth[row] as number) * r;
    for (let j = 0; j < r; j++) away[j] = (z[row * r + j] as number) - (means[from + j] as number);
    const share = (weights[row] as number) / total;
    for (let i = 0; i < r; i++) {
      const own = share * (away[i] as number);
      trace += own * (away[i] as number);
      for (let j = 0; j <= i; j++)
        covariance[i * r + j] = (covariance[i * r + j] as number) + own * (away[j] as number);
    }
  }
  const ridge = (SHRUNK * trace) / space + Number.EPSILON;
  for (let i = 0; i < r; i++) {
    for (let j = 0; j <= i; j++) covariance[i * r + j] = (1 - SHRUNK) * (covariance[i * r + j] as number);
    covariance[i * r + i] = (covariance[i * r + i] as number) + ridge;
  }
  factorise(covariance, r);
  const beta = new Float64Array(classes * (r + 1));
  for (let k = 0; k < classes; k++) {
    const mean = means.subarray(k * r, (k + 1) * r);
    const own = beta.subarray(k * (r + 1), (k + 1) * (r + 1));
    own.set(mean);
    solve(covariance, r, own);
    let intercept = 0;
    for (let j = 0; j < r; j++) intercept -= 0.5 * (own[j] as number) * (mean[j] as number);
    own[r] = (totals[k] as number) > 0 ? intercept : Number.NaN;
  }
  return beta;
}

/** Cholesky decomposition in place, of the lower triangle. @param a `float64 [r][r]`, positive definite */
function factorise(a: Float64Array, r: number): void {
  for (let i = 0; i < r; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = a[i * r + j] as number;
      for (let k = 0; k < j; k++) sum -= (a[i * r + k] as number) * (a[j * r + k] as number);
      a[i * r + j] = i === j ? Math.sqrt(Math.max(Number.EPSILON, sum)) : sum / (a[j * r + j] as number);
    }
  }
}

/** Solves `L Lᵀ x = b` in place, for the first `r` values of `b`. */
function solve(l: Float64Array, r: number, b: Float64Array): void {
  for (let i = 0; i < r; i++) {
    let sum = b[i] as number;
    for (let k = 0; k < i; k++) sum -= (l[i * r + k] as number) * (b[k] as number);
    b[i] = sum / (l[i * r + i] as number);
  }
  for (let i = r - 1; i >= 0; i--) {
    let sum = b[i] as number;
    for (let k = i + 1; k < r; k++) sum -= (l[k * r + i] as number) * (b[k] as number);
    b[i] = sum / (l[i * r + i] as number);
  }
}

/**
 * The mean of two linear classifiers, each having an equal say: the second's logits are first brought to the size of the first's on
 * the samples. They err otherwise: the one is drawn by the samples that lie nearest to a border, the other by all of them.
 *
 * @param beta `float64 [classes][dimensions + 1]`; of classes that the other does not know it alone counts
 * @param other of the same form
 */
export function blended(samples: Labelled, beta: Float64Array, other: Float64Array): Float64Array {
  const { z, dimensions: r, classes, rows } = samples;
  const width = r + 1;
  const known = Array.from({ length: classes }, (_, k) => k).filter((k) => !Number.isNaN(other[k * width + r]));
  const [own, added] = [centred(beta, known, width), centred(other, known, width)];
  let [ownSize, addedSize] = [0, 0];
  for (const row of rows) {
    for (const k of known) {
      let [a, b] = [own[k * width + r] as number, added[k * width + r] as number];
      for (let j = 0, at = k * width; j < r; j++, at++) {
        const value = z[row * r + j] as number;
        a += value * (own[at] as number);
        b += value * (added[at] as number);
      }
      ownSize += a * a;
      addedSize += b * b;
    }
  }
  const scale = addedSize > 0 ? Math.sqrt(ownSize / addedSize) : 0;
  for (const k of known) {
    for (let at = k * width; at < (k + 1) * width; at++)
      own[at] = ((own[at] as number) + scale * (added[at] as number)) / 2;
  }
  return own;
}

/** Less the mean of some classes, which changes no probability. */
function centred(beta: Float64Array, known: readonly number[], width: number): Float64Array {
  const out = Float64Array.from(beta);
  for (let j = 0; j < width; j++) {
    let mean = 0;
    for (const k of known) mean += (beta[k * width + j] as number) / known.length;
    for (let at = j; at < out.length; at += width) out[at] = (out[at] as number) - mean;
  }
  return out;
}
