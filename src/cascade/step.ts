import type { StopReason } from '../types.ts';
import type { EvidenceSoFar, MergeParameters } from './evidence.ts';

/** A rung of the ordered subset in use. */
export interface PolicyRung extends MergeParameters {
  readonly id: string;
  /** With this rung as the last one that ran, the answer in hand is accepted at a confidence of at least this. */
  readonly threshold: number;
}

/** How frames are decided: the ordered subset, cheapest first, and the mode. */
export type Policy =
  | { readonly mode: 'cascade'; readonly rungs: readonly PolicyRung[] }
  | { readonly mode: 'fixed'; readonly rungs: readonly PolicyRung[]; readonly rung: number };

/** What is left to spend on a frame. */
export interface Budget {
  /** `null`: no limit. */
  readonly limitMs: number | null;
  /** Since the frame's arrival, waiting included. */
  readonly spentMs: number;
  /** The 95th percentile of each rung's time, by index into the policy's rungs. */
  readonly p95Ms: readonly number[];
}

export type Decision =
  | { readonly kind: 'run'; readonly rung: number }
  | { readonly kind: 'answer'; readonly stop: StopReason }
  /** Not even the first rung fits the budget: there is nothing to say. */
  | { readonly kind: 'drop' };

/**
 * The climb, one step at a time: what to do with a frame, given what is known of it. Pure; `train`, `evaluate` and `run`
 * all decide by this function.
 */
export function step(policy: Policy, evidence: EvidenceSoFar, budget: Budget): Decision {
  const last = evidence.ran.at(-1);
  if (last === undefined) {
    const entry = policy.mode === 'fixed' ? policy.rung : 0;
    return fits(entry, budget) ? { kind: 'run', rung: entry } : { kind: 'drop' };
  }
  if (policy.mode === 'fixed') return { kind: 'answer', stop: 'fixed' };
  if (last === policy.rungs.length - 1) return { kind: 'answer', stop: 'top' };
  if (evidence.confidence >= (policy.rungs[last]?.threshold ?? 0)) return { kind: 'answer', stop: 'accepted' };
  return fits(last + 1, budget) ? { kind: 'run', rung: last + 1 } : { kind: 'answer', stop: 'budget' };
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
