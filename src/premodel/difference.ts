import { normalQuantile } from './statistics.ts';

/** A mean of paired differences, and its standard error. */
export interface Difference {
  readonly mean: number;
  readonly error: number;
}

/**
 * Mean of a − b, each 0 or 1, over the same samples, with a standard error that is robust to groups (Liang & Zeger 1986): versions
 * of one picture, or frames of one moment, go right and wrong together and count as one observation. Half a sample more is laid in
 * each cell of the table of pairs (Agresti & Min 2005), so that samples without a difference do not pass for certainty.
 *
 * @param groups the number of each sample's group, from 0
 */
export function pairedDifference(a: Uint8Array, b: Uint8Array, groups: Int32Array): Difference {
  const sums: number[] = [];
  const sizes: number[] = [];
  let sum = 0;
  for (let i = 0; i < groups.length; i++) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0);
    const group = groups[i] ?? 0;
    sum += difference;
    sums[group] = (sums[group] ?? 0) + difference;
    sizes[group] = (sizes[group] ?? 0) + 1;
  }
  const count = groups.length + 2;
  const expected = sum / count;
  let squares = 0;
  let clusters = 0;
  for (let group = 0; group < sums.length; group++) {
    if (sizes[group] === undefined) continue; // not in this part of the samples
    squares += ((sums[group] ?? 0) - (sizes[group] ?? 0) * expected) ** 2;
    clusters++;
  }
  const few = clusters / Math.max(1, clusters - 1);
  const error = Math.sqrt(squares * few + 1 + 2 * expected * expected) / count;
  return { mean: sum / groups.length, error };
}

/** Of intervals, where nothing else was asked for. */
export const USUAL_CONFIDENCE = 0.95;

/** The two-sided interval in which the true difference lies with a confidence. */
export function intervalOf({ mean, error }: Difference, confidence: number): [number, number] {
  const reach = normalQuantile((1 + confidence) / 2) * error;
  return [mean - reach, mean + reach];
}
