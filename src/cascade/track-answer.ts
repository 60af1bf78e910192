/** Probabilities below this count as this: one look that rules a class out must not rule it out for ever. */
const LEAST_PROBABILITY = 1e-6;

/** What several looks at one object say together: the softmax of the weighted mean of their log-probabilities. */
export class TrackAnswer {
  /** `float64 [classes]` */
  readonly probabilities: Float64Array;
  readonly #sums: Float64Array;
  #looks = 0;
  #top = -1;

  constructor(classes: number) {
    this.probabilities = new Float64Array(classes);
    this.#sums = new Float64Array(classes);
  }

  /** Sum of their weights. */
  get looks(): number {
    return this.#looks;
  }

  /** The first class of greatest probability; -1 before the first look. */
  get top(): number {
    return this.#top;
  }

  get confidence(): number {
    return this.probabilities[this.#top] ?? 0;
  }

  /**
   * @param seen probabilities of one look, `float64 [classes]`
   * @param weight what it counts for: 1 for a look at the whole object, less for one at a part of it
   */
  add(seen: Float64Array, weight = 1): void {
    const sums = this.#sums;
    this.#looks += weight;
    const looks = this.#looks;
    let top = 0;
    for (let k = 0; k < sums.length; k++) {
      sums[k] = (sums[k] ?? 0) + weight * Math.log(Math.max(seen[k] ?? 0, LEAST_PROBABILITY));
      if ((sums[k] ?? 0) > (sums[top] ?? 0)) top = k;
    }
    const most = sums[top] ?? 0;
    let total = 0;
    for (let k = 0; k < sums.length; k++) {
      const weight = Math.exp(((sums[k] ?? 0) - most) / looks);
      this.probabilities[k] = weight;
      total += weight;
    }
    for (let k = 0; k < sums.length; k++) this.probabilities[k] = (this.probabilities[k] ?? 0) / total;
    this.#top = top;
  }
}

/** An object is told from this many looks on if its answer is sure enough, and from so many whatever it is. */
const BEGIN = { looks: 2, confidence: 0.5, latestLooks: 5 } as const;

/** Whether an object is known well enough for its event to begin. */
export function isKnown({ looks, confidence }: Pick<TrackAnswer, 'looks' | 'confidence'>): boolean {
  return (looks >= BEGIN.looks && confidence >= BEGIN.confidence) || looks >= BEGIN.latestLooks;
}
