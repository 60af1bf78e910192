import { CAUTIOUS_THRESHOLD, type Compared, withinTarget } from './reuse-prior.ts';

/** Levels of the threshold, in half powers of two around the one that is begun with. */
const LEVELS = { below: 4, above: 6 } as const;
/** Comparisons after which an older one counts half: so many times those that would show one disagreement at the target. */
const HALF_LIFE = 5;
/**
 * What was given up is taken up again at so much of the target: while it is in use few frames tell of it, and while it is not all do, so by
 * chance alone a rate a little above the target would be found below it soon, and above it late.
 */
const RETURN_SHARE = 0.5;

export interface ReuseControlSettings {
  /** Share of reused answers that may be other than what the frame would have been answered. */
  readonly targetDisagreement: number;
  /** Threshold that was fitted on footage; `null`: none was. */
  readonly fitted: number | null;
}

/**
 * Up to which difference of the scene a question's last answer is told again. Levels stand in geometric order around the threshold
 * that it begins with, and the greatest one is in use whose expected disagreement, over all frames at or below it, meets the target.
 * The prior says that disagreement grows with the threshold, and meets the target where it begins: a lower level holds until frames
 * disagree; a higher one has to be earned, by frames between it and the level below that agree. Without a level that meets the target
 * nothing is told again, until frames that are classified anyway have shown that it could be. Pure but for its counts.
 */
export class ReuseControl {
  /** Whether it began with a threshold that was fitted on footage. */
  readonly isFitted: boolean;
  readonly #target: number;
  readonly #decay: number;
  readonly #thresholds: Float64Array;
  /** Of frames between a level and the one below, decaying: comparisons, those of them that were audits, and those that disagreed. */
  readonly #comparisons: Float64Array;
  readonly #audits: Float64Array;
  readonly #disagreements: Float64Array;
  /** 1 where a level was in use and is not for what was seen. */
  readonly #isGivenUp: Uint8Array;
  #level: number;

  constructor({ targetDisagreement, fitted }: ReuseControlSettings) {
    const start = fitted ?? CAUTIOUS_THRESHOLD;
    if (!(start > 0 && Number.isFinite(start))) throw new RangeError(`a threshold is above 0, not ${start}`);
    const count = LEVELS.below + 1 + LEVELS.above;
    this.isFitted = fitted !== null;
    this.#target = targetDisagreement;
    this.#decay = 0.5 ** (targetDisagreement / HALF_LIFE);
    this.#thresholds = Float64Array.from({ length: count }, (_, at) => start * 2 ** ((at - LEVELS.below) / 2));
    this.#comparisons = new Float64Array(count);
    this.#audits = new Float64Array(count);
    this.#disagreements = new Float64Array(count);
    this.#isGivenUp = new Uint8Array(count);
    this.#level = LEVELS.below;
  }

  /** A frame that differs by no more is not classified; 0: every frame is. */
  get threshold(): number {
    return this.#thresholds[this.#level] ?? 0;
  }

  /** As many audits are in, of frames that would be reused now, as it takes to see a disagreement at the target. */
  get isProven(): boolean {
    let audits = 0;
    for (let at = 0; at <= this.#level; at++) audits += this.#audits[at] ?? 0;
    return audits >= 1 / this.#target;
  }

  /** Whether a frame that differs so much counts as unchanged. */
  reuses(score: number): boolean {
    return this.#level >= 0 && score <= this.threshold;
  }

  /**
   * Takes note of a frame for which both is known: what was answered last, and what it is answered itself.
   *
   * @param score how much it differs from the frame that was answered last
   * @param isAudit whether it was reused, and asked all the same
   */
  observe(score: number, isSame: boolean, isAudit: boolean): void {
    const at = this.#thresholds.findIndex((threshold) => score <= threshold);
    if (at < 0) return;
    this.#comparisons[at] = (this.#comparisons[at] ?? 0) * this.#decay + 1;
    this.#audits[at] = (this.#audits[at] ?? 0) * this.#decay + (isAudit ? 1 : 0);
    this.#disagreements[at] = (this.#disagreements[at] ?? 0) * this.#decay + (isSame ? 0 : 1);
    const before = this.#level;
    this.#level = this.#bestLevel();
    for (let level = this.#level + 1; level <= before; level++) this.#isGivenUp[level] = 1;
    for (let level = before + 1; level <= this.#level; level++) this.#isGivenUp[level] = 0;
  }

  #bestLevel(): number {
    let best = -1;
    const below = { comparisons: 0, disagreements: 0 };
    for (let at = 0; at < this.#thresholds.length; at++) {
      const own = { comparisons: this.#comparisons[at] ?? 0, disagreements: this.#disagreements[at] ?? 0 };
      below.comparisons += own.comparisons;
      below.disagreements += own.disagreements;
      if (at > LEVELS.below && !this.#meets(at, own)) break;
      if (this.#meets(at, below)) best = at;
    }
    return best;
  }

  #meets(level: number, counts: Compared): boolean {
    const share = this.#isGivenUp[level] === 1 ? RETURN_SHARE : 1;
    // The prior stays as it is: it says `target` at the start.
    const start = (this.#thresholds[LEVELS.below] ?? 1) * share;
    return withinTarget(counts, {
      threshold: this.#thresholds[level] ?? Infinity,
      start,
      target: this.#target * share,
    });
  }
}
