import { type Box, type Frame, type ViewTaken, WHOLE_FRAME } from '../types.ts';
import { Answering } from './answering.ts';
import type { QuestionResult, RungRun } from './asking.ts';
import type { ClimbParts } from './climb.ts';
import type { HeadsGuard } from './guard.ts';
import type { AskedQuestion } from './question.ts';
import type { AuditTold, ReuseParts, ReuseState, SceneChange } from './reuse.ts';
import type { SceneEvent } from './told.ts';

/** What became of a question about a part of a frame. */
export interface Statement {
  readonly question: AskedQuestion;
  readonly view: ViewTaken;
  readonly result: QuestionResult;
}

/** What was seen in a frame. */
export interface Looked {
  readonly statements: readonly Statement[];
  /** Every rung that ran, in that order. */
  readonly ran: readonly RungRun[];
  readonly decideMs: number;
  readonly events: readonly Omit<SceneEvent, 'camera'>[];
  /** Objects that have left. */
  readonly gone: readonly number[];
  /** Moving regions that were not looked at for want of time. */
  readonly leftOut: number;
  /** Names of what makes the answers doubtful. */
  readonly troubles: readonly string[];
  /** Spent on comparing the frame with the one that was asked last; part of `decideMs`. */
  readonly compareMs?: number;
  /** Answers that were held against the top rung's. */
  readonly audits?: readonly AuditTold[];
  /** What is known of each question whose answers may be told again. */
  readonly reuses?: readonly ReuseState[];
}

/** How a camera's frames are looked at. One frame at a time. */
export interface View {
  /** All that frames are asked. */
  readonly questions: readonly AskedQuestion[];
  /** The last number that an object was given; 0: none. Another view that takes this one's place counts on from there. */
  tracks: number;
  /** @param gear 0: as configured; each further one is cheaper */
  look(frame: Frame, gear?: number): Promise<Looked>;
  /** The stream is over, or somebody else looks from now on: what is in view has left with the last frame. */
  end(): readonly Omit<SceneEvent, 'camera'>[];
}

export interface WholeViewParts {
  readonly climb: ClimbParts;
  readonly budgetMs: number | null;
  readonly kind: 'frame' | 'crop';
  /** What the decoder cuts out of the source's picture. */
  readonly region: Box;
  /** Watches over what the camera was taught. */
  readonly guard: HeadsGuard | null;
  /** How answers are told again where the scene is unchanged; left out: every frame is asked. */
  readonly reuse?: ReuseParts | null;
  /** By what it is told whether what is remembered still holds; left out: nothing is remembered. */
  readonly difference?: SceneChange | null;
}

const NONE: readonly never[] = [];

/** Looks at all of every frame: the decoder gives frames of the region alone. */
export class WholeView implements View {
  readonly questions: readonly AskedQuestion[];
  tracks = 0;
  readonly #answering: Answering;
  readonly #parts: WholeViewParts;
  readonly #taken: ViewTaken;

  constructor(parts: WholeViewParts) {
    this.#parts = parts;
    this.questions = parts.climb.questions;
    this.#answering = new Answering({ ...parts, picture: (frame) => frame, reuse: parts.reuse ?? null });
    this.#taken = { kind: parts.kind, box: parts.region };
  }

  async look(frame: Frame, gear = 0): Promise<Looked> {
    const { climber, states: reuses } = this.#answering;
    const { answers, asked, troubles, ...told } = await this.#answering.answer(frame, gear);
    const doubts = this.#parts.guard?.troubles(frame, () => climber.small(frame, WHOLE_FRAME).pixels) ?? NONE;
    const statements = answers.map((result, at) => {
      return { question: asked[at] as AskedQuestion, view: this.#taken, result };
    });
    return { statements, ...told, reuses, events: NONE, gone: NONE, leftOut: 0, troubles: [...doubts, ...troubles] };
  }

  end(): readonly never[] {
    return NONE;
  }
}
