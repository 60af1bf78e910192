import { type Head, inSpace, type OtherLimit, type Space } from '../heads/head.ts';
import { fitMultinomial, type Labelled } from '../heads/multinomial.ts';
import { blended, fitShrunk } from '../heads/shrunk.ts';
import { type Span, spanOf } from '../heads/span.ts';
import type { Lesson } from './lessons.ts';

const MOST_RANK = 256;

/** One rung's embeddings of the samples that teach, ready for many fits. */
export interface Material {
  readonly space: Space;
  /** As the rung gives them, `float32 [samples][d]`. */
  readonly raw: Float32Array;
  readonly d: number;
  /** In the space of heads, `float32 [samples][d]`. */
  readonly x: Float32Array;
  readonly span: Span;
  /** By sample: its position in the span, −1 where it teaches nothing. */
  readonly position: Int32Array;
}

/** @param rows all samples that any lesson uses */
export function materialOf(raw: Float32Array, d: number, space: Space, rows: readonly number[]): Material {
  const x = inSpace(space, raw, d);
  const own = new Float32Array(rows.length * d);
  const position = new Int32Array(raw.length / d).fill(-1);
  for (const [at, row] of rows.entries()) {
    own.set(x.subarray(row * d, (row + 1) * d), at * d);
    position[row] = at;
  }
  return { space, raw, d, x, span: spanOf(own, rows.length, MOST_RANK), position };
}

/** Where a sample stands in the span. @throws RangeError for one that is not among those that the material was made of */
export function positionOf({ position }: Material, row: number): number {
  const at = position[row] ?? -1;
  if (at < 0) throw new RangeError(`sample ${row} is not among those that the material was made of`);
  return at;
}

/** @returns the solution in the span, `float64 [classes][rank + 1]` */
export function fitInSpan(
  material: Material,
  lesson: Lesson,
  classes: number,
  penalty: number,
  start: Float64Array | null,
  tolerance: number,
): Float64Array {
  return fitMultinomial(labelled(material, lesson, classes), penalty, start, tolerance);
}

/**
 * What is fitted by logistic regression, averaged with linear discriminants. Taught on seven windows of half of each of three clips
 * and judged on the rest, the top rung was right on 96.9 % instead of 95.4 %, four smaller rungs on as many as before (95.2 %), and the
 * log loss of all was less. Rung zero's few differences with a background, learnt from shifted copies, are no such embedding: it
 * stays as it is.
 */
export function withDiscriminants(
  material: Material,
  lesson: Lesson,
  classes: number,
): (beta: Float64Array) => Float64Array {
  if (material.space !== 'root') return (beta) => beta;
  const samples = labelled(material, lesson, classes);
  const discriminants = fitShrunk(samples, material.d);
  return (beta) => blended(samples, beta, discriminants);
}

function labelled(material: Material, lesson: Lesson, classes: number): Labelled {
  const { span } = material;
  const rows = lesson.rows.map((row) => positionOf(material, row));
  const truth = new Int32Array(span.count);
  const weights = new Float64Array(span.count);
  for (const [at, row] of lesson.rows.entries()) {
    truth[rows[at] ?? 0] = lesson.truth[row] ?? 0;
    weights[rows[at] ?? 0] = lesson.weights[row] ?? 0;
  }
  return { z: span.z, dimensions: span.rank, classes, rows, truth, weights };
}

/** The head of a solution in the span. @param temperature by which its logits are divided */
export function headOf(
  { span, space, x, d }: Material,
  beta: Float64Array,
  lesson: Lesson,
  classes: number,
  temperature: number,
  other: OtherLimit,
): Head {
  const weights = new Float32Array(classes * d);
  const bias = new Float32Array(classes);
  const width = span.rank + 1;
  for (let k = 0; k < classes; k++) {
    const own = beta.subarray(k * width, (k + 1) * width);
    const back = span.toInput(own.subarray(0, span.rank), own[span.rank] ?? 0);
    for (let j = 0; j < d; j++) weights[k * d + j] = (back.weights[j] ?? 0) / temperature;
    bias[k] = back.intercept / temperature;
  }
  return { space, weights, bias, means: meansOf(x, d, lesson, classes), other };
}

/** Weighted mean of each class, `float32 [classes][d]`; far away where a class has no sample. */
export function meansOf(x: Float32Array, d: number, lesson: Lesson, classes: number): Float32Array {
  const sums = new Float64Array(classes * d);
  const totals = new Float64Array(classes);
  for (const row of lesson.rows) {
    const k = lesson.truth[row] ?? 0;
    const weight = lesson.weights[row] ?? 0;
    totals[k] = (totals[k] ?? 0) + weight;
    for (let j = 0; j < d; j++) sums[k * d + j] = (sums[k * d + j] ?? 0) + weight * (x[row * d + j] ?? 0);
  }
  return Float32Array.from(sums, (sum, at) => {
    const total = totals[Math.floor(at / d)] ?? 0;
    return total > 0 ? sum / total : FAR;
  });
}

const FAR = 1e3;

/** Distance of a sample to the nearest class mean. */
export function nearestDistance(means: Float32Array, x: Float32Array, row: number, d: number): number {
  let nearest = Infinity;
  for (let from = 0; from < means.length; from += d) {
    let square = 0;
    for (let j = 0; j < d; j++) square += ((x[row * d + j] as number) - (means[from + j] as number)) ** 2;
    nearest = Math.min(nearest, square);
  }
  return Math.sqrt(nearest);
}
