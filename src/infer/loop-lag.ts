import type { Clock } from '../types.ts';

/** Weight of one run: about the last ten count. */
const RUN_WEIGHT = 0.1;
/** It holds so long; what is older is halved again and again: where nothing is run for the lag, it is soon tried again. */
const TRUSTED_MS = 250;
const HALF_LIFE_MS = 1_000;

/**
 * How long a run that is over waits until the main thread comes to it: of all runs alike, and no matter of a rung. A decaying mean.
 */
export class LoopLag {
  readonly #clock: Pick<Clock, 'monotonicMs'>;
  #ms = 0;
  #atMs = 0;

  constructor(clock: Pick<Clock, 'monotonicMs'>) {
    this.#clock = clock;
  }

  observe(ms: number): void {
    if (!Number.isFinite(ms)) return;
    const before = this.ms;
    this.#ms = before + (Math.max(0, ms) - before) * RUN_WEIGHT;
    this.#atMs = this.#clock.monotonicMs();
  }

  get ms(): number {
    const idleMs = this.#clock.monotonicMs() - this.#atMs - TRUSTED_MS;
    return idleMs <= 0 ? this.#ms : this.#ms * 2 ** (-idleMs / HALF_LIFE_MS);
  }
}
