import type { StopReason } from '../types.ts';

/**
 * How a frame is decided: `select` enters where the premodel says and takes that answer; `cascade` begins at the bottom and
 * climbs while unsure; `hybrid` enters where the premodel says and climbs from there; `fixed` runs one rung.
 */
export type ModeName = 'select' | 'cascade' | 'hybrid' | 'fixed';

/** What a step needs to know of a policy; a `Policy` is one. */
export interface StepPolicy {
  readonly mode: ModeName;
  /** The ordered subset, cheapest first. With a rung as the last one that ran, its threshold accepts the answer in hand. */
  readonly rungs: readonly { readonly threshold: number }[];
}

/** What a step needs to know of a frame. Rungs are told by index into the policy's rungs. */
export interface FrameState {
  /** Where the premodel would enter. */
  readonly entry: number;
  /** The rung that ran last; -1 before any. */
  readonly last: number;
  /** Calibrated probability that the answer in hand is right. */
  readonly right: number;
}

/** What is left to spend on a frame. */
export interface Budget {
  /** `null`: no limit. */
  readonly limitMs: number | null;
  /** Since the frame's arrival, waiting included. */
  readonly spentMs: number;
  /** The 95th percentile of each rung's time, by index into the policy's rungs. */
  readonly p95Ms: readonly number[];
}

/** No limit: what a fit plays through on paper. */
export const NO_LIMIT: Budget = { limitMs: null, spentMs: 0, p95Ms: [] };

export type Decision =
  | { readonly kind: 'run'; readonly rung: number }
  | { readonly kind: 'answer'; readonly stop: StopReason }
  /** Not even the first rung fits the budget: there is nothing to say. */
  | { readonly kind: 'drop' };

/** Whether a probability meets a threshold of entry or of acceptance. */
export function meets(probability: number, threshold: number): boolean {
  return probability >= threshold;
}

/**
 * The first rung whose probability meets its threshold, else the last: where a premodel enters, and where a climb from the bottom
 * ends.
 *
 * @param thresholds of each rung but the last
 * @param likely how likely that rung, or the answer with it, is right; asked no further than needed
 */
export function firstMeeting(thresholds: ArrayLike<number>, likely: (rung: number) => number): number {
  for (let rung = 0; rung < thresholds.length; rung++) if (meets(likely(rung), thresholds[rung] ?? 0)) return rung;
  return thresholds.length;
}

/**
 * The climb, one step at a time: what to do with a frame, given what is known of it. Pure. The daemon and `evaluate` decide
 * by this function, and `train` plays climbs through with it; its searches for thresholds compare by `meets`, as this does.
 */
export function step({ mode, rungs }: StepPolicy, { entry, last, right }: FrameState, budget: Budget): Decision {
  if (last < 0) return enter(mode === 'cascade' ? 0 : entry, budget);
  if (mode === 'fixed' || mode === 'select') return { kind: 'answer', stop: 'fixed' };
  if (last === rungs.length - 1) return { kind: 'answer', stop: 'top' };
  if (meets(right, rungs[last]?.threshold ?? 0)) return { kind: 'answer', stop: 'accepted' };
  return fits(last + 1, budget) ? { kind: 'run', rung: last + 1 } : { kind: 'answer', stop: 'budget' };
}

/** Enters at the wanted rung, or at the most capable one below it that fits the budget. */
function enter(wanted: number, budget: Budget): Decision {
  for (let rung = wanted; rung >= 0; rung--) if (fits(rung, budget)) return { kind: 'run', rung };
  return { kind: 'drop' };
}

/** Whether a rung is expected to end within the budget. */
export function fits(rung: number, { limitMs, spentMs, p95Ms }: Budget): boolean {
  return limitMs === null || spentMs + (p95Ms[rung] ?? Infinity) <= limitMs;
}

/** The moment after which a rung is not worth beginning; both in the same monotonic time. */
export function latestStartMs(
  rung: number,
  arrivedMs: number,
  { limitMs, p95Ms }: Pick<Budget, 'limitMs' | 'p95Ms'>,
): number {
  return limitMs === null ? Infinity : arrivedMs + limitMs - (p95Ms[rung] ?? Infinity);
}
