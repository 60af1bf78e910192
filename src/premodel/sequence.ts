import { seededRandom } from '../cascade/random.ts';
import {
  carriedDifference,
  MOST_DIFFERENCE,
  MOST_SECONDS,
  NOTHING_REMEMBERED,
  TIME_FEATURES,
} from '../cascade/recollection.ts';

/** Where samples stand in the footage that they are of. */
export interface Sequence {
  /** By sample: the number of its unbroken recording; −1 where it is of none. */
  readonly runs: Int32Array;
  /** By sample: seconds on its recording's time line. */
  readonly seconds: Float64Array;
  /** By sample: how much its frame differs from the one before, whether that is a sample or not. */
  readonly scores: Float64Array;
  /** By sample: what is left of the differences of all frames up to its own, added up (`carriedDifference`). */
  readonly carried: Float64Array;
}

/** What a climb without memory said of samples. */
export interface FirstAnswers {
  readonly classes: Int32Array;
  /** How likely those are right, out of fold. */
  readonly right: Float64Array;
  /** Where the rung that each ended with stands among the policy's, 0..1. */
  readonly rungs: Float64Array;
}

/** What would be remembered when each sample comes. */
export interface Remembered {
  /** `float64 [samples][TIME_FEATURES.length]` */
  readonly values: Float64Array;
  /** By sample; −1 where nothing is remembered. */
  readonly lastClass: Int32Array;
}

/**
 * How many samples back the last answer lies that needed no memory: where memory helps, that is not always the one before. Drawn
 * evenly from these.
 */
const LAGS = [1, 1, 1, 2, 2, 3, 4, 6] as const;

/**
 * Plays footage in order: what a camera would remember of the answers of a climb without memory. Frames of one recording are
 * compared along the way, as the daemon does.
 */
export function rememberedOf(sequence: Sequence, answers: FirstAnswers, seed: number): Remembered {
  const { runs, seconds, scores, carried } = sequence;
  const count = runs.length;
  const width = TIME_FEATURES.length;
  const values = new Float64Array(count * width);
  for (let row = 0; row < count; row++) values.set(NOTHING_REMEMBERED, row * width);
  const lastClass = new Int32Array(count).fill(-1);
  const random = seededRandom(seed);
  for (const order of inOrder(sequence)) {
    const since = stableSince(order, answers.classes, seconds);
    for (const [at, row] of order.entries()) {
      const lag = LAGS[Math.floor(random() * LAGS.length)] ?? 1;
      const from = order[at - lag];
      const before = order[at - 1];
      if (from === undefined || before === undefined) continue;
      const ageSeconds = (seconds[row] ?? 0) - (seconds[from] ?? 0);
      const [own = 0, score = 0] = [carried[row], scores[row]];
      // Up to the frame before, differences are those on the way; its own counts in full.
      const difference = own - (carried[from] ?? 0) - carriedDifference(score) + score;
      if (!(ageSeconds > 0 && ageSeconds <= MOST_SECONDS && difference < Infinity)) continue;
      const stable = (seconds[row] ?? 0) - (since[at - lag] ?? 0);
      values.set(
        [
          Math.min(MOST_DIFFERENCE, Math.max(0, difference)),
          ageSeconds,
          answers.right[from] ?? 0,
          Math.min(MOST_SECONDS, stable),
          answers.rungs[from] ?? 0,
        ],
        row * width,
      );
      lastClass[row] = answers.classes[from] ?? -1;
    }
  }
  return { values, lastClass };
}

/** The samples of each recording, in order of time. */
function inOrder({ runs, seconds }: Sequence): number[][] {
  const byRun = new Map<number, number[]>();
  for (const [row, run] of runs.entries()) {
    if (run < 0) continue;
    const own = byRun.get(run) ?? [];
    byRun.set(run, own);
    own.push(row);
  }
  return [...byRun.values()].map((rows) => rows.sort((a, b) => (seconds[a] ?? 0) - (seconds[b] ?? 0) || a - b));
}

/** By position: since when the class has been the same. */
function stableSince(order: readonly number[], classes: Int32Array, seconds: Float64Array): Float64Array {
  const since = new Float64Array(order.length);
  for (const [at, row] of order.entries()) {
    const before = order[at - 1];
    const isSame = before !== undefined && classes[before] === classes[row];
    since[at] = isSame ? (since[at - 1] ?? 0) : (seconds[row] ?? 0);
  }
  return since;
}
