import type { View } from './view.ts';

/** With the main thread behind by less than this share of a frame's budget no frame is left out; by this much, all are. */
const FIRST_SHARE = 0.03;
const ALL_SHARE = 0.2;
/** Where fewer frames than that get no answer, being behind does no harm. */
const HARMLESS_SHARE = 0.1;
/** Where more than that are displaced by newer ones, the camera is too slow. */
const CROWDED_SHARE = 0.5;
/** Weight of one frame: about the last ten count. */
const FRAME_WEIGHT = 0.1;

/**
 * Which frames are left out before they are looked at, where the main thread is behind and many get no answer anyway. Slots stand still until
 * it reads what they gave, so a look that comes to nothing costs the answers of other frames. Evenly spread, and not by chance.
 */
export class Shedding {
  readonly #budgetMs: number | null;
  #lagMs: (() => number) | undefined;
  #due = 0;
  /** Shares of the last frames that were not left out. */
  #displaced = 0;
  #unanswered = 0;

  constructor(budgetMs: number | null, view: View) {
    this.#budgetMs = budgetMs;
    this.follow(view);
  }

  /** Most frames are displaced by newer ones. */
  get isCrowded(): boolean {
    return this.#displaced > CROWDED_SHARE;
  }

  /** Another view looks from now on. */
  follow({ questions }: View): void {
    this.#lagMs = questions.find(({ lagMs }) => lagMs !== undefined)?.lagMs;
  }

  /** A frame that is to be looked at took the place of one that was not. */
  offered(isDisplacing: boolean): void {
    this.#displaced += ((isDisplacing ? 1 : 0) - this.#displaced) * FRAME_WEIGHT;
  }

  looked(isAnswered: boolean): void {
    this.#unanswered += ((isAnswered ? 0 : 1) - this.#unanswered) * FRAME_WEIGHT;
  }

  /** Whether the frame that has come is left out; asked once of each. */
  next(): boolean {
    if (this.#budgetMs === null || this.#lagMs === undefined) return false;
    const behind = (this.#lagMs() / this.#budgetMs - FIRST_SHARE) / (ALL_SHARE - FIRST_SHARE);
    if (!(behind > 0) || Math.max(this.#displaced, this.#unanswered) < HARMLESS_SHARE) {
      this.#due = 0;
      return false;
    }
    this.#due += Math.min(1, behind);
    if (this.#due < 1) return false;
    this.#due -= 1;
    return true;
  }
}
