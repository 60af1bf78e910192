export interface Backoff {
  /** The longest wait before the first new try. */
  readonly firstMs: number;
  /** The longest wait at all. */
  readonly maxMs: number;
}

export const BACKOFF: Backoff = { firstMs: 500, maxMs: 15_000 };

/**
 * How long to wait before the next try: twice as long after each failure, and between half of that and all of it, so that all who
 * were cut off together do not come back together.
 *
 * @param failures in a row before this one
 * @param random 0..1
 */
export function retryDelayMs(failures: number, random: number, { firstMs, maxMs }: Backoff): number {
  return Math.min(maxMs, firstMs * 2 ** failures) * (0.5 + random / 2);
}
