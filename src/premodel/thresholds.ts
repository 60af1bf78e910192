/** Thresholds are multiples of one over this: a probability meets or misses one exactly, in fitting as in use. */
export const THRESHOLD_STEPS = 4096;
/** Above every probability: the rung never ends a climb. */
export const NEVER = 2;

/** Collects, per possible threshold, what accepting the samples above it gains over not accepting them. */
export class CutSearch {
  readonly #gains = new Float64Array(THRESHOLD_STEPS + 1);

  reset(): void {
    this.#gains.fill(0);
  }

  /** @param probability 0..1, by which a sample is accepted @param gain what accepting it is worth, over not doing so */
  add(probability: number, gain: number): void {
    const step = Math.floor(probability * THRESHOLD_STEPS);
    this.#gains[step] = (this.#gains[step] ?? 0) + gain;
  }

  /** The threshold of the greatest gain; of equal ones the highest. `NEVER` where accepting nothing is best. */
  best(): number {
    let total = 0;
    let best = 0;
    let threshold = NEVER;
    for (let step = THRESHOLD_STEPS; step >= 0; step--) {
      total += this.#gains[step] ?? 0;
      if (total <= best + 1e-12) continue;
      best = total;
      threshold = step / THRESHOLD_STEPS;
    }
    return threshold;
  }
}

/** A threshold on the way from one to another, itself a multiple of one over `THRESHOLD_STEPS`. */
export function between(from: number, to: number, share: number): number {
  if (from === to) return from;
  const [a, b] = [Math.min(from, 1), Math.min(to, 1)];
  return Math.round((a + (b - a) * share) * THRESHOLD_STEPS) / THRESHOLD_STEPS;
}
