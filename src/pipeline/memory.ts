import {
  carriedDifference,
  type Memorable,
  MOST_DIFFERENCE,
  MOST_SECONDS,
  type Recollection,
  TIME_FEATURES,
} from '../cascade/recollection.ts';
import type { Frame } from '../types.ts';
import type { QuestionResult } from './asking.ts';
import type { AskedQuestion } from './question.ts';

/**
 * What a camera remembers of one question: the last answer that its frame alone was enough for. Answers that memory helped to are
 * not remembered, so that an error cannot feed itself: each further one leans on an older answer, of a scene that differs more.
 */
export class QuestionMemory {
  readonly #values = new Float64Array(TIME_FEATURES.length);
  readonly #recollection = { values: this.#values, lastClass: -1 };
  #right = 0;
  #rung = 0;
  #ptsSeconds = Number.NaN;
  #sinceSeconds = Number.NaN;
  /** What the frame that others are compared with differs from the one that is remembered. */
  #carried = 0;

  /**
   * What is remembered, for a frame.
   *
   * @param score how much the frame differs from the one that frames are compared with; `Infinity` where nothing can be compared
   * @returns valid until the next call; `null`: nothing, or nothing that this frame could have to do with
   */
  recall(ptsSeconds: number, score: number): Recollection | null {
    const ageSeconds = ptsSeconds - this.#ptsSeconds;
    if (!(score < Infinity) || !(ageSeconds > 0 && ageSeconds <= MOST_SECONDS)) {
      this.forget();
      return null;
    }
    const values = this.#values;
    values[0] = Math.min(MOST_DIFFERENCE, this.#carried + score);
    values[1] = ageSeconds;
    values[2] = this.#right;
    values[3] = Math.min(MOST_SECONDS, ptsSeconds - this.#sinceSeconds);
    values[4] = this.#rung;
    return this.#recollection;
  }

  /**
   * Takes note of what a frame was answered, from now on the one that frames are compared with.
   *
   * @param score how much it differed from the one before
   */
  take({ classIndex, right, rung, isAided }: Memorable, ptsSeconds: number, score: number): void {
    if (isAided) {
      this.carry(score);
      return;
    }
    const isSame = classIndex === this.#recollection.lastClass && !Number.isNaN(this.#ptsSeconds);
    if (!isSame) this.#sinceSeconds = ptsSeconds;
    this.#recollection.lastClass = classIndex;
    this.#right = right;
    this.#rung = rung;
    this.#ptsSeconds = ptsSeconds;
    this.#carried = 0;
  }

  /** From now on frames are compared with one that differs from the one before by so much. */
  carry(score: number): void {
    this.#carried += carriedDifference(score);
  }

  /** As where another stream begins. */
  forget(): void {
    this.#ptsSeconds = Number.NaN;
  }
}

/** Says how much a frame differs from the one that was classified last; a `DifferenceDetector` is one. */
export interface SceneDifference {
  /** @param raster `uint8 [48][48][3]` @returns 0: not at all; `Infinity` where nothing can be compared */
  score(raster: Uint8Array, ptsSeconds: number): number;
  /** The frame that was scored last is what later ones are compared with. */
  keep(): void;
  /** Nothing is to be compared with what was before. */
  reset(): void;
}

const NONE: readonly never[] = [];

/** What memory needs to know of a frame. */
export type Moment = Pick<Frame, 'stream' | 'ptsSeconds' | 'width' | 'height'>;

/** What a camera remembers of all its questions. One frame at a time: `recall`, then `take`. */
export class SceneMemory {
  readonly #difference: SceneDifference;
  /** By question; `null`: nothing of it is remembered. */
  readonly #memories: readonly (QuestionMemory | null)[];
  readonly #recollections: (Recollection | null)[];
  readonly #isNeeded: boolean;
  #score = Infinity;
  /** Stream and size of the last frame. */
  #stream = Number.NaN;
  #width = 0;
  #height = 0;

  constructor(questions: readonly AskedQuestion[], difference: SceneDifference) {
    this.#difference = difference;
    this.#memories = questions.map(({ policy }) => (policy.remembers ? new QuestionMemory() : null));
    this.#recollections = questions.map(() => null);
    this.#isNeeded = this.#memories.some((memory) => memory !== null);
  }

  /**
   * What is remembered of each question, for a frame that is about to be asked.
   *
   * @param raster gives its small raster, `uint8 [48][48][3]`
   * @returns valid until the next call
   */
  recall(frame: Moment, raster: () => Uint8Array): readonly (Recollection | null)[] {
    if (!this.#isNeeded) return NONE;
    const { stream, width, height, ptsSeconds } = frame;
    if (stream !== this.#stream || width !== this.#width || height !== this.#height) this.#difference.reset();
    this.#stream = stream;
    this.#width = width;
    this.#height = height;
    this.#score = this.#difference.score(raster(), ptsSeconds);
    for (const [at, memory] of this.#memories.entries())
      this.#recollections[at] = memory?.recall(ptsSeconds, this.#score) ?? null;
    return this.#recollections;
  }

  /** Takes note of what that frame was answered. */
  take({ ptsSeconds }: Moment, answers: readonly QuestionResult[]): void {
    if (!this.#isNeeded || !answers.some(({ kind }) => kind === 'answered')) return;
    this.#difference.keep();
    for (const [at, memory] of this.#memories.entries()) {
      const answer = answers[at];
      const memorable = answer?.kind === 'answered' ? answer.memorable : undefined;
      if (memorable === undefined) memory?.carry(this.#score);
      else memory?.take(memorable, ptsSeconds, this.#score);
    }
  }
}
