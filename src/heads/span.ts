/**
 * Samples in an orthonormal basis of their own span. There are fewer samples than dimensions, mostly, and a linear classifier with
 * an L2 penalty never leaves their span: fitted there it is the same, and many times cheaper. Where the samples have more directions
 * than are kept, it is nearly the same: what is left out is what the directions that are kept say least of.
 */
export interface Span {
  readonly count: number;
  readonly rank: number;
  /** `float64 [count][rank]`, centred; mean square norm 1 but for what the rank leaves out. */
  readonly z: Float64Array;
  /** Turns weights on `z`, `float64 [rank]`, with their intercept into weights on the samples themselves. */
  toInput(weights: ArrayLike<number>, intercept: number): { weights: Float64Array; intercept: number };
}

/** Directions that hold less than this share of all variance tell nothing that noise would not. */
const LEAST_SHARE = 1e-7;

/**
 * Pivoted Cholesky decomposition of the samples' Gram matrix (Harbrecht, Peters & Schneider 2012): takes the sample that is farthest
 * from the span so far, until `mostRank` are taken or nothing is left. No more than `mostRank` columns of the Gram matrix are made.
 *
 * @param x `float32 [count][d]`
 */
export function spanOf(x: Float32Array, count: number, mostRank: number): Span {
  const d = x.length / count;
  const mean = new Float64Array(d);
  for (let i = 0; i < count; i++) for (let j = 0; j < d; j++) mean[j] = (mean[j] ?? 0) + (x[i * d + j] ?? 0) / count;
  const centred = new Float64Array(count * d);
  const left = new Float64Array(count);
  let trace = 0;
  for (let i = 0; i < count; i++) {
    for (let j = 0; j < d; j++) {
      const value = (x[i * d + j] ?? 0) - (mean[j] ?? 0);
      centred[i * d + j] = value;
      left[i] = (left[i] ?? 0) + value * value;
    }
    trace += left[i] ?? 0;
  }
  const scale = trace > 0 ? Math.sqrt(count / trace) : 1;
  const most = Math.min(mostRank, count);
  const columns: Float64Array[] = [];
  const pivots: number[] = [];
  while (pivots.length < most) {
    let pivot = 0;
    let rest = 0;
    for (let i = 0; i < count; i++) {
      rest += left[i] ?? 0;
      if ((left[i] ?? 0) > (left[pivot] ?? 0)) pivot = i;
    }
    if (rest <= LEAST_SHARE * trace || (left[pivot] ?? 0) <= 0) break;
    columns.push(nextColumn(centred, d, columns, left, pivot));
    pivots.push(pivot);
  }
  const rank = pivots.length;
  const z = new Float64Array(count * rank);
  for (const [k, column] of columns.entries())
    for (let i = 0; i < count; i++) z[i * rank + k] = scale * (column[i] ?? 0);
  return {
    count,
    rank,
    z,
    toInput: (weights, intercept) => {
      // z = scale · L⁻¹ · (rows of the pivots) · x, so that w = scale · (rows of the pivots)ᵀ · L⁻ᵀ · weights.
      const v = Float64Array.from({ length: rank }, (_, k) => weights[k] ?? 0);
      for (let k = rank - 1; k >= 0; k--) {
        const row = pivots[k] ?? 0;
        v[k] = (v[k] ?? 0) / (columns[k]?.[row] ?? 1);
        for (let l = 0; l < k; l++) v[l] = (v[l] ?? 0) - (columns[l]?.[row] ?? 0) * (v[k] ?? 0);
      }
      const out = new Float64Array(d);
      let offset = intercept;
      for (let k = 0; k < rank; k++) {
        const at = (pivots[k] ?? 0) * d;
        const share = scale * (v[k] ?? 0);
        for (let j = 0; j < d; j++) out[j] = (out[j] ?? 0) + share * (centred[at + j] ?? 0);
      }
      for (let j = 0; j < d; j++) offset -= (out[j] ?? 0) * (mean[j] ?? 0);
      return { weights: out, intercept: offset };
    },
  };
}

/** The coordinates of all samples along what is new in one of them; takes it off what is left of each. */
function nextColumn(
  centred: Float64Array,
  d: number,
  columns: readonly Float64Array[],
  left: Float64Array,
  pivot: number,
): Float64Array {
  const count = left.length;
  const column = new Float64Array(count);
  const norm = Math.sqrt(left[pivot] ?? 0);
  const own = centred.subarray(pivot * d, (pivot + 1) * d);
  for (let i = 0; i < count; i++) {
    let sum = 0;
    for (let j = 0, at = i * d; j < d; j++, at++) sum += (centred[at] as number) * (own[j] as number);
    column[i] = sum;
  }
  for (const before of columns) {
    const share = before[pivot] ?? 0;
    for (let i = 0; i < count; i++) column[i] = (column[i] as number) - (before[i] as number) * share;
  }
  for (let i = 0; i < count; i++) {
    const value = (column[i] as number) / norm;
    column[i] = value;
    left[i] = Math.max(0, (left[i] as number) - value * value);
  }
  left[pivot] = 0;
  return column;
}
