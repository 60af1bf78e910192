/** Probabilities below this count as this: one look that rules a class out must not rule it out for ever. */
const LEAST_PROBABILITY = 1e-6;

/** What several looks at one object say together: the softmax of the weighted mean of their log-probabilities. */
export class TrackAnswer {
  /** `float64 [classes]` */
  readonly probabilities: Float64Array;
  readonly #sums: Float64Array;
  #looks = 0;
  #weight = 0;
  #top = -1;

  constructor(classes: number) {
    this.probabilities = new Float64Array(classes);
    this.#sums = new Float64Array(classes);
  }

  get looks(): number {
    return this.#looks;
  }

  /** Sum of the looks' weights. */
  get weight(): number {
    return this.#weight;
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
    this.#looks++;
    this.#weight += weight;
    let top = 0;
    for (let k = 0; k < sums.length; k++) {
      sums[k] = (sums[k] ?? 0) + weight * Math.log(Math.max(seen[k] ?? 0, LEAST_PROBABILITY));
      if ((sums[k] ?? 0) > (sums[top] ?? 0)) top = k;
    }
    const most = sums[top] ?? 0;
    let total = 0;
    for (let k = 0; k < sums.length; k++) {
      const share = Math.exp(((sums[k] ?? 0) - most) / this.#weight);
      this.probabilities[k] = share;
      total += share;
    }
    for (let k = 0; k < sums.length; k++) this.probabilities[k] = (this.probabilities[k] ?? 0) / total;
    this.#top = top;
  }
}

/** An object is told from looks of this weight on if its answer is sure enough, and from so many looks whatever it is. */
const BEGIN = { weight: 2, confidence: 0.5, latestLooks: 5 } as const;

/** Whether an object is known well enough for its event to begin. */
export function isKnown(answer: Pick<TrackAnswer, 'looks' | 'weight' | 'confidence'>): boolean {
  const { looks, weight, confidence } = answer;
  return (weight >= BEGIN.weight && confidence >= BEGIN.confidence) || looks >= BEGIN.latestLooks;
}
