/** How a rung's answer enters the merged one. */
export interface MergeParameters {
  /** Divides the logits before the softmax (temperature scaling: Guo et al., "On Calibration of Modern Neural Networks", 2017, eq. 9). */
  readonly temperature: number;
  /** Weight of the rung's log-probabilities in the merged answer; zero leaves it out while another rung has a weight. */
  readonly mergeWeight: number;
}

/**
 * What the rungs that ran for one frame say together: the softmax of the weighted mean of their calibrated
 * log-probabilities. Reused from frame to frame; nothing is allocated once as many rungs have run as ever will.
 */
export class Evidence {
  readonly #ran: number[] = [];
  /** Calibrated log-probabilities of each rung that ran, in that order. */
  readonly #singles: Float64Array[] = [];
  /** The first class of greatest probability of each rung that ran. */
  readonly #ownTops: number[] = [];
  readonly #weighted: Float64Array;
  readonly #merged: Float64Array;
  #weight = 0;
  readonly #summary: Summary = { ...NOTHING };

  constructor(classes: number) {
    this.#weighted = new Float64Array(classes);
    this.#merged = new Float64Array(classes);
  }

  /** Rungs that ran, by index into the policy's rungs, in the order in which they ran. */
  get ran(): readonly number[] {
    return this.#ran;
  }

  /** The answer in hand: the first class of greatest merged probability; -1 before any rung ran. */
  get top(): number {
    return this.#summary.top;
  }

  /** Largest probability of the merged answer; 0 before any rung ran. */
  get confidence(): number {
    return this.#summary.first;
  }

  /** Second largest probability of the merged answer. */
  get runnerUp(): number {
    return this.#summary.second;
  }

  /** 1 − `confidence`, exact also where that is next to nothing. */
  get doubt(): number {
    return this.#summary.doubt;
  }

  /** Of the merged answer, in nats. */
  get entropy(): number {
    return this.#summary.entropy;
  }

  /** Share of the rungs that ran whose own answer is the one in hand. */
  get agreement(): number {
    let agreeing = 0;
    for (const top of this.#ownTops) if (top === this.top) agreeing++;
    return this.#ran.length === 0 ? 0 : agreeing / this.#ran.length;
  }

  /** Probability that the last rung alone gives to its own answer. */
  get lastConfidence(): number {
    const last = this.#ran.length - 1;
    return last < 0 ? 0 : Math.exp(this.#singles[last]?.[this.#ownTops[last] ?? 0] ?? -Infinity);
  }

  /** Least log-probability that any rung that ran gives to the answer in hand. */
  get dissent(): number {
    let least = 0;
    for (let i = 0; i < this.#ran.length; i++) least = Math.min(least, this.#singles[i]?.[this.top] ?? 0);
    return least;
  }

  /** Probabilities of the merged answer, `float64 [classes]`; valid until the next `add` or `reset`. */
  get probabilities(): Float64Array {
    return this.#merged;
  }

  reset(): void {
    this.#ran.length = 0;
    this.#ownTops.length = 0;
    this.#weight = 0;
    Object.assign(this.#summary, NOTHING);
    this.#weighted.fill(0);
  }

  /** Becomes what another one is. */
  copy(other: Evidence): void {
    this.reset();
    for (const [position, rung] of other.#ran.entries()) {
      this.#ran.push(rung);
      this.#ownTops.push(other.#ownTops[position] ?? 0);
      this.#single(position).set(other.#single(position));
    }
    this.#weight = other.#weight;
    Object.assign(this.#summary, other.#summary);
    this.#weighted.set(other.#weighted);
    this.#merged.set(other.#merged);
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
    const single = this.#single(this.#ran.length);
    const weighted = this.#weighted;
    let ownTop = 0;
    for (let i = 0; i < single.length; i++) {
      const logProbability = (logits[i] ?? 0) / temperature - logNormaliser;
      single[i] = logProbability;
      weighted[i] = (weighted[i] ?? 0) + mergeWeight * logProbability;
      if (logProbability > (single[ownTop] ?? 0)) ownTop = i;
    }
    this.#ran.push(rung);
    this.#ownTops.push(ownTop);
    this.#weight += mergeWeight;
    // While no rung with a weight has run, the last answer stands alone.
    const isHeard = this.#weight > 0;
    softmax(isHeard ? weighted : single, isHeard ? this.#weight : 1, this.#merged, this.#summary);
    return true;
  }

  #single(position: number): Float64Array {
    let single = this.#singles[position];
    if (single === undefined) {
      single = new Float64Array(this.#merged.length);
      this.#singles[position] = single;
    }
    return single;
  }
}

/** What is read off a distribution while it is computed. */
interface Summary {
  top: number;
  first: number;
  second: number;
  doubt: number;
  entropy: number;
}

const NOTHING: Readonly<Summary> = { top: -1, first: 0, second: 0, doubt: 1, entropy: 0 };

/** ln Σ exp(x / temperature), computed without overflow; NaN or infinite if an input is. */
export function logSumExp(values: Float32Array, temperature: number): number {
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

/** Writes softmax(values / divisor), and what is read off it. */
function softmax(values: Float64Array, divisor: number, into: Float64Array, summary: Summary): void {
  let top = 0;
  for (let i = 1; i < values.length; i++) if ((values[i] ?? 0) > (values[top] ?? 0)) top = i;
  const max = values[top] ?? 0;
  let others = 0;
  let second = 0;
  let weightedLogs = 0;
  for (let i = 0; i < values.length; i++) {
    const log = ((values[i] ?? 0) - max) / divisor;
    const e = Math.exp(log);
    into[i] = e;
    if (i === top) continue;
    others += e;
    weightedLogs += e * log;
    if (e > second) second = e;
  }
  const total = 1 + others;
  for (let i = 0; i < into.length; i++) into[i] = (into[i] ?? 0) / total;
  summary.top = top;
  summary.first = 1 / total;
  summary.second = second / total;
  summary.doubt = others / total;
  summary.entropy = Math.log(total) - weightedLogs / total;
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
