/** A lead or lag beyond this is a jump of the source's clock, not something to wait for or to catch up. */
const MAX_DRIFT_MS = 30_000;

/**
 * When a frame of a source that is read faster than it was filmed is due, relative to the first one. Pure but for its
 * anchor, which it sets at the first frame and again after a jump.
 */
export class Pacer {
  #anchor: { readonly ptsSeconds: number; readonly monotonicMs: number } | null = null;

  /** How long to hold a frame back, in milliseconds; zero when it is due or late. */
  delayMs(ptsSeconds: number, nowMs: number): number {
    this.#anchor ??= { ptsSeconds, monotonicMs: nowMs };
    const delay = this.#anchor.monotonicMs + (ptsSeconds - this.#anchor.ptsSeconds) * 1000 - nowMs;
    if (Math.abs(delay) > MAX_DRIFT_MS) {
      this.#anchor = { ptsSeconds, monotonicMs: nowMs };
      return 0;
    }
    return Math.max(0, delay);
  }
}
