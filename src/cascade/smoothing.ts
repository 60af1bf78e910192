import { plainName } from '../words.ts';

/** What it takes until an answer is taken for stable. */
export interface Demand {
  /** Log-odds against the stable answer so far, in nats, that must have come together. */
  readonly evidence: number;
  /** Evidence must have spoken for it for so long. */
  readonly leastSeconds: number;
}

/** How answers are smoothed over time. */
export interface Smoothing extends Demand {
  /** Evidence counts half after so long. */
  readonly halfLifeSeconds: number;
  /** Demands of single answers, by name; what is left out is as for all. */
  readonly labels: Readonly<Record<string, { readonly [K in keyof Demand]?: Demand[K] | undefined }>>;
}

/** A frame, as far as it is told of an answer. */
export interface Sight {
  readonly stream: number;
  readonly ptsSeconds: number;
  readonly arrivedAtMs: number;
}

/** Less probable counts as this: so one look's log-odds are at most 3.9 nats, and no single look outweighs two. */
const LEAST_PROBABILITY = 0.02;
/** Looks that are closer together count for their share: they see the same picture. */
const LOOKS_PER_SECOND = 5;
/**
 * An answer that is told again because nothing changed is the same look, and adds nothing: a wrong one is wrong again. But that it
 * lasts says something: after so long, once, the look counts as so many.
 */
const LASTING = { seconds: 1, looks: 2 } as const;
/** From one look to the next so much of the evidence is left at least, however far apart they are. */
const LEAST_LEFT = 0.5;
/** Less evidence than this is none: what begins anew later is not as old. */
const NO_EVIDENCE = 0.05;
/** After so many half-lives without a look, nothing is older than the look that follows. */
const GAP_HALF_LIVES = 8;
/** While nothing is stable yet, the leading answer is taken after so many half-lives whatever speaks for it. */
const FIRST_HALF_LIVES = 2;

/** What each of a question's answers demands. */
export function demandsOf(
  smoothing: Smoothing,
  classes: readonly { readonly id: string; readonly name: string }[],
): Demand[] {
  const named = new Map(Object.entries(smoothing.labels).map(([name, demand]) => [plainName(name), demand]));
  return classes.map(({ id, name }) => {
    const { evidence, leastSeconds } = named.get(plainName(name)) ?? named.get(plainName(id)) ?? {};
    return { evidence: evidence ?? smoothing.evidence, leastSeconds: leastSeconds ?? smoothing.leastSeconds };
  });
}

/**
 * The answer that holds over time. Each look adds the log-odds of every class against the stable one to that class's sum, which never
 * falls below 0 and fades with a half-life: a cumulative sum test (E. S. Page, Continuous inspection schemes, 1954) that forgets. The
 * class whose sum reaches its demand becomes the stable one, as from the look at which its sum rose from 0. Times are those of the
 * source; all of it is the same for the same looks. Allocates nothing per look.
 */
export class StableAnswer {
  readonly #demands: readonly Demand[];
  readonly #halfLifeSeconds: number;
  /** `float64 [classes]` in nats: against the stable class, or, while there is none, the plain sums of log-probabilities. */
  readonly #sums: Float64Array;
  /** By class, the look at which its sum rose from 0; NaN: it is 0. While nothing is stable, of the leading class alone. */
  readonly #sinceSeconds: Float64Array;
  readonly #sinceAtMs: Float64Array;
  #stable = -1;
  #since: Sight | null = null;
  #leading = -1;
  #stream = Number.NaN;
  /** Of the last look, and of the first since there was no evidence. */
  #lastSeconds = Number.NaN;
  #firstSeconds = Number.NaN;
  /** Of the last look of its own, what it has counted for so far, with its being told again. */
  #lookSeconds = Number.NaN;
  #lookWeight = 0;

  /** @param demands by class */
  constructor(demands: readonly Demand[], halfLifeSeconds: number) {
    this.#demands = demands;
    this.#halfLifeSeconds = halfLifeSeconds;
    this.#sums = new Float64Array(demands.length);
    this.#sinceSeconds = new Float64Array(demands.length).fill(Number.NaN);
    this.#sinceAtMs = new Float64Array(demands.length);
  }

  /** Index of the stable class; -1: none yet. */
  get stable(): number {
    return this.#stable;
  }

  /** The look with which it began; `null` while there is none. */
  get since(): Sight | null {
    return this.#since;
  }

  /** Forgets the evidence, not the answer: what comes is not to be weighed together with what was. */
  dropEvidence(): void {
    this.#lastSeconds = Number.NaN;
    this.#firstSeconds = Number.NaN;
    this.#lookSeconds = Number.NaN;
    this.#leading = -1;
    this.#sums.fill(0);
    this.#sinceSeconds.fill(Number.NaN);
  }

