import type { StructureShares } from './structure.ts';

/**
 * learning: too few frames yet; steady: the background is known; lights: nearly everything changed with its structure kept, and
 * is being relearnt; moved: everything differs for long, structure included.
 */
export type SceneState = 'learning' | 'steady' | 'lights' | 'moved';

/** What to do with a frame: learn from it, look for things in it, or let it pass. */
export type FrameUse = 'learn' | 'look' | 'hold';

/** What a frame is like against the background. */
export interface FrameLook {
  /** Shares of the cells that differ, and that differ otherwise than by light. */
  readonly changed: number;
  readonly unlit: number;
  readonly shares: StructureShares;
  /** Shows nothing, where there was something: no signal, darkness, a covered lens. */
  readonly isBlank: boolean;
}

/** Lights were switched where so many cells differ, and so many windows that differ keep their structure. */
const LIGHTS = { changed: 0.5, kept: 0.5 } as const;
/** A flash is over where so few cells differ from the background of before. */
const BACK_BELOW = 0.15;
/** Seconds in which lamps and exposure settle before the background is relearnt. */
const SETTLE_SECONDS = 0.5;
/** The camera may have moved where so many windows show another structure; it has, if that lasts. */
const MOVED = { lost: 0.6, seconds: 10 } as const;
/** Where less of the picture has structure, that so many cells differ tells instead. */
const LEAST_STRUCTURED = 0.02;
const ALL_CHANGED = 0.85;
/** Seconds of nothing to see that are told as `lights`. */
const BLANK_SECONDS = 2;
/** Seconds between frames that are learnt from. */
const SAMPLE_SECONDS = 0.19;

/** The state of a scene, and what it makes of each frame. */
export class ScenePhase {
  state: SceneState = 'learning';
  #sinceChange = 0;
  #sinceSample = Number.POSITIVE_INFINITY;
  #doubtSeconds = 0;
  #blankSeconds = 0;

  /** Begins anew with an unknown background. */
  restart(): void {
    this.#enter('learning');
  }

  /** The background was learnt. */
  learnt(): void {
    this.#enter('steady');
  }

  /** @param seconds since the frame before */
  judge(look: FrameLook, seconds: number): FrameUse {
    this.#sinceChange += seconds;
    this.#sinceSample += seconds;
    if (this.state === 'learning') return this.#sample();
    if (look.isBlank) return this.#blank(seconds);
    if (this.#blankSeconds > 0) {
      this.#blankSeconds = 0;
      this.#enter('steady');
    }
    if (this.state === 'moved') return this.#sample();
    if (this.state === 'lights') {
      if (look.changed < BACK_BELOW) this.#enter('steady');
      else return this.#sinceChange < SETTLE_SECONDS ? 'hold' : this.#sample();
    }
    return this.#steady(look, seconds);
  }

  #steady({ changed, unlit, shares }: FrameLook, seconds: number): FrameUse {
    const isTellable = shares.structured >= LEAST_STRUCTURED;
    if (changed > LIGHTS.changed && (isTellable ? shares.keptOfChanged >= LIGHTS.kept : unlit > ALL_CHANGED)) {
      this.#enter('lights');
      return 'hold';
    }
    if (!(isTellable && shares.lost > MOVED.lost)) {
      this.#doubtSeconds = Math.max(0, this.#doubtSeconds - 2 * seconds);
      return 'look';
    }
    this.#doubtSeconds += seconds;
    if (this.#doubtSeconds < MOVED.seconds) return 'hold';
    this.#enter('moved');
    return this.#sample();
  }

  #blank(seconds: number): FrameUse {
    this.#blankSeconds += seconds;
    if (this.#blankSeconds >= BLANK_SECONDS && this.state === 'steady') this.state = 'lights';
    return 'hold';
  }

  #sample(): FrameUse {
    if (this.#sinceSample < SAMPLE_SECONDS) return 'hold';
    this.#sinceSample = 0;
    return 'learn';
  }

  #enter(state: SceneState): void {
    this.state = state;
    this.#sinceChange = 0;
    this.#sinceSample = Number.POSITIVE_INFINITY;
    this.#doubtSeconds = 0;
    this.#blankSeconds = 0;
  }
}
