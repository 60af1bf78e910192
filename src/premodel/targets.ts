import { type Difference, intervalOf, pairedDifference, USUAL_CONFIDENCE } from './difference.ts';
import type { Point } from './front.ts';

/** What a premodel is fitted for. */
export interface Target {
  /** Least time with accuracy at most so much below the reference's, or best accuracy with time at most so much of it. */
  readonly kind: 'accuracy-loss' | 'cost-ratio';
  readonly value: number;
  /** The interval of this confidence must hold no greater loss; `null`: the point estimate counts. */
  readonly confidence: number | null;
  /** Whatever the mean allows, no condition may lose more than this, as a point estimate; `null` with a target of cost. */
  readonly lossPerCondition: number | null;
}

/** Of accuracy, where nothing else was asked for. */
export const DEFAULT_LOSS = 0.002;

export const POINT_NAMES = ['accurate', 'balanced', 'fast'] as const;
export type PointName = (typeof POINT_NAMES)[number];

/** Of the samples, as the targets judge them. */
export interface Judged {
  /** 1 where the reference is right. */
  readonly reference: Uint8Array;
  /** Which of `conditionNames` a sample belongs to. */
  readonly conditions: Uint8Array;
  readonly conditionNames: readonly string[];
  /** The number of each sample's group, from 0. */
  readonly groups: Int32Array;
}

/** `accurate` leaves this much of the reference's time unused: another machine's rungs stand to each other a little differently. */
const ACCURATE_COST = 0.92;
/** `fast` may lose so much. */
const FAST_LOSS = 0.03;
/** Figures closer than this are equal: the order of a sum must not decide. */
const TIE = 1e-9;

export interface NamedPoints {
  readonly points: Readonly<Record<PointName, Point>>;
  /** What could not be had as asked, in words. */
  readonly warnings: readonly string[];
}

/**
 * Picks the named points of a front: `balanced` for the target, `accurate` for the best accuracy at no more than the reference's
 * time (under every condition), `fast` for the least time within three points of the reference, and never more than that of `balanced`.
 *
 * @param tellsCount whether to warn of too few samples for the target
 */
export function namePoints(front: readonly Point[], judged: Judged, target: Target, tellsCount = true): NamedPoints {
  const losses = front.map((point) => lossesOf(point, judged));
  const cheapest = (allowed: (losses: Losses) => boolean) => front.find((_, at) => allowed(losses[at] as Losses));
  const best = (allowed: (losses: Losses) => boolean) => front.findLast((_, at) => allowed(losses[at] as Losses));
  const mostAccurate = front.at(-1) as Point;
  const balanced =
    target.kind === 'accuracy-loss'
      ? cheapest((own) => shortfall(own, target) === null)
      : front.findLast(({ cost }) => cost <= target.value + TIE);
  const chosen = balanced ?? (target.kind === 'accuracy-loss' ? mostAccurate : (front[0] as Point));
  const fast = cheapest(({ total }) => total.mean <= FAST_LOSS + TIE) ?? mostAccurate;
  const warnings = balanced === undefined ? [whyNone(losses, judged, target)] : [];
  const needed = samplesNeeded(chosen, judged, target);
  if (tellsCount && needed > judged.reference.length) {
    warnings.push(
      `with ${judged.reference.length} samples the loss is known to ±${points(halfWidth(chosen, judged))} only, and to tell ${points(target.value)} from none about ${needed} are needed: go by the intervals, or allow more with --target-accuracy-loss`,
    );
  }
  return {
    points: {
      accurate: best(({ dearest }) => dearest <= ACCURATE_COST) ?? (front[0] as Point),
      balanced: chosen,
      fast: fast.cost <= chosen.cost ? fast : chosen,
    },
    warnings,
  };
}

interface Losses {
  /** Of accuracy against the reference, over all samples, paired. */
  readonly total: Difference;
  /** The largest of any condition, and which that is. */
  readonly worst: number;
  readonly worstCondition: number;
  /** The largest mean cost of any condition. */
  readonly dearest: number;
}

function lossesOf({ outcome: { right, costs } }: Point, { reference, conditions, groups }: Judged): Losses {
  const per = new Map<number, { condition: number; loss: number; cost: number; count: number }>();
  for (let i = 0; i < right.length; i++) {
    const condition = conditions[i] ?? 0;
    const entry = per.get(condition) ?? { condition, loss: 0, cost: 0, count: 0 };
    entry.loss += (reference[i] ?? 0) - (right[i] ?? 0);
    entry.cost += costs[i] ?? 0;
    entry.count++;
    per.set(condition, entry);
  }
  const entries = [...per.values()];
  const worst = entries.reduce((a, b) => (b.loss / b.count > a.loss / a.count ? b : a));
  return {
    total: pairedDifference(reference, right, groups),
    worst: worst.loss / worst.count,
    worstCondition: worst.condition,
    dearest: Math.max(...entries.map(({ cost, count }) => cost / count)),
  };
}

/** What a climb lacks for a target of accuracy: the mean, the certainty of it, or the worst condition; `null`: nothing. */
function shortfall({ total, worst }: Losses, target: Target): 'mean' | 'confidence' | 'condition' | null {
  if (total.mean > target.value + TIE) return 'mean';
  if (target.confidence !== null && intervalOf(total, target.confidence)[1] > target.value + TIE) return 'confidence';
  return worst > (target.lossPerCondition ?? 1) + TIE ? 'condition' : null;
}

/** Why no climb of a front meets the target. */
function whyNone(losses: readonly Losses[], { conditionNames }: Judged, target: Target): string {
  if (target.kind === 'cost-ratio')
    return `no climb costs at most ${target.value} of the reference; the cheapest is taken`;
  const lacking = losses.map((own) => shortfall(own, target));
  const best = losses.at(-1) as Losses;
  if (lacking.includes('condition')) {
    const name = conditionNames[best.worstCondition] || 'all';
    const [under, where] = conditionNames.length > 1 ? [' under any one condition', ` under "${name}"`] : ['', ''];
    return `no climb keeps to what was asked for, to lose at most ${points(target.lossPerCondition ?? 1)} against the reference${under}; the most accurate is taken, which loses ${points(best.worst)}${where}`;
  }
  if (lacking.includes('confidence')) {
    const confidence = target.confidence ?? USUAL_CONFIDENCE;
    const [, most] = intervalOf(best.total, confidence);
    return `no climb is sure to ${confidence * 100} % to lose at most ${points(target.value)} against the reference; the loss of the most accurate may be ${points(most)}, and it is taken`;
  }
  return `no climb loses at most ${points(target.value)} against the reference; the best loses ${points(best.total.mean)} and is taken`;
}

/** Samples for which a loss of the target's size would lie outside the usual interval of none. */
function samplesNeeded(point: Point, judged: Judged, target: Target): number {
  if (target.kind !== 'accuracy-loss' || target.value <= 0) return 0;
  return Math.ceil((halfWidth(point, judged) ** 2 * judged.reference.length) / target.value ** 2);
}

/** Of the usual interval of a point's loss. */
function halfWidth({ outcome }: Point, { reference, groups }: Judged): number {
  const [low, high] = intervalOf(pairedDifference(reference, outcome.right, groups), USUAL_CONFIDENCE);
  return (high - low) / 2;
}

function points(ratio: number): string {
  return `${(ratio * 100).toFixed(2)} points`;
}
