export interface PaceBounds {
  /** Who takes less than this on average, */
  readonly leastBytesPerSecond: number;
  /** and has done so for as long as this, is too slow. */
  readonly graceMs: number;
}

/**
 * How long a reader may still keep somebody waiting: a bucket of time that waiting takes from and that bytes fill, no fuller than the
 * grace. So whoever may wait for `t` ms in all has taken the least rate for all of `t` but the grace.
 */
export class ReadingPace {
  readonly #bounds: PaceBounds;
  #leftMs: number;

  constructor(bounds: PaceBounds) {
    this.#bounds = bounds;
    this.#leftMs = bounds.graceMs;
  }

  /** The next piece is to be taken within this. */
  get leftMs(): number {
    return this.#leftMs;
  }

  /** So many bytes were taken, and so long was waited for that. */
  took(bytes: number, waitedMs: number): void {
    const { leastBytesPerSecond, graceMs } = this.#bounds;
    const earnedMs = (bytes / leastBytesPerSecond) * 1000;
    this.#leftMs = Math.min(graceMs, Math.max(0, this.#leftMs - waitedMs) + earnedMs);
  }
}
