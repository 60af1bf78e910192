import { CAUTIOUS_THRESHOLD, PRIOR_STRENGTH, USUAL_DISAGREEMENT, withinTarget } from '../cascade/reuse-prior.ts';
import { applyHead, type Head } from '../heads/head.ts';
import { answersOf } from '../premodel/answers.ts';
import { round } from '../premodel/rounding.ts';
import type { Material } from './head-fit.ts';
import { PAIRS_A_FRAME, type ScenePair } from './scene-pairs.ts';

/** Up to which difference of the scene an answer stays, as footage has shown it. */
export interface ReuseFit {
  readonly threshold: number;
  /** Pairs of frames that differ by no more, and how many of them have other answers. */
  readonly pairs: number;
  readonly disagreements: number;
}

/** Thresholds that are tried, in quarter powers of two. What would be more, only a camera's own audits can tell. */
const TRIED = { least: CAUTIOUS_THRESHOLD / 4, steps: 12, step: 2 ** (1 / 4) } as const;
/** From fewer pairs that could be reused than of so many frames nothing is told. */
const LEAST_FRAMES = 10;

/**
 * The greatest difference up to which answers that are told again meet the target, by the prior that a camera's own audits are judged
 * by too. Where not even the least threshold that is tried meets it, that one is given: audits may raise it.
 *
 * @param isSame whether two frames have one answer
 * @returns null where too few frames are like an earlier one that is near in time
 */
export function fitReuse(
  pairs: readonly ScenePair[],
  isSame: (row: number, reference: number) => boolean,
  target = USUAL_DISAGREEMENT,
): ReuseFit | null {
  const sorted = pairs
    .filter(({ score }) => score <= TRIED.least * TRIED.step ** TRIED.steps)
    .sort((a, b) => a.score - b.score);
  if (sorted.length < LEAST_FRAMES * PAIRS_A_FRAME) return null;
  let comparisons = 0;
  let disagreements = 0;
  let best: ReuseFit | null = null;
  for (let step = 0; step <= TRIED.steps; step++) {
    const threshold = TRIED.least * TRIED.step ** step;
    for (let pair = sorted[comparisons]; pair !== undefined && pair.score <= threshold; pair = sorted[comparisons]) {
      if (!isSame(pair.row, pair.reference)) disagreements++;
      comparisons++;
    }
    const seen = { comparisons, disagreements };
    const point = { threshold, start: CAUTIOUS_THRESHOLD, target };
    const isWithin = withinTarget(seen, point, PRIOR_STRENGTH * PAIRS_A_FRAME);
    if (isWithin || best === null) best = { threshold: round(threshold, 3), pairs: comparisons, disagreements };
    // What failed once is not to be made good by what a camera would have to see beyond it.
    if (!isWithin) break;
  }
  return best;
}

/**
 * Whether two frames have one answer: by what people said of both, else by what the reference's head says of both. People alone
 * taught that head, so of frames that it was fitted on it is never asked alone, where it agrees with itself more than it should. Heads
 * that were fitted without a fold will not do instead: of a moment that they know nothing of they are torn, and change their answers
 * between pictures that hardly differ, as the head in use does not.
 *
 * @param truth by sample; negative where nobody labelled it
 */
export function sameAnswer(
  { raw, d }: Pick<Material, 'raw' | 'd'>,
  head: Head,
  truth: Int32Array,
): (row: number, reference: number) => boolean {
  const classes = head.bias.length + 1;
  const logits = new Float32Array(truth.length * classes);
  for (let row = 0; row < truth.length; row++) {
    applyHead(head, raw.subarray(row * d, (row + 1) * d), logits.subarray(row * classes, (row + 1) * classes));
  }
  const answers = answersOf(logits, truth.length, classes);
  return (row, reference) => {
    const [own, other] = [truth[row] ?? -1, truth[reference] ?? -1];
    return own >= 0 && other >= 0 ? own === other : answers[row] === answers[reference];
  };
}
