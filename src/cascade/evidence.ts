/** How a rung's answer enters the merged one. */
export interface MergeParameters {
  /** Divides the logits before the softmax (temperature scaling: Guo et al., "On Calibration of Modern Neural Networks", 2017, eq. 9). */
  readonly temperature: number;
  /** Weight of the rung's log-probabilities in the merged answer; zero leaves it out while another rung has a weight. */
  readonly mergeWeight: number;
}

/** What a step needs to know of a frame so far. */
export interface EvidenceSoFar {
  /** Rungs that ran, by index into the policy's rungs, in the order in which they ran. */
  readonly ran: readonly number[];
  /** Largest probability of the merged answer; 0 before any rung ran. */
  readonly confidence: number;
}

/**
 * What the rungs that ran for one frame say together: the softmax of the weighted mean of their calibrated
 * log-probabilities. Reused from frame to frame; nothing is allocated after construction.
 */
export class Evidence implements EvidenceSoFar {
  readonly #ran: number[] = [];
  readonly #weighted: Float64Array;
  readonly #single: Float64Array;
  readonly #merged: Float64Array;
  #weight = 0;
  #confidence = 0;

  constructor(classes: number) {
    this.#weighted = new Float64Array(classes);
    this.#single = new Float64Array(classes);
    this.#merged = new Float64Array(classes);
  }

  get ran(): readonly number[] {
    return this.#ran;
  }

  get confidence(): number {
    return this.#confidence;
  }

  /** Probabilities of the merged answer, `float64 [classes]`; valid until the next `add` or `reset`. */
  get probabilities(): Float64Array {
    return this.#merged;
  }

  reset(): void {
    this.#ran.length = 0;
    this.#weight = 0;
    this.#confidence = 0;
    this.#weighted.fill(0);
  }

  /**
   * Adds a rung's answer.
   *
   * @param logits `float32 [classes]`
   * @returns false, and changes nothing, if the logits hold a value that is not finite
   */
  add(rung: number, logits: Float32Array, { temperature, mergeWeight }: MergeParameters): boolean {
    const logNormaliser = logSumExp(logits, temperature);
    if (!Number.isFinite(logNormaliser)) return false;
    this.#ran.push(rung);
    const single = this.#single;
    const weighted = this.#weighted;
    for (let i = 0; i < single.length; i++) {
      const logProbability = (logits[i] ?? 0) / temperature - logNormaliser;
      single[i] = logProbability;
      weighted[i] = (weighted[i] ?? 0) + mergeWeight * logProbability;
    }
    this.#weight += mergeWeight;
    // While no rung with a weight has run, the last answer stands alone.
    this.#confidence = softmax(this.#weight > 0 ? weighted : single, this.#weight > 0 ? this.#weight : 1, this.#merged);
    return true;
  }
}

/** ln Σ exp(x / temperature), computed without overflow; NaN or infinite if an input is. */
function logSumExp(values: Float32Array, temperature: number): number {
  let max = -Infinity;
  let sum = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i] ?? 0;
    if (value > max) max = value;
    sum += value;
  }
  if (!Number.isFinite(sum)) return Number.NaN;
  let total = 0;
  for (let i = 0; i < values.length; i++) total += Math.exp(((values[i] ?? 0) - max) / temperature);
  return max / temperature + Math.log(total);
}

/** Writes softmax(values / divisor) and returns its largest element. */
function softmax(values: Float64Array, divisor: number, into: Float64Array): number {
  let max = -Infinity;
  for (let i = 0; i < values.length; i++) max = Math.max(max, values[i] ?? 0);
  let total = 0;
  for (let i = 0; i < values.length; i++) {
    const e = Math.exp(((values[i] ?? 0) - max) / divisor);
    into[i] = e;
    total += e;
  }
  for (let i = 0; i < into.length; i++) into[i] = (into[i] ?? 0) / total;
  return 1 / total;
}

/** Indices of the `k` largest values, largest first; of equal ones the earlier first. */
export function topIndices(values: Float64Array, k: number): number[] {
  const top: number[] = [];
  for (let i = 0; i < values.length; i++) {
    const value = values[i] ?? 0;
    if (top.length === k && value <= (values[top[k - 1] ?? 0] ?? 0)) continue;
    let at = top.length;
    while (at > 0 && value > (values[top[at - 1] ?? 0] ?? 0)) at--;
    top.splice(at, 0, i);
    if (top.length > k) top.pop();
  }
  return top;
}
