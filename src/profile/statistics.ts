import { intervalOfMean } from '../cascade/bootstrap.ts';
import { mean } from '../cascade/statistics.ts';
import { quantile } from '../infer/warmup.ts';

/** What one stage of a rung takes, in milliseconds. */
export interface StageFigures {
  readonly n: number;
  readonly meanMs: number;
  /** 95 % interval of the mean. */
  readonly ci: readonly [number, number];
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
}

/** Times of one stage of a rung: a list per round, with a time per slot. */
export type RoundTimes = readonly (readonly number[])[];

/** The mean counts as known when half of its 95 % interval is at most this share of it. */
export const WANTED_PRECISION = 0.05;
const SEED = 1;

/**
 * Percentiles are nearest-rank over all runs: of fewer than 100 runs, p99 is the longest. The interval is a bootstrap over
 * rounds: the slots of a round share what disturbs them, so that their runs count as one.
 */
export function stageFigures(rounds: RoundTimes): StageFigures {
  const values = rounds.flat();
  return {
    n: values.length,
    meanMs: mean(values),
    ci: meanInterval(rounds.map(mean)),
    p50Ms: quantile(values, 0.5),
    p95Ms: quantile(values, 0.95),
    p99Ms: quantile(values, 0.99),
  };
}

/** 95 % interval of the mean. */
export function meanInterval(values: readonly number[], resamples?: number): [number, number] {
  return intervalOfMean(values, SEED, resamples);
}

/** Half of the interval's width, as a share of the mean. */
export function precisionOf(meanMs: number, [low, high]: readonly [number, number]): number {
  return (high - low) / 2 / meanMs;
}

/** Whether a mean is known well enough; never of no values. */
export function isKnown(meanMs: number, interval: readonly [number, number]): boolean {
  return precisionOf(meanMs, interval) <= WANTED_PRECISION;
}
