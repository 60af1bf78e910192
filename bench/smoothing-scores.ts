import { demandsOf, type Smoothing, StableAnswer } from '../src/cascade/smoothing.ts';
import type { LabelClass } from '../src/types.ts';

/** An answer to a frame of a stream. */
export interface Heard {
  readonly seconds: number;
  readonly label: string;
  /** `float64 [classes]` */
  readonly probabilities: Float64Array;
  readonly isReused: boolean;
  /** Labels that are right; `null`: unclear. */
  readonly right: readonly string[] | null;
}

/** How well what is said over time follows the truth. */
export interface Followed {
  /** Of the frames with a truth: how many, and of how many it is said. */
  readonly scored: number;
  readonly right: number;
  /** How often what is said changes, and how often the truth does, from one frame with a truth to the next. */
  readonly changes: number;
  readonly trueChanges: number;
  /** Seconds from the first frame with another truth until it is said, of each change that is said before the truth changes again. */
  readonly delaysSeconds: readonly number[];
}

/** What is stable with each frame of a stream; `null`: nothing yet. */
export function smoothed(
  heard: readonly Heard[],
  classes: readonly LabelClass[],
  smoothing: Smoothing,
): (string | null)[] {
  const answer = new StableAnswer(demandsOf(smoothing, classes), smoothing.halfLifeSeconds);
  return heard.map(({ seconds, probabilities, isReused }) => {
    answer.add(probabilities, { stream: 0, ptsSeconds: seconds, arrivedAtMs: 0 }, isReused);
    return classes[answer.stable]?.name ?? null;
  });
}

export function follow(heard: readonly Heard[], said: readonly (string | null)[]): Followed {
  let [scored, right, changes, trueChanges] = [0, 0, 0, 0];
  const delaysSeconds: number[] = [];
  let truth: string | null = null;
  let since: number | null = null;
  for (const [row, { seconds, right: labels }] of heard.entries()) {
    const label = said[row] ?? null;
    const before = row === 0 ? null : (said[row - 1] ?? null);
    if (before !== null && label !== before) changes++;
    if (labels === null) continue;
    scored++;
    const isRight = label !== null && labels.includes(label);
    if (isRight) right++;
    if (truth !== null && labels[0] !== truth) {
      trueChanges++;
      since = seconds;
    }
    truth = labels[0] ?? null;
    if (since === null || !isRight) continue;
    delaysSeconds.push(seconds - since);
    since = null;
  }
  return { scored, right, changes, trueChanges, delaysSeconds };
}
