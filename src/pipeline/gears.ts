/** What became of a frame, as gears see it. */
export interface FrameCost {
  readonly nowMs: number;
  /** 1: it got no answer for want of time; 0.5: a rung that it wanted was not to be had in time, for waiting; 0: neither. */
  readonly lost: 0 | 0.5 | 1;
  /** Share of its budget that was left when it was decided; 1 without a budget. */
  readonly slackRatio: number;
  /** Slot time that was spent on it. */
  readonly serviceMs: number;
}

export interface GearSettings {
  /** How many there are, the configured one among them. */
  readonly gears: number;
  /** From 1: how much later than others it gives way, and how much earlier it returns. */
  readonly priority: number;
  /** The gear to begin in. */
  readonly gear?: number;
}

/** Weight of one frame: about the last ten count. */
const FRAME_WEIGHT = 0.1;
/**
 * More than this share of frames lost is too much to go on; or less than this of the budget left, but only where frames are lost too or the
 * slots are busy: a climb that uses all of its budget on an idle machine is as it should be.
 */
const STRAINED_LOST = 0.12;
const STRAINED_SLACK = 0.1;
/** With less than this lost, and more than this of the budget left, a dearer gear may be tried. */
const EASY_LOST = 0.03;
const EASY_SLACK = 0.4;
/** Share of the slots that may be busy after a return, if all cameras did the same. */
const MOST_LOAD = 0.8;
/** What a gear costs more than the one below, while that was not seen. */
const USUAL_STEP = 1.4;
/** A gear is kept at least so long (more and less by priority, up to so many times), and for so many frames, before a cheaper one and before a dearer one. */
const CHEAPER_AFTER_MS = 1_000;
const DEARER_AFTER_MS = 4_000;
const MOST_TIMES = 4;
const CHEAPER_AFTER_FRAMES = 5;
const DEARER_AFTER_FRAMES = 10;
/** After so many frames what a gear costs beside the others is known. */
const SETTLED_FRAMES = 20;
/** A return that had to be taken back within so many times what a gear is kept was wrong: the next one waits twice as long, at most so many times. */
const REGRET_TIMES = 15;
const MOST_PATIENCE = 8;

/**
 * Chooses the gear of a camera by what became of its frames: cheaper while frames are lost or late, dearer again when there is time, and
 * when the slots would bear it. A return that proves wrong is tried more seldom. Pure: times are handed in.
 */
export class Gears {
  readonly gears: number;
  /** How much later than others it gives way, and how much earlier it returns. */
  readonly #times: number;
  /** Mean slot time of a frame in each gear; NaN where it was not seen. */
  readonly #costMs: Float64Array;
  #gear: number;
  #sinceMs = Number.NaN;
  #lastMs = Number.NaN;
  /** Mean time between two frames. */
  #everyMs = 0;
  #frames = 0;
  #lost = 0;
  #slack = EASY_SLACK;
  /** When a dearer gear was tried last. */
  #triedMs = -Infinity;
  #patience = 1;

  constructor({ gears, priority, gear = 0 }: GearSettings) {
    this.gears = gears;
    this.#times = Math.min(priority, MOST_TIMES);
    this.#gear = Math.min(gear, gears - 1);
    this.#costMs = new Float64Array(gears).fill(Number.NaN);
  }

  get gear(): number {
    return this.#gear;
  }

  /** Slots that it would take more in the next dearer gear; 0 in the configured one. */
  get more(): number {
    if (this.#gear === 0 || this.#everyMs === 0) return 0;
    return ((this.#costMs[this.#gear] ?? 0) * (this.#growth() - 1)) / this.#everyMs || 0;
  }

  /**
   * Takes a frame into account.
   *
   * @param load share of the slots that was busy of late
   * @param loadThen the same if all cameras that gave way went back by a gear
   * @returns whether the gear is another one now
   */
  observe({ nowMs, lost, slackRatio, serviceMs }: FrameCost, load: number, loadThen: number): boolean {
    if (Number.isNaN(this.#sinceMs)) this.#sinceMs = nowMs;
    const passedMs = nowMs - this.#lastMs;
    if (passedMs > 0) this.#everyMs += (passedMs - this.#everyMs) * (this.#everyMs === 0 ? 1 : FRAME_WEIGHT);
    this.#lastMs = nowMs;
    this.#frames++;
    this.#lost += (lost - this.#lost) * FRAME_WEIGHT;
    if (lost < 1) {
      this.#slack += (slackRatio - this.#slack) * FRAME_WEIGHT;
      this.#learn(serviceMs);
    }
    const heldMs = nowMs - this.#sinceMs;
    const regretMs = REGRET_TIMES * CHEAPER_AFTER_MS * this.#times;
    if (this.#isStrained(heldMs, load)) {
      if (nowMs - this.#triedMs < regretMs) this.#patience = Math.min(MOST_PATIENCE, this.#patience * 2);
      return this.#shift(1, nowMs);
    }
    if (this.#triedMs === this.#sinceMs && heldMs > regretMs) this.#patience = 1;
    if (!this.#isEasy(heldMs, loadThen)) return false;
    this.#triedMs = nowMs;
    return this.#shift(-1, nowMs);
  }

  #learn(serviceMs: number): void {
    const before = this.#costMs[this.#gear] ?? Number.NaN;
    const now = Number.isNaN(before) ? serviceMs : before + (serviceMs - before) * FRAME_WEIGHT;
    this.#costMs[this.#gear] = now;
    if (this.#frames < SETTLED_FRAMES || !(before > 0)) return;
    // What changes now is the scene or the machine: other gears would cost that much more or less too.
    for (let gear = 0; gear < this.gears; gear++)
      if (gear !== this.#gear) this.#costMs[gear] = ((this.#costMs[gear] ?? Number.NaN) * now) / before;
  }

  #isStrained(heldMs: number, load: number): boolean {
    if (this.#gear >= this.gears - 1 || this.#frames < CHEAPER_AFTER_FRAMES) return false;
    if (heldMs < CHEAPER_AFTER_MS * this.#times) return false;
    const isScarce = this.#lost >= EASY_LOST || load > MOST_LOAD;
    return this.#lost > STRAINED_LOST || (isScarce && this.#slack < STRAINED_SLACK);
  }

  #isEasy(heldMs: number, loadThen: number): boolean {
    if (this.#gear === 0 || this.#frames < DEARER_AFTER_FRAMES) return false;
    if (heldMs < (DEARER_AFTER_MS * this.#patience) / this.#times) return false;
    return this.#lost < EASY_LOST && this.#slack > EASY_SLACK && loadThen < MOST_LOAD;
  }

  /** How many times as much a frame costs in the next dearer gear. */
  #growth(): number {
    const [here, dearer] = [this.#costMs[this.#gear] ?? Number.NaN, this.#costMs[this.#gear - 1] ?? Number.NaN];
    const seen = dearer / here;
    return Number.isFinite(seen) ? Math.max(1, seen) : USUAL_STEP;
  }

  #shift(by: number, nowMs: number): boolean {
    this.#gear += by;
    this.#sinceMs = nowMs;
    this.#frames = 0;
    this.#lost = 0;
    this.#slack = (EASY_SLACK + STRAINED_SLACK) / 2; // between the two: it is not known yet
    return true;
  }
}
