import { type Box, type Frame, type Raster, type ViewTaken, WHOLE_FRAME } from '../types.ts';
import { type AnsweredFrame, Answering } from './answering.ts';
import type { Arrival, ClimbParts } from './climb.ts';
import type { AskedQuestion } from './question.ts';
import type { ReuseParts, ReuseState, SceneChange } from './reuse.ts';
import type { Statement } from './view.ts';

export interface StatesParts {
  readonly climb: ClimbParts;
  readonly budgetMs: number | null;
  readonly region: Box;
  /** Gives a frame at the size at which frames taught the camera; valid until the next call. */
  readonly atWorkingSize: (frame: Raster) => Raster;
  /** An answer is told again for so long while nothing moves. */
  readonly maxReuseMs: number;
  /** How that is audited; left out: not at all. */
  readonly audits?: Pick<ReuseParts, 'audits' | 'random' | 'onNotice'>;
  /** By what it is told whether what is remembered still holds; left out: nothing is remembered. */
  readonly difference?: SceneChange | null;
}

/** What came of a frame. */
export interface StatesSeen extends Omit<AnsweredFrame, 'answers' | 'asked'> {
  readonly statements: Statement[];
}

/** Where nothing moves the scene does not differ; where something does, nobody knows by how much. */
const STILL = 0;
const STILL_THRESHOLD = 1;
const UNAUDITED = { audits: null, random: () => 1, onNotice: () => {} };

/** Answers what the scene is like, anew where something moved, and else as before. */
export class States {
  readonly questions: readonly AskedQuestion[];
  readonly #parts: StatesParts;
  readonly #answering: Answering;
  readonly #view: ViewTaken;
  #isMoving = true;
  /** The last frame that was looked at, as it came and at the working size. */
  #frame: Frame | null = null;
  #reduced: Arrival | null = null;

  constructor(parts: StatesParts) {
    this.#parts = parts;
    this.questions = parts.climb.questions;
    const change = { score: () => (this.#isMoving ? Infinity : STILL), keep: () => {}, reset: () => {} };
    const { maxReuseMs, audits = UNAUDITED } = parts;
    const reuse: ReuseParts = { ...audits, maxReuseMs, change, stop: 'still', threshold: STILL_THRESHOLD };
    this.#answering = new Answering({ ...parts, picture: (frame) => this.#atWorkingSize(frame), reuse });
    this.#view = { kind: 'motion', box: parts.region };
  }

  /** What is known of each question whose answers may be told again. */
  get reuses(): readonly ReuseState[] {
    return this.#answering.states;
  }

  /** @param isMoving whether anything moves, or moved until this frame */
  async look(frame: Frame, isMoving: boolean, gear = 0): Promise<StatesSeen> {
    this.#isMoving = isMoving;
    const { answers, asked, ...told } = await this.#answering.answer(frame, gear);
    return { statements: this.#state(answers, asked), ...told };
  }

  /** The small raster of a frame, of which heads were taught: that of the frame at the working size. */
  small(frame: Frame): Uint8Array {
    return this.#answering.climber.small(this.#atWorkingSize(frame), WHOLE_FRAME).pixels;
  }

  #atWorkingSize(frame: Frame): Arrival {
    if (this.#reduced === null || this.#frame !== frame) {
      const { width, height, pixels } = this.#parts.atWorkingSize(frame);
      this.#reduced = { width, height, pixels, arrivedMs: frame.arrivedMs };
    }
    this.#frame = frame;
    return this.#reduced;
  }

  #state(results: readonly Statement['result'][], asked: readonly AskedQuestion[]): Statement[] {
    return results.map((result, at) => ({ question: asked[at] as AskedQuestion, view: this.#view, result }));
  }
}
