import { mean } from '../cascade/statistics.ts';
import { quantile } from '../infer/warmup.ts';
import { rankTest } from './rank-test.ts';
import type { RoundTimes } from './statistics.ts';

/** How times of the last third of the rounds compare with those of the first. */
export interface Drift {
  /** Relative change of the median: 0.2 is 20 % slower at the end. */
  readonly change: number;
  /** How likely so different ranks are without a drift. */
  readonly pValue: number;
  /** More than noise, and enough to matter. */
  readonly isDrift: boolean;
}

/** Rounds of a third, of which ranks can tell something. */
const LEAST_ROUNDS = 8;
/** A change below this is not worth a word, however certain. */
const LEAST_CHANGE = 0.05;
const SIGNIFICANCE = 0.01;

/**
 * Drift of one series of values, a value per round.
 *
 * @param tests how many series are looked at beside it: the more, the surer each must be (Bonferroni)
 * @returns `null` where there are too few rounds to tell
 */
export function driftOf(values: readonly number[], tests: number): Drift | null {
  const third = Math.floor(values.length / 3);
  if (third < LEAST_ROUNDS) return null;
  const first = values.slice(0, third);
  const last = values.slice(-third);
  const change = quantile(last, 0.5) / quantile(first, 0.5) - 1;
  const pValue = rankTest(first, last);
  return { change, pValue, isDrift: pValue < SIGNIFICANCE / tests && Math.abs(change) >= LEAST_CHANGE };
}

/**
 * Drift of every rung, and of the machine as a whole: per round, the median over the rungs of their time in terms of their own
 * median.
 */
export function drifts(rungs: readonly RoundTimes[]): {
  readonly byRung: readonly (Drift | null)[];
  readonly overall: Drift | null;
} {
  const series = rungs.map((rounds) => rounds.map(mean));
  const medians = series.map((values) => quantile(values, 0.5));
  const relative = (round: number) =>
    series.map((values, rung) => (values[round] ?? Number.NaN) / (medians[rung] ?? Number.NaN));
  const index = (series[0] ?? []).map((_, round) => quantile(relative(round), 0.5));
  return { byRung: series.map((values) => driftOf(values, series.length)), overall: driftOf(index, 1) };
}
