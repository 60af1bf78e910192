import { CAUTIOUS_THRESHOLD, PRIOR_STRENGTH, USUAL_DISAGREEMENT, withinTarget } from '../cascade/reuse-prior.ts';
import { applyHead, type Head } from '../heads/head.ts';
import { answersOf } from '../premodel/answers.ts';
import { round } from '../premodel/rounding.ts';
import type { Material } from './head-fit.ts';
import type { Split } from './moments.ts';
import { PAIRS_A_FRAME, type ScenePair } from './scene-pairs.ts';

/** Up to which difference of the scene an answer stays, as footage has shown it. */
export interface ReuseFit {
  readonly threshold: number;
  /** Pairs of frames that differ by no more, and how many of them have other answers. */
  readonly pairs: number;
  readonly disagreements: number;
}

/** Thresholds that are tried, in quarter powers of two. */
const TRIED = { least: CAUTIOUS_THRESHOLD / 4, most: CAUTIOUS_THRESHOLD * 8, step: 2 ** (1 / 4) } as const;
/** From fewer pairs than of so many frames nothing is told. */
const LEAST_FRAMES = 30;

/**
 * The greatest difference up to which answers that are told again meet the target, by the prior that a camera's own audits are judged
 * by too. Where not even the least threshold that is tried meets it, that one is given: audits may raise it.
 *
 * @param isSame whether two frames have one answer; of heads, out of fold
 * @returns null where too few frames are near enough in time
 */
export function fitReuse(
  pairs: readonly ScenePair[],
  isSame: (row: number, reference: number) => boolean,
  target = USUAL_DISAGREEMENT,
): ReuseFit | null {
  if (pairs.length < LEAST_FRAMES * PAIRS_A_FRAME) return null;
  const sorted = [...pairs].sort((a, b) => a.score - b.score);
  let comparisons = 0;
  let disagreements = 0;
  let best: ReuseFit | null = null;
  for (let threshold = TRIED.least; threshold < TRIED.most * TRIED.step; threshold *= TRIED.step) {
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
 * Whether a question's reference says the same of two frames. The head is one that was fitted without the fold that the later frame
 * belongs to, or shows: a head agrees with itself more than it should on frames that it was fitted on.
 */
export function sameByReference(
  { raw, d }: Material,
  folded: readonly Head[],
  split: Split,
): (row: number, reference: number) => boolean {
  const count = raw.length / d;
  const labelled = new Set(split.rows);
  const answers = folded.map((head) => {
    const classes = head.bias.length + 1;
    const logits = new Float32Array(count * classes);
    for (let row = 0; row < count; row++) {
      applyHead(head, raw.subarray(row * d, (row + 1) * d), logits.subarray(row * classes, (row + 1) * classes));
    }
    return answersOf(logits, count, classes);
  });
  const folds = [...folded.keys()];
  const foldOf = (row: number) =>
    labelled.has(row) ? (split.folds[row] ?? 0) : (folds.find((fold) => split.isAkin(fold, row)) ?? 0);
  return (row, reference) => {
    const own = answers[foldOf(row)];
    return own?.[row] === own?.[reference];
  };
}
