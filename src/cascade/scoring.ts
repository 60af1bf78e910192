import { bootstrapInterval } from './bootstrap.ts';

/** What one way of deciding did with every sample, in their order. */
export interface Trials {
  /** 1 where its first answer is right. */
  readonly right: Uint8Array;
  /** 1 where the true class is among its first five. */
  readonly rightInFive: Uint8Array;
  /** Its first answer, by index into the ladder's labels. */
  readonly answer: Int32Array;
  /** How likely that is right, as it saw it itself. */
  readonly predicted: Float64Array;
  /** Sum of `session.run`. */
  readonly runMs: Float64Array;
  /** From the decoded frame to the label, everything included. */
  readonly totalMs: Float64Array;
  /** Of that, spent on deciding. */
  readonly decideMs: Float64Array;
  readonly macsMillions: Float64Array;
  readonly rungsRun: Uint8Array;
  /** The rungs at which it began and ended, by position in `rungs`. */
  readonly began: Uint8Array;
  readonly ended: Uint8Array;
  /** Ids of the rungs that it may run, cheapest first. */
  readonly rungs: readonly string[];
}

export function emptyTrials(count: number, rungs: readonly string[]): Trials {
  return {
    right: new Uint8Array(count),
    rightInFive: new Uint8Array(count),
    answer: new Int32Array(count).fill(-1),
    predicted: new Float64Array(count).fill(Number.NaN),
    runMs: new Float64Array(count),
    totalMs: new Float64Array(count),
    decideMs: new Float64Array(count),
    macsMillions: new Float64Array(count),
    rungsRun: new Uint8Array(count),
    began: new Uint8Array(count),
    ended: new Uint8Array(count),
    rungs,
  };
}

export function meanOver(values: ArrayLike<number>, rows: ArrayLike<number>): number {
  let sum = 0;
  for (let r = 0; r < rows.length; r++) sum += values[rows[r] ?? 0] ?? 0;
  return sum / rows.length;
}

/** Nearest-rank quantile of the values of some rows. */
export function quantileOver(values: ArrayLike<number>, rows: ArrayLike<number>, q: number): number {
  const sorted = Array.from(rows, (row) => values[row] ?? 0).sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)] ?? Number.NaN;
}

/**
 * 95 % interval of a mean over rows of a − b (b: none), by bootstrap over groups: rows of one group (versions of one picture, one
 * moment of footage) are not independent, and are drawn together.
 *
 * @param groups by row, whatever tells groups apart
 */
export function meanInterval(
  a: ArrayLike<number>,
  b: ArrayLike<number> | null,
  rows: ArrayLike<number>,
  groups: ArrayLike<unknown>,
  seed = 1,
): [number, number] {
  const sums = new Map<unknown, { sum: number; count: number }>();
  for (let r = 0; r < rows.length; r++) {
    const row = rows[r] ?? 0;
    const group = sums.get(groups[row]) ?? { sum: 0, count: 0 };
    sums.set(groups[row], group);
    group.sum += (a[row] ?? 0) - (b?.[row] ?? 0);
    group.count++;
  }
  const clusters = [...sums.values()];
  const statistic = (drawn: Int32Array) => {
    let sum = 0;
    let count = 0;
    for (let d = 0; d < drawn.length; d++) {
      const cluster = clusters[drawn[d] ?? 0];
      sum += cluster?.sum ?? 0;
      count += cluster?.count ?? 0;
    }
    return sum / count;
  };
  return bootstrapInterval(clusters.length, statistic, seed);
}

/** How well entering agrees with the cheapest right rung, macro-averaged over the rungs that are that for some sample. */
export interface EntryScore {
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
}

/**
 * The seed paper's "right model" classes: of a sample the cheapest rung that is right on it alone. Samples on which none is right
 * have no class and are left out.
 *
 * @param began by row, the rung at which it began: an index into `right`
 * @param right by rung, cheapest first, and row: 1 where that rung alone is right
 */
export function entryScore(
  began: ArrayLike<number>,
  right: readonly Uint8Array[],
  rows: ArrayLike<number>,
): EntryScore {
  const size = right.length;
  const confusion = Array.from({ length: size }, () => new Float64Array(size));
  for (let r = 0; r < rows.length; r++) {
    const row = rows[r] ?? 0;
    const wanted = right.findIndex((values) => values[row] === 1);
    const counts = confusion[wanted];
    if (counts !== undefined) counts[began[row] ?? 0] = (counts[began[row] ?? 0] ?? 0) + 1;
  }
  const scores = confusion.flatMap((counts, wanted) => {
    const actual = counts.reduce((sum, value) => sum + value, 0);
    if (actual === 0) return [];
    const hits = counts[wanted] ?? 0;
    const predicted = confusion.reduce((sum, other) => sum + (other[wanted] ?? 0), 0);
    const precision = predicted === 0 ? 0 : hits / predicted;
    const recall = hits / actual;
    return [{ precision, recall, f1: precision + recall === 0 ? 0 : (2 * precision * recall) / (precision + recall) }];
  });
  const mean = (pick: (score: EntryScore) => number) =>
    scores.reduce((sum, score) => sum + pick(score), 0) / Math.max(1, scores.length);
  return {
    precision: mean(({ precision }) => precision),
    recall: mean(({ recall }) => recall),
    f1: mean(({ f1 }) => f1),
  };
}

/** What could be had at best: of every sample, the cheapest rung that is right on it; the cheapest of all where none is. */
export interface Oracle {
  readonly right: Uint8Array;
  readonly runMs: Float64Array;
  readonly macsMillions: Float64Array;
}

/** @param single what each single rung did; `meanMs` orders them */
export function oracleOf(single: readonly Trials[], meanMs: readonly number[]): Oracle {
  const order = [...single.keys()].sort((a, b) => (meanMs[a] ?? 0) - (meanMs[b] ?? 0));
  const count = single[0]?.right.length ?? 0;
  const right = new Uint8Array(count);
  const runMs = new Float64Array(count);
  const macsMillions = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    const best = order.find((rung) => single[rung]?.right[i] === 1);
    right[i] = best === undefined ? 0 : 1;
    const used = best ?? order[0] ?? 0;
    runMs[i] = meanMs[used] ?? 0;
    macsMillions[i] = single[used]?.macsMillions[i] ?? 0;
  }
  return { right, runMs, macsMillions };
}
