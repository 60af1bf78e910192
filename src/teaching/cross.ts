import type { OtherLimit } from '../heads/head.ts';
import { applyHead, type Head } from '../heads/head.ts';
import { fitMultinomial, type Labelled, logits as writeLogits } from '../heads/multinomial.ts';
import { type Span, spanOf } from '../heads/span.ts';
import type { Split } from './moments.ts';

/** Penalties that are tried, strongest first, of samples whose mean square norm is 1. */
const PENALTIES = Array.from({ length: 9 }, (_, i) => 10 ** (0 - i / 2));
const MOST_RANK = 256;

/** What a candidate's head says, and would have said without having seen. */
export interface CandidateFit {
  readonly head: Head;
  readonly penalty: number;
  /** By labelled sample in the split's order: `float32 [rows][classes + 1]`, from heads that were fitted without its fold. */
  readonly outOfFold: Float32Array;
  readonly logLoss: number;
}

/**
 * Fits one question's head on one rung: the penalty is that of the least out-of-fold cross-entropy, the final head learns from
 * all labelled samples.
 *
 * @param x embeddings, `float32 [samples][d]`
 * @param truth by sample
 * @param weights by sample
 */
export function fitCandidate(
  x: Float32Array,
  truth: Int32Array,
  classes: number,
  weights: Float64Array,
  split: Split,
): CandidateFit {
  const { rows } = split;
  const count = truth.length;
  const d = x.length / count;
  const span = spanOf(gather(x, d, rows), rows.length, MOST_RANK);
  const local = new Map(rows.map((row, at) => [row, at]));
  const labelled: Omit<Labelled, 'rows'> = {
    z: span.z,
    dimensions: span.rank,
    classes,
    truth: rows.map((row) => truth[row] ?? 0),
    weights: rows.map((row) => weights[row] ?? 1),
  };
  const teaching = split.teaching.map((own) => own.map((row) => local.get(row) ?? 0));
  const judged = teaching.map((_, fold) => rows.flatMap((row, at) => (split.folds[row] === fold ? [at] : [])));
  let best = { penalty: PENALTIES[0] ?? 1, logLoss: Infinity, betas: [] as Float64Array[] };
  let starts: (Float64Array | null)[] = teaching.map(() => null);
  for (const penalty of PENALTIES) {
    const betas = teaching.map((own, fold) =>
      fitMultinomial({ ...labelled, rows: own }, penalty, starts[fold] ?? null),
    );
    const logLoss = outOfFoldLoss(labelled, betas, judged);
    if (logLoss < best.logLoss) best = { penalty, logLoss, betas };
    starts = betas;
  }
  const all = rows.map((_, at) => at);
  const other: OtherLimit = { limit: 1, slope: 10 };
  const makeHead = (beta: Float64Array, own: readonly number[]): Head =>
    toHead(span, beta, classes, x, d, rows, own, truth, other);
  const final = makeHead(fitMultinomial({ ...labelled, rows: all }, best.penalty), all);
  const folded = best.betas.map((beta, fold) => makeHead(beta, teaching[fold] ?? []));
  const distances = judged.flatMap((own, fold) =>
    own.map((at) => nearestDistance(folded[fold] as Head, x.subarray((rows[at] ?? 0) * d, ((rows[at] ?? 0) + 1) * d))),
  );
  const limit = { limit: Math.max(1e-6, 1.5 * Math.max(...distances)), slope: 10 };
  const outOfFold = new Float32Array(rows.length * (classes + 1));
  for (const [fold, own] of judged.entries()) {
    const head = { ...(folded[fold] as Head), other: limit };
    for (const at of own) {
      const row = rows[at] ?? 0;
      applyHead(
        head,
        x.subarray(row * d, (row + 1) * d),
        outOfFold.subarray(at * (classes + 1), (at + 1) * (classes + 1)),
      );
    }
  }
  return { head: { ...final, other: limit }, penalty: best.penalty, outOfFold, logLoss: best.logLoss };
}

function outOfFoldLoss(
  samples: Omit<Labelled, 'rows'>,
  betas: readonly Float64Array[],
  judged: readonly (readonly number[])[],
): number {
  const p = new Float64Array(samples.classes);
  let loss = 0;
  let total = 0;
  for (const [fold, own] of judged.entries()) {
    for (const at of own) {
      const weight = samples.weights[at] ?? 1;
      const normaliser = writeLogits(
        samples.z,
        at * samples.dimensions,
        samples.dimensions,
        betas[fold] as Float64Array,
        p,
      );
      loss += weight * (normaliser - (p[samples.truth[at] ?? 0] ?? 0));
      total += weight;
    }
  }
  return loss / total;
}

function toHead(
  span: Span,
  beta: Float64Array,
  classes: number,
  x: Float32Array,
  d: number,
  rows: readonly number[],
  own: readonly number[],
  truth: Int32Array,
  other: OtherLimit,
): Head {
  const weights = new Float32Array(classes * d);
  const bias = new Float32Array(classes);
  const width = span.rank + 1;
  for (let k = 0; k < classes; k++) {
    const back = span.toInput(beta.subarray(k * width, k * width + span.rank), beta[k * width + span.rank] ?? 0);
    weights.set(back.weights, k * d);
    bias[k] = back.intercept;
  }
  const sums = new Float64Array(classes * d);
  const counts = new Float64Array(classes);
  for (const at of own) {
    const row = rows[at] ?? 0;
    const k = truth[row] ?? 0;
    counts[k] = (counts[k] ?? 0) + 1;
    for (let j = 0; j < d; j++) sums[k * d + j] = (sums[k * d + j] ?? 0) + (x[row * d + j] ?? 0);
  }
  const means = Float32Array.from(sums, (sum, at) => sum / Math.max(1, counts[Math.floor(at / d)] ?? 1));
  return { weights, bias, means, other };
}

function nearestDistance({ means, bias }: Head, x: Float32Array): number {
  let nearest = Infinity;
  for (let k = 0; k < bias.length; k++) {
    let square = 0;
    for (let j = 0; j < x.length; j++) square += ((x[j] ?? 0) - (means[k * x.length + j] ?? 0)) ** 2;
    nearest = Math.min(nearest, square);
  }
  return Math.sqrt(nearest);
}

function gather(x: Float32Array, d: number, rows: readonly number[]): Float32Array {
  const out = new Float32Array(rows.length * d);
  for (const [at, row] of rows.entries()) out.set(x.subarray(row * d, (row + 1) * d), at * d);
  return out;
}
