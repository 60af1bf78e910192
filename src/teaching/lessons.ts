import type { Split } from './moments.ts';

/** What a head learns from. */
export interface Lesson {
  /** Samples, by index. */
  readonly rows: readonly number[];
  /** By sample: its class, where it is among the rows. */
  readonly truth: Int32Array;
  /** By sample: how much it counts. */
  readonly weights: Float64Array;
}

/** A lesson for the final head, and one for each fold that may not be seen. */
export interface Lessons {
  readonly final: Lesson;
  readonly folds: readonly Lesson[];
}

/** Samples that any of the lessons uses: a fold's teacher may be sure of a frame of which the final one is not. */
export function rowsOfAny({ final, folds }: Lessons): number[] {
  return [...new Set([...final.rows, ...folds.flatMap(({ rows }) => rows)])];
}

/**
 * Classes count the same, however many examples each has: how often something was labelled tells what its labeller was after, not
 * how often it will be seen. But of a class with next to none, one odd example must not count for hundreds.
 */
const MOST_WEIGHT = 5;

/** Lessons from what people labelled. @param truth by sample */
export function lessonsOf(split: Split, truth: Int32Array): Lessons {
  const lesson = (rows: readonly number[]): Lesson => {
    const counts = new Map<number, number>();
    for (const row of rows) counts.set(truth[row] ?? 0, (counts.get(truth[row] ?? 0) ?? 0) + 1);
    const weights = new Float64Array(truth.length);
    for (const row of rows) {
      weights[row] = Math.min(MOST_WEIGHT, rows.length / (counts.size * (counts.get(truth[row] ?? 0) ?? 1)));
    }
    return { rows, truth, weights };
  };
  return { final: lesson(split.rows), folds: split.teaching.map(lesson) };
}