  /**
   * Takes a look into account. One of another stream, or one that lies before the last, begins with no evidence.
   *
   * @param seen probabilities, `float64 [classes]`; what is no number counts as improbable
   * @param isReused whether the answer is an earlier one that is told again
   * @returns whether the stable answer is another one now
   */
  add(seen: Float64Array, sight: Sight, isReused = false): boolean {
    if (!Number.isFinite(sight.ptsSeconds)) return false;
    if (sight.stream !== this.#stream || sight.ptsSeconds < this.#lastSeconds) this.dropEvidence();
    const weight = isReused && !Number.isNaN(this.#lookSeconds) ? this.#passAgain(sight) : this.#pass(sight);
    return this.#stable < 0 ? this.#addFirst(seen, sight, weight) : this.#addTo(seen, sight, weight);
  }

  /** Lets the time since the last look pass. @returns what this look counts for */
  #pass({ stream, ptsSeconds }: Sight): number {
    const isFirst = Number.isNaN(this.#lastSeconds);
    const seconds = isFirst ? 0 : ptsSeconds - this.#lastSeconds;
    this.#stream = stream;
    this.#lastSeconds = ptsSeconds;
    this.#lookSeconds = ptsSeconds;
    this.#lookWeight = isFirst ? 1 : Math.min(1, seconds * LOOKS_PER_SECOND);
    if (isFirst) {
      this.#firstSeconds = ptsSeconds;
      return this.#lookWeight;
    }
    const left = Math.max(2 ** (-seconds / this.#halfLifeSeconds), LEAST_LEFT);
    for (let k = 0; k < this.#sums.length; k++) this.#sums[k] = (this.#sums[k] ?? 0) * left;
    if (seconds > GAP_HALF_LIVES * this.#halfLifeSeconds) {
      this.#sinceSeconds.fill(Number.NaN);
      this.#firstSeconds = ptsSeconds;
    }
    return this.#lookWeight;
  }

  /** The last look is told again: the scene is what it was, so what speaks for it does not fade. @returns what this counts for */
  #passAgain({ ptsSeconds }: Sight): number {
    this.#lastSeconds = ptsSeconds;
    if (ptsSeconds - this.#lookSeconds < LASTING.seconds) return 0;
    const more = LASTING.looks - this.#lookWeight;
    this.#lookWeight = LASTING.looks;
    return more;
  }

  #addFirst(seen: Float64Array, sight: Sight, weight: number): boolean {
    const sums = this.#sums;
    let best = -1;
    let second = -Infinity;
    for (let k = 0; k < sums.length; k++) {
      const sum = (sums[k] ?? 0) + weight * logOf(seen[k]);
      sums[k] = sum;
      if (best < 0 || sum > (sums[best] ?? 0)) {
        if (best >= 0) second = sums[best] ?? 0;
        best = k;
      } else if (sum > second) second = sum;
    }
    if (best < 0) return false;
    if (best !== this.#leading || Number.isNaN(this.#sinceSeconds[best])) this.#begin(best, sight);
    this.#leading = best;
    const { evidence, leastSeconds } = this.#demands[best] ?? { evidence: 0, leastSeconds: 0 };
    const isLate = sight.ptsSeconds - this.#firstSeconds >= FIRST_HALF_LIVES * this.#halfLifeSeconds;
    const isEvident = (sums[best] ?? 0) - second >= evidence || isLate;
    if (!isEvident || sight.ptsSeconds - (this.#sinceSeconds[best] ?? 0) < leastSeconds) return false;
    this.#settle(best);
    // Plain sums say nothing against the class that is stable now.
    sums.fill(0);
    return true;
  }

  #addTo(seen: Float64Array, sight: Sight, weight: number): boolean {
    const sums = this.#sums;
    const against = logOf(seen[this.#stable]);
    let best = -1;
    for (let k = 0; k < sums.length; k++) {
      if (k === this.#stable) continue;
      const sum = (sums[k] ?? 0) + weight * (logOf(seen[k]) - against);
      if (!(sum > NO_EVIDENCE)) {
        sums[k] = 0;
        this.#sinceSeconds[k] = Number.NaN;
        continue;
      }
      sums[k] = sum;
      if (Number.isNaN(this.#sinceSeconds[k])) this.#begin(k, sight);
      if (this.#isDue(k, sight.ptsSeconds) && (best < 0 || sum > (sums[best] ?? 0))) best = k;
    }
    if (best < 0) return false;
    this.#settle(best);
    const lead = sums[best] ?? 0;
    for (let k = 0; k < sums.length; k++) sums[k] = Math.max(0, (sums[k] ?? 0) - lead);
    this.#sinceSeconds.fill(Number.NaN);
    return true;
  }

  #isDue(k: number, seconds: number): boolean {
    const { evidence, leastSeconds } = this.#demands[k] ?? { evidence: Infinity, leastSeconds: 0 };
    return (this.#sums[k] ?? 0) >= evidence && seconds - (this.#sinceSeconds[k] ?? seconds) >= leastSeconds;
  }

  #begin(k: number, { ptsSeconds, arrivedAtMs }: Sight): void {
    this.#sinceSeconds[k] = ptsSeconds;
    this.#sinceAtMs[k] = arrivedAtMs;
  }

  #settle(k: number): void {
    this.#stable = k;
    this.#since = {
      stream: this.#stream,
      ptsSeconds: this.#sinceSeconds[k] ?? 0,
      arrivedAtMs: this.#sinceAtMs[k] ?? 0,
    };
    this.#leading = -1;
  }
}

function logOf(probability: number | undefined): number {
  return probability !== undefined && probability > LEAST_PROBABILITY
    ? Math.log(probability)
    : Math.log(LEAST_PROBABILITY);
}
