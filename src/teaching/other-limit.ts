import type { OtherLimit, Space } from '../heads/head.ts';
import { type Material, meansOf, nearestDistance } from './head-fit.ts';
import type { Lessons } from './lessons.ts';

/** About so far from class means lie frames of unrelated scenes, whatever the rung, and so unlike are their structures. */
const UNRELATED: Readonly<Record<Space, number>> = { root: 0.9, scene: 0.88 };
/** Of each class, so many frames belong to it beyond doubt: of the rest some may be slips, or of another scene. */
const BELONG = 0.9;
/** The limit lies so far from those towards what is unrelated … */
const WAY = 2 / 3;
/** … and, however far a class spreads, within this share of it. */
const MOST_SHARE = 0.95;
const SLOPE = 20;

/**
 * The limits of `other`: between most labelled frames, out of fold, and what is unrelated, generous towards the former. A fold's own
 * frames have no say in the limit that judges them.
 *
 * @param judged by fold: samples
 * @param truth by sample
 */
export function otherLimits(
  { space, raw, x, d }: Material,
  lessons: Lessons,
  judged: readonly (readonly number[])[],
  truth: Int32Array,
  classes: number,
): { readonly final: OtherLimit; readonly folds: readonly OtherLimit[] } {
  const distances = judged.map((own, fold) => {
    const means = meansOf(x, d, lessons.folds[fold] ?? lessons.final, classes);
    return own.map((row) => ({
      label: truth[row] ?? 0,
      distance: space === 'scene' ? (raw[(row + 1) * d - 1] ?? 0) : nearestDistance(means, x, row, d),
    }));
  });
  const limitOf = (own: readonly { readonly label: number; readonly distance: number }[]): OtherLimit => {
    const usual = Array.from({ length: classes }, (_, k) => {
      const sorted = own.flatMap(({ label, distance }) => (label === k ? [distance] : [])).sort((a, b) => a - b);
      return sorted[Math.floor(BELONG * (sorted.length - 1))] ?? 0;
    });
    const far = UNRELATED[space];
    const most = Math.max(...usual);
    return { limit: Math.min(MOST_SHARE * far, most + WAY * (far - most)), slope: SLOPE };
  };
  return {
    final: limitOf(distances.flat()),
    folds: distances.map((_, fold) => limitOf(distances.flatMap((own, other) => (other === fold ? [] : own)))),
  };
}
