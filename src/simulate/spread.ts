import { quantile } from '../infer/warmup.ts';
import type { TraceRung } from './trace.ts';

/** A rung whose slow runs are so many times slower than usual ones was measured beside other work. */
const MOST_SPREAD = 3;

/** A rung whose times say more of the machine's other work than of the rung. */
export interface UnevenRung {
  readonly id: string;
  readonly p50Ms: number;
  readonly p95Ms: number;
}

/** Rungs whose 95th percentile is more than three times their median. */
export function unevenRungs(rungs: readonly Pick<TraceRung, 'id' | 'serviceMs'>[]): UnevenRung[] {
  return rungs
    .map(({ id, serviceMs }) => ({ id, p50Ms: quantile(serviceMs, 0.5), p95Ms: quantile(serviceMs, 0.95) }))
    .filter(({ p50Ms, p95Ms }) => p95Ms > MOST_SPREAD * p50Ms);
}
