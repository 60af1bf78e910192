import { mean } from '../cascade/statistics.ts';

const LEAST_MOMENTS = 3;

/**
 * Whether the mean of some losses is less than that of others by more than so many standard errors. The losses are of moments,
 * which are the independent observations: frames of one moment go right and wrong together.
 * From fewer than three of them nothing is sure.
 */
export function isSurelyLess(losses: Float64Array, than: Float64Array, errors: number): boolean {
  if (losses.length < LEAST_MOMENTS) return false;
  const gains = losses.map((loss, i) => (than[i] ?? 0) - loss);
  const gain = mean(gains);
  const variance = gains.reduce((sum, value) => sum + (value - gain) ** 2, 0) / Math.max(1, gains.length - 1);
  return gain > 0 && gain > errors * Math.sqrt(variance / gains.length);
}
