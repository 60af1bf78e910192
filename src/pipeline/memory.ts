import {
  carriedDifference,
  type Memorable,
  MOST_DIFFERENCE,
  MOST_SECONDS,
  type Recollection,
  TIME_FEATURES,
} from '../cascade/recollection.ts';
import type { Answered } from './asking.ts';
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

/** What a camera remembers of all its questions. One frame at a time: `recall`, then `take`. */
export class SceneMemory {
  /** Whether any question remembers. */
  readonly isNeeded: boolean;
  /** By question; `null`: nothing of it is remembered. */
  readonly #memories: readonly (QuestionMemory | null)[];
  readonly #recollections: (Recollection | null)[];

  constructor(questions: readonly AskedQuestion[]) {
    this.#memories = questions.map(({ policy }) => (policy.remembers ? new QuestionMemory() : null));
    this.#recollections = questions.map(() => null);
    this.isNeeded = this.#memories.some((memory) => memory !== null);
  }

  /**
   * What is remembered of each question, for a frame that is about to be asked.
   *
   * @param score how much it differs from the one that frames are compared with; `Infinity` where nothing can be compared
   * @returns valid until the next call
   */
  recall(ptsSeconds: number, score: number): readonly (Recollection | null)[] {
    for (const [at, memory] of this.#memories.entries())
      this.#recollections[at] = memory?.recall(ptsSeconds, score) ?? null;
    return this.#recollections;
  }

  remembers(question: number): boolean {
    return (this.#memories[question] ?? null) !== null;
  }

  /** Takes note of what a frame was answered, from now on the one that frames are compared with. @param answers `null`: not from this frame */
  take(ptsSeconds: number, answers: readonly (Answered | null)[], score: number): void {
    for (const [at, memory] of this.#memories.entries()) {
      const memorable = answers[at]?.memorable;
      if (memorable === undefined) memory?.carry(score);
      else memory?.take(memorable, ptsSeconds, score);
    }
  }
}
