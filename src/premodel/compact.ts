import { logSumExp } from '../cascade/evidence.ts';

/** So many classes of each rung are kept. */
const KEPT_PER_RUNG = 3;

/**
 * The rungs' answers reduced to the classes that matter: for each sample those that some rung has among its first three, and the
 * true one. Merging them is thirty times cheaper than merging all, and all but as exact; the search among ladders looks at nothing
 * else.
 */
export interface Compact {
  readonly count: number;
  /** Where the classes of a sample begin, `int32 [count + 1]`. */
  readonly offsets: Int32Array;
  /** Where its true class lies, `int32 [count]`. */
  readonly truthAt: Int32Array;
  /** By rung: calibrated log-probabilities of the kept classes. */
  readonly logs: readonly Float32Array[];
}

/**
 * @param rows the samples to keep
 * @param logits by rung, `float32 [samples][classes]`
 */
export function compact(
  rows: readonly number[],
  logits: readonly Float32Array[],
  temperatures: readonly number[],
  truth: ArrayLike<number>,
  classes: number,
): Compact {
  const kept = rows.map((row) => {
    const set = new Set([truth[row] ?? 0]);
    for (const values of logits) addTop(values, row * classes, classes, set);
    return [...set].sort((a, b) => a - b); // of equally likely ones the first wins, as in `Evidence`
  });
  const offsets = new Int32Array(rows.length + 1);
  for (const [i, set] of kept.entries()) offsets[i + 1] = (offsets[i] ?? 0) + set.length;
  const logs = logits.map((values, rung) => {
    const temperature = temperatures[rung] ?? 1;
    const out = new Float32Array(offsets[rows.length] ?? 0);
    for (const [i, set] of kept.entries()) {
      const start = (rows[i] ?? 0) * classes;
      const normaliser = logSumExp(values.subarray(start, start + classes), temperature);
      const at = offsets[i] ?? 0;
      for (let k = 0; k < set.length; k++)
        out[at + k] = (values[start + (set[k] ?? 0)] ?? 0) / temperature - normaliser;
    }
    return out;
  });
  const truthAt = Int32Array.from(kept, (set, i) => (offsets[i] ?? 0) + set.indexOf(truth[rows[i] ?? 0] ?? 0));
  return { count: rows.length, offsets, truthAt, logs };
}

function addTop(values: Float32Array, start: number, classes: number, into: Set<number>): void {
  const top = new Int32Array(KEPT_PER_RUNG).fill(-1);
  const at = (index: number) => (index < 0 ? -Infinity : (values[start + index] ?? 0));
  for (let c = 0; c < classes; c++) {
    const value = values[start + c] ?? 0;
    if (value <= at(top[KEPT_PER_RUNG - 1] ?? -1)) continue;
    let place = KEPT_PER_RUNG - 1;
    while (place > 0 && value > at(top[place - 1] ?? -1)) {
      top[place] = top[place - 1] ?? -1;
      place--;
    }
    top[place] = c;
  }
  for (const c of top) if (c >= 0) into.add(c);
}

/** What rungs say together of every sample. */
export interface MergedAnswers {
  /** 1 where the merged answer is the true class. */
  readonly right: Uint8Array;
  /** Probability of the merged answer among the kept classes. */
  readonly confidence: Float32Array;
}

/** Merges the answers of rungs with weights, as `Evidence` does. */
export function mergeCompact(data: Compact, set: readonly number[], given: readonly number[]): MergedAnswers {
  const { rungs, weights, total } = heard(set, given);
  const right = new Uint8Array(data.count);
  const confidence = new Float32Array(data.count);
  for (let i = 0; i < data.count; i++) {
    const from = data.offsets[i] ?? 0;
    const to = data.offsets[i + 1] ?? 0;
    let best = -Infinity;
    let bestAt = from;
    let sum = 0;
    for (let at = from; at < to; at++) {
      const log = mergedLog(data, rungs, weights, at) / total;
      sum += Math.exp(log);
      if (log > best) {
        best = log;
        bestAt = at;
      }
    }
    right[i] = bestAt === data.truthAt[i] ? 1 : 0;
    confidence[i] = Math.exp(best) / sum;
  }
  return { right, confidence };
}

/** Mean cross-entropy of merged answers with the truth, over the kept classes. */
export function mergedLoss(data: Compact, set: readonly number[], given: readonly number[]): number {
  const { rungs, weights, total } = heard(set, given);
  let loss = 0;
  for (let i = 0; i < data.count; i++) {
    const from = data.offsets[i] ?? 0;
    const to = data.offsets[i + 1] ?? 0;
    let sum = 0;
    let truth = 0;
    for (let at = from; at < to; at++) {
      const log = mergedLog(data, rungs, weights, at) / total;
      sum += Math.exp(log);
      if (at === data.truthAt[i]) truth = log;
    }
    loss += Math.log(sum) - truth;
  }
  return loss / data.count;
}

/** Those of a set of rungs that have a say, with their weights; where none has any, the last alone, as in `Evidence`. */
function heard(set: readonly number[], weights: readonly number[]) {
  const rungs = set.filter((rung) => (weights[rung] ?? 0) > 0);
  if (rungs.length === 0) return { rungs: set.slice(-1), weights: weights.map(() => 1), total: 1 };
  return { rungs, weights, total: rungs.reduce((sum, rung) => sum + (weights[rung] ?? 0), 0) };
}

/** Weighted sum of the rungs' log-probabilities of one kept class. */
function mergedLog({ logs }: Compact, rungs: readonly number[], weights: readonly number[], at: number): number {
  let log = 0;
  for (let k = 0; k < rungs.length; k++) {
    const rung = rungs[k] ?? 0;
    log += (weights[rung] ?? 0) * (logs[rung]?.[at] ?? 0);
  }
  return log;
}
