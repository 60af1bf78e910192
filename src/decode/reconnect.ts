/** How long to wait before a camera is tried again. */
export interface BackoffPolicy {
  readonly firstMs: number;
  readonly maxMs: number;
  /** A camera that was live for this long begins again at `firstMs`. */
  readonly resetAfterMs: number;
}

export const CAMERA_BACKOFF: BackoffPolicy = { firstMs: 500, maxMs: 30_000, resetAfterMs: 10_000 };

/**
 * Capped exponential back-off with equal jitter: between half and the whole of `firstMs · 2^attempt`, so that many cameras
 * behind one switch do not come back in step.
 *
 * @param attempt failures in a row so far, from 0
 * @param random a number in [0, 1)
 */
export function backoffMs(attempt: number, random: number, policy: BackoffPolicy = CAMERA_BACKOFF): number {
  const ceiling = Math.min(policy.maxMs, policy.firstMs * 2 ** Math.min(attempt, 30));
  return Math.round(ceiling / 2 + (ceiling / 2) * random);
}
