import { mean, type Point } from './front.ts';

/** What a premodel is fitted for. */
export interface Target {
  /** Least time with accuracy at most so much below the reference's, or best accuracy with time at most so much of it. */
  readonly kind: 'accuracy-loss' | 'cost-ratio';
  readonly value: number;
  /** With which the accuracy must hold; `null`: the point estimate counts. */
  readonly confidence: number | null;
}

export const POINT_NAMES = ['accurate', 'balanced', 'fast'] as const;
export type PointName = (typeof POINT_NAMES)[number];

/** Of the samples, as the targets judge them. */
export interface Judged {
  /** 1 where the reference is right. */
  readonly reference: Uint8Array;
  /** Which condition a sample belongs to, by number. */
  readonly conditions: Uint8Array;
}

/** Whatever the mean allows: no named condition may lose more than this. */
const MOST_LOSS_PER_CONDITION = 0.006;
/** `accurate` leaves this much of the reference's time unused: another machine's rungs stand to each other a little differently. */
const ACCURATE_COST = 0.92;
/** `fast` may lose so much. */
const FAST_LOSS = 0.03;

export interface NamedPoints {
  readonly points: Readonly<Record<PointName, Point>>;
  /** What could not be had as asked, in words. */
  readonly warnings: readonly string[];
}

/**
 * Picks the named points of a front: `balanced` for the target, `accurate` for the best accuracy at no more than the reference's
 * time (under every condition), `fast` for the least time within three points of the reference.
 */
export function namePoints(front: readonly Point[], judged: Judged, target: Target): NamedPoints {
  const warnings: string[] = [];
  const losses = front.map((point) => lossesOf(point, judged));
  const cheapest = (allowed: (index: number) => boolean) => front.find((_, index) => allowed(index));
  const best = (allowed: (index: number) => boolean) => front.findLast((_, index) => allowed(index));
  const mostAccurate = front.at(-1) as Point;

  const within = (loss: number) => (index: number) => {
    const { total, worst } = losses[index] as Losses;
    return holds(total, loss, target.confidence) && worst <= Math.max(loss, MOST_LOSS_PER_CONDITION) + 1e-9;
  };
  let balanced: Point | undefined;
  if (target.kind === 'accuracy-loss') {
    balanced = cheapest(within(target.value));
    if (balanced === undefined) {
      const { mean: loss } = (losses.at(-1) as Losses).total;
      warnings.push(
        `no climb loses at most ${points(target.value)} against the reference; the best loses ${points(loss)} and is taken`,
      );
    }
  } else {
    balanced = best((index) => (front[index]?.cost ?? Infinity) <= target.value + 1e-9);
    if (balanced === undefined) {
      warnings.push(`no climb costs at most ${target.value} of the reference; the cheapest is taken`);
      balanced = front[0];
    }
  }
  const accurate = best((index) => (losses[index] as Losses).dearest <= ACCURATE_COST) ?? (front[0] as Point);
  const chosen = balanced ?? mostAccurate;
  const needed = samplesNeeded(chosen, judged, target);
  if (needed > judged.reference.length) {
    warnings.push(
      `${judged.reference.length} samples tell a loss of ${points(target.value)} from none only by chance; about ${needed} are needed`,
    );
  }
  return {
    points: {
      accurate,
      balanced: chosen,
      fast: cheapest((index) => (losses[index] as Losses).total.mean <= FAST_LOSS + 1e-9) ?? mostAccurate,
    },
    warnings,
  };
}

interface Difference {
  readonly mean: number;
  readonly error: number;
}

interface Losses {
  /** Of accuracy against the reference, over all samples, paired. */
  readonly total: Difference;
  /** The largest of any condition. */
  readonly worst: number;
  /** The largest mean cost of any condition. */
  readonly dearest: number;
}

function lossesOf({ outcome: { right, costs } }: Point, { reference, conditions }: Judged): Losses {
  const per = new Map<number, { loss: number; cost: number; count: number }>();
  const differences = new Float64Array(right.length);
  for (let i = 0; i < right.length; i++) {
    const loss = (reference[i] ?? 0) - (right[i] ?? 0);
    differences[i] = loss;
    const entry = per.get(conditions[i] ?? 0) ?? { loss: 0, cost: 0, count: 0 };
    entry.loss += loss;
    entry.cost += costs[i] ?? 0;
    entry.count++;
    per.set(conditions[i] ?? 0, entry);
  }
  const entries = [...per.values()];
  return {
    total: difference(differences),
    worst: Math.max(...entries.map(({ loss, count }) => loss / count)),
    dearest: Math.max(...entries.map(({ cost, count }) => cost / count)),
  };
}

/**
 * Mean of paired differences of −1, 0 or 1 with its standard error: with half a sample more in each cell of the table of pairs
 * (Agresti & Min 2005), so that samples without a difference do not pass for certainty.
 */
function difference(values: Float64Array): Difference {
  const average = mean(values);
  const differing = values.reduce((sum, value) => sum + Math.abs(value), 0);
  const count = values.length + 2;
  const sum = average * values.length;
  return { mean: average, error: Math.sqrt(differing + 1 - (sum * sum) / count) / count };
}

function holds({ mean: loss, error }: Difference, most: number, confidence: number | null): boolean {
  return loss + (confidence === null ? 0 : normalQuantile(confidence)) * error <= most + 1e-9;
}

/** Samples for which a loss of the target's size would lie outside the 95 % interval of none. */
function samplesNeeded(point: Point, { reference }: Judged, target: Target): number {
  if (target.kind !== 'accuracy-loss' || target.value <= 0) return 0;
  const { error } = difference(Float64Array.from(reference, (value, i) => value - (point.outcome.right[i] ?? 0)));
  return Math.ceil((1.96 * error * Math.sqrt(reference.length)) ** 2 / target.value ** 2);
}

/** One-sided quantile of the normal distribution (Abramowitz & Stegun 26.2.23; error below 4.5e-4). */
export function normalQuantile(probability: number): number {
  if (probability < 0.5) return -normalQuantile(1 - probability);
  const t = Math.sqrt(-2 * Math.log(1 - probability));
  return t - (2.515517 + 0.802853 * t + 0.010328 * t * t) / (1 + 1.432788 * t + 0.189269 * t * t + 0.001308 * t ** 3);
}

function points(ratio: number): string {
  return `${(ratio * 100).toFixed(2)} points`;
}
