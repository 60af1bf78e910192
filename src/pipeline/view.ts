import { type Box, type Frame, type ViewTaken, WHOLE_FRAME } from '../types.ts';
import type { QuestionResult, RungRun } from './asking.ts';
import { Climber, type ClimbParts } from './climb.ts';
import type { HeadsGuard } from './guard.ts';
import { type SceneDifference, SceneMemory } from './memory.ts';
import type { AskedQuestion } from './question.ts';
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
  /** By what it is told whether what is remembered still holds; left out: nothing is remembered. */
  readonly difference?: SceneDifference | null;
}

const NONE: readonly never[] = [];

/** Looks at all of every frame: the decoder gives frames of the region alone. */
export class WholeView implements View {
  readonly questions: readonly AskedQuestion[];
  tracks = 0;
  readonly #climber: Climber;
  readonly #memory: SceneMemory | null;
  readonly #parts: WholeViewParts;
  readonly #taken: ViewTaken;

  constructor(parts: WholeViewParts) {
    this.#parts = parts;
    this.questions = parts.climb.questions;
    this.#climber = new Climber(parts.climb);
    this.#memory = parts.difference ? new SceneMemory(parts.climb.questions, parts.difference) : null;
    this.#taken = { kind: parts.kind, box: parts.region };
  }

  async look(frame: Frame, gear = 0): Promise<Looked> {
    const { budgetMs, guard } = this.#parts;
    const raster = () => this.#climber.small(frame, WHOLE_FRAME).pixels;
    const recollections = this.#memory?.recall(frame, raster) ?? NONE;
    const { answers, ran, decideMs } = await this.#climber.climb(frame, WHOLE_FRAME, budgetMs, { gear, recollections });
    this.#memory?.take(frame, answers);
    const troubles = guard?.troubles(frame, raster) ?? NONE;
    const asked = this.#climber.askedAt(gear);
    const statements = answers.map((result, at) => {
      return { question: asked[at] as AskedQuestion, view: this.#taken, result };
    });
    return { statements, ran, decideMs, events: NONE, gone: NONE, leftOut: 0, troubles };
  }

  end(): readonly never[] {
    return NONE;
  }
}
