import { type Box, type Frame, type Raster, type ViewTaken, WHOLE_FRAME } from '../types.ts';
import type { Answered, RungRun } from './asking.ts';
import { type Arrival, Climber, type ClimbParts } from './climb.ts';
import { type SceneDifference, SceneMemory } from './memory.ts';
import type { AskedQuestion } from './question.ts';
import type { Statement } from './view.ts';

export interface StatesParts {
  readonly climb: ClimbParts;
  readonly budgetMs: number | null;
  readonly region: Box;
  /** Gives a frame at the size at which frames taught the camera; valid until the next call. */
  readonly atWorkingSize: (frame: Raster) => Raster;
  /** An answer is told again for so long while nothing moves. */
  readonly maxReuseMs: number;
  /** By what it is told whether what is remembered still holds; left out: nothing is remembered. */
  readonly difference?: SceneDifference | null;
}

/** What was answered last. */
interface Kept {
  readonly answers: readonly Answered[];
  readonly stream: number;
  readonly ptsSeconds: number;
}

const NONE: readonly never[] = [];

/** Answers what the scene is like, anew where something moved, and else as before. */
export class States {
  readonly questions: readonly AskedQuestion[];
  readonly #parts: StatesParts;
  readonly #climber: Climber;
  readonly #memory: SceneMemory | null;
  readonly #view: ViewTaken;
  #kept: Kept | null = null;
  /** The last frame that was looked at, as it came and at the working size. */
  #frame: Frame | null = null;
  #reduced: Arrival | null = null;

  constructor(parts: StatesParts) {
    this.#parts = parts;
    this.questions = parts.climb.questions;
    this.#climber = new Climber(parts.climb);
    this.#memory = parts.difference ? new SceneMemory(parts.climb.questions, parts.difference) : null;
    this.#view = { kind: 'motion', box: parts.region };
  }

  /** @param isMoving whether anything moves, or moved until this frame */
  async look(
    frame: Frame,
    isMoving: boolean,
    gear = 0,
  ): Promise<{ statements: Statement[]; ran: readonly RungRun[]; decideMs: number }> {
    const kept = this.#kept;
    const ageMs = kept === null || kept.stream !== frame.stream ? -1 : (frame.ptsSeconds - kept.ptsSeconds) * 1000;
    if (kept !== null && !isMoving && ageMs >= 0 && ageMs < this.#parts.maxReuseMs) {
      const spentMs = this.#parts.climb.clock.monotonicMs() - frame.arrivedMs;
      const again = { stop: 'still', path: [], spentMs, reusedAgeMs: ageMs } as const;
      return {
        statements: this.#state(
          kept.answers.map((answer) => ({ ...answer, ...again })),
          gear,
        ),
        ran: NONE,
        decideMs: 0,
      };
    }
    const recollections = this.#memory?.recall(frame, () => this.small(frame)) ?? NONE;
    const { answers, ran, decideMs } = await this.#climber.climb(
      this.#atWorkingSize(frame),
      WHOLE_FRAME,
      this.#parts.budgetMs,
      { gear, recollections },
    );
    this.#memory?.take(frame, answers);
    const answered = answers.flatMap((answer) =>
      answer.kind === 'answered' ? [{ ...answer, probabilities: answer.probabilities.slice() }] : [],
    );
    // Only all of them together stand for the frame.
    const { stream, ptsSeconds } = frame;
    this.#kept = answered.length === answers.length ? { answers: answered, stream, ptsSeconds } : null;
    return { statements: this.#state(answers, gear), ran, decideMs };
  }

  /** The small raster of a frame, of which heads were taught: that of the frame at the working size. */
  small(frame: Frame): Uint8Array {
    return this.#climber.small(this.#atWorkingSize(frame), WHOLE_FRAME).pixels;
  }

  #atWorkingSize(frame: Frame): Arrival {
    if (this.#reduced === null || this.#frame !== frame) {
      const { width, height, pixels } = this.#parts.atWorkingSize(frame);
      this.#reduced = { width, height, pixels, arrivedMs: frame.arrivedMs };
    }
    this.#frame = frame;
    return this.#reduced;
  }

  #state(results: readonly Statement['result'][], gear: number): Statement[] {
    const asked = this.#climber.askedAt(gear);
    return results.map((result, at) => ({ question: asked[at] as AskedQuestion, view: this.#view, result }));
  }
}
