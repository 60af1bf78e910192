import { WHOLE_FRAME } from '../types.ts';
import type { Answered, QuestionResult, RungRun } from './asking.ts';
import { type Arrival, Climber, type ClimbParts } from './climb.ts';
import type { AskedQuestion } from './question.ts';

/** What the top rung says of a frame. */
export interface TopAnswers {
  /** By question; `null` where it has none, or was not in time. */
  readonly answers: readonly (Answered | null)[];
  readonly ran: readonly RungRun[];
  readonly decideMs: number;
}

const NONE: readonly never[] = [];

/** Asks the top rung the questions that have one. Keeps its buffers; not re-entrant. */
export class Auditor {
  /** By question of the climb. */
  readonly #tops: readonly (AskedQuestion | null)[];
  readonly #climber: Climber;

  /** @returns `null` where no question has a top rung */
  static of(climb: ClimbParts): Auditor | null {
    const tops = climb.questions.map(({ top }) => top ?? null);
    return tops.every((top) => top === null) ? null : new Auditor(climb, tops);
  }

  private constructor(climb: ClimbParts, tops: readonly (AskedQuestion | null)[]) {
    this.#tops = tops;
    this.#climber = new Climber({ ...climb, questions: tops.flatMap((top) => top ?? []), zero: null });
  }

  /** @param told what is told of the frame, by question; `null`: nothing is, so nothing is asked */
  async ask(frame: Arrival, limitMs: number | null, told: readonly (Answered | null)[]): Promise<TopAnswers> {
    const own = this.#tops.map((top, at) => (top === null ? null : this.#known(top, told[at] ?? null)));
    const asked = this.#tops.map((top, at) => top !== null && (told[at] ?? null) !== null);
    const isKnown = asked.every((isAsked, at) => !isAsked || own[at] !== null);
    if (isKnown) return { answers: own, ran: NONE, decideMs: 0 };
    const given = own.filter((_, at) => this.#tops[at] !== null);
    const { answers, ran, decideMs } = await this.#climber.climb(frame, WHOLE_FRAME, limitMs, { given });
    let next = 0;
    const found = this.#tops.map((top, at) => {
      const result: QuestionResult | undefined = top === null ? undefined : answers[next++];
      return asked[at] && result?.kind === 'answered' ? result : null;
    });
    return { answers: found, ran, decideMs };
  }

  /** An answer that is the top rung's alone needs no second look. */
  #known(top: AskedQuestion, told: Answered | null): Answered | null {
    const [only, ...more] = told?.path ?? [];
    return only !== undefined && more.length === 0 && only.rung === top.policy.rungs[0]?.id ? told : null;
  }
}
