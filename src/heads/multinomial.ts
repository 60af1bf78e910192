import { minimise } from './minimise.ts';

/** Labelled samples in few dimensions. */
export interface Labelled {
  /** `float64 [samples][dimensions]` */
  readonly z: Float64Array;
  readonly dimensions: number;
  readonly classes: number;
  /** Which samples to learn from. */
  readonly rows: readonly number[];
  /** By sample: its class. */
  readonly truth: ArrayLike<number>;
  /** By sample: how much it counts. */
  readonly weights: ArrayLike<number>;
}

const TOLERANCE = 1e-5;
const MOST_ITERATIONS = 200;

/**
 * Fits a multinomial logistic regression: the least of the weighted mean of cross-entropies plus `penalty / 2` times the sum of
 * squared weights. Intercepts bear no penalty but a millionth, which makes them unique.
 *
 * @param start where to begin, e.g. the solution of a neighbouring penalty
 * @returns `float64 [classes][dimensions + 1]`, the intercept last
 */
export function fitMultinomial(
  samples: Labelled,
  penalty: number,
  start: Float64Array | null = null,
  tolerance = TOLERANCE,
): Float64Array {
  const solution = new Float64Array(samples.classes * (samples.dimensions + 1));
  if (start !== null) solution.set(start);
  minimise((beta, gradient) => multinomialLoss(samples, penalty, beta, gradient), solution, tolerance, MOST_ITERATIONS);
  return solution;
}

const INTERCEPT_PENALTY = 1e-6;
const NOTHING = 1e-10;

/** What `fitMultinomial` minimises, with its gradient. */
export function multinomialLoss(
  { z, dimensions, classes, rows, truth, weights }: Labelled,
  penalty: number,
  beta: Float64Array,
  gradient: Float64Array,
): number {
  const width = dimensions + 1;
  const p = new Float64Array(classes);
  let total = 0;
  for (const row of rows) total += weights[row] ?? 0;
  let loss = 0;
  for (let k = 0; k < classes; k++) {
    for (let j = 0; j < width; j++) {
      const at = k * width + j;
      const own = j < dimensions ? penalty : INTERCEPT_PENALTY;
      const value = beta[at] as number;
      loss += (own / 2) * value * value;
      gradient[at] = own * value;
    }
  }
  for (let r = 0; r < rows.length; r++) {
    const row = rows[r] as number;
    const share = (weights[row] as number) / total;
    const from = row * dimensions;
    const logNormaliser = logits(z, from, dimensions, beta, p);
    const right = truth[row] as number;
    loss += share * (logNormaliser - (p[right] as number));
    for (let k = 0; k < classes; k++) {
      const pull = share * (Math.exp((p[k] as number) - logNormaliser) - (k === right ? 1 : 0));
      // Of what is all but certain nothing is to be learnt: most samples, most of the time.
      if (pull < NOTHING && pull > -NOTHING) continue;
      const at = k * width;
      for (let j = 0; j < dimensions; j++)
        gradient[at + j] = (gradient[at + j] as number) + pull * (z[from + j] as number);
      gradient[at + dimensions] = (gradient[at + dimensions] as number) + pull;
    }
  }
  return loss;
}

/**
 * Writes the logits of one sample, and gives the logarithm of the sum of their exponentials.
 *
 * @param from where the sample begins in `z`
 */
export function logits(
  z: Float64Array,
  from: number,
  dimensions: number,
  beta: Float64Array,
  into: Float64Array,
): number {
  const width = dimensions + 1;
  let most = -Infinity;
  for (let k = 0; k < into.length; k++) {
    const at = k * width;
    let sum = beta[at + dimensions] as number;
    for (let j = 0; j < dimensions; j++) sum += (beta[at + j] as number) * (z[from + j] as number);
    into[k] = sum;
    if (sum > most) most = sum;
  }
  let total = 0;
  for (let k = 0; k < into.length; k++) total += Math.exp((into[k] as number) - most);
  return most + Math.log(total);
}
