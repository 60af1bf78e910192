/** Audits after which an older one counts half. */
const HALF_LIFE = 100;
const DECAY = 0.5 ** (1 / HALF_LIFE);
/** Time after which an audit counts as half an audit. */
const HALF_LIFE_MS = 3_600_000;
/** Time is looked at so often. */
const FADE_EVERY_MS = 10_000;
/** With fewer audits, as far as they count alike, nothing is said. */
const LEAST_AUDITS = 30;

/**
 * How often the answers that are given are those of the top rung, by the audits of the last time. Answers of kinds that are audited
 * more seldom count for more: an audit counts as the inverse of the share of frames of its kind that is audited, so that the
 * figure is that of all answers (the estimator of Horvitz and Thompson, 1952, as a ratio). What is old is known no more, though no
 * audit came since.
 */
export class Agreement {
  #agreeing = 0;
  #all = 0;
  #squares = 0;
  #fadedMs = Number.NaN;

  /** @param weight inverse of the share of such answers that is audited @param nowMs monotonic */
  add(agrees: boolean, weight: number, nowMs: number): void {
    this.fade(nowMs);
    this.#agreeing = this.#agreeing * DECAY + (agrees ? weight : 0);
    this.#all = this.#all * DECAY + weight;
    this.#squares = this.#squares * DECAY * DECAY + weight * weight;
  }

  /** Time passes. Each audit is less of one then, so the sum of squares fades as the others do. @returns whether it was looked at */
  fade(nowMs: number): boolean {
    if (Number.isNaN(this.#fadedMs)) this.#fadedMs = nowMs;
    const passedMs = nowMs - this.#fadedMs;
    if (passedMs < FADE_EVERY_MS) return false;
    const left = 0.5 ** (passedMs / HALF_LIFE_MS);
    this.#agreeing *= left;
    this.#all *= left;
    this.#squares *= left;
    this.#fadedMs = nowMs;
    return true;
  }

  /** 0..1; `null` until enough audits are in, and when they are too old. */
  get ratio(): number | null {
    return this.#effective < LEAST_AUDITS ? null : this.#agreeing / this.#all;
  }

  /** Half the width in which the ratio lies two times out of three, as if it were as far from 1 as one audit more would make it. */
  get error(): number {
    const ratio = (this.#agreeing / this.#all) * (this.#effective / (this.#effective + 1));
    return Math.sqrt((ratio * (1 - ratio)) / this.#effective);
  }

  /** As many audits of equal weight would tell as much (Kish, 1965). */
  get #effective(): number {
    return this.#squares === 0 ? 0 : (this.#all * this.#all) / this.#squares;
  }
}

/**
 * Whether the answers have drifted away from the top rung's: they have when their agreement is under a floor by more than its own
 * error, and have until it reaches the floor again, or is known no more.
 */
export function hasDrifted(
  { ratio, error }: Pick<Agreement, 'ratio' | 'error'>,
  floor: number,
  before: boolean,
): boolean {
  if (ratio === null) return false;
  return before ? ratio < floor : ratio + error < floor;
}
