import { WHOLE_FRAME } from '../types.ts';
import type { Answered, QuestionResult, RungRun } from './asking.ts';
import { type Arrival, Climber, type ClimbParts } from './climb.ts';
import type { AskedQuestion } from './question.ts';

/** What is asked to see whether answers are rightly told again, and given at all. */
export interface AuditSettings {
  /** Share of reused answers whose frames are asked of the top rung all the same; 0: none. */
  readonly auditRatio: number;
  /** Share of reused answers that may be other than what their frames would have been answered. */
  readonly targetDisagreement: number;
  /** Answers that agree with the top rung's more seldom than this have drifted; `auto`: by what is asked. */
  readonly driftFloor: number | 'auto';
}

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

/** What a budget has time for of an audit: nothing; the top rung; or also a climb, which tells whether reuse is to blame for what differs. */
export type Affordable = 'nothing' | 'top' | 'both';

/** @param limitMs what a frame's answer may take, `null`: no limit */
export function affordable(question: AskedQuestion, limitMs: number | null): Affordable {
  if (limitMs === null) return 'both';
  const leftMs = limitMs - topMs(question);
  return leftMs < 0 ? 'nothing' : leftMs < climbMs(question) ? 'top' : 'both';
}

/** Why not all is affordable, and what to do. */
export function shortfall(question: AskedQuestion, limitMs: number | null): string {
  const remedy = 'raise budgetMs, or switch audits off (reuse: {auditRatio: 0})';
  const top = topMs(question);
  if (affordable(question, limitMs) === 'nothing')
    return `the top rung takes ${top.toFixed(1)} ms and a frame has ${limitMs} ms: nothing is audited, so nobody knows whether answers are rightly told again, or drift; ${remedy}`;
  return `the top rung and a climb take ${(top + climbMs(question)).toFixed(1)} ms and a frame has ${limitMs} ms: audits tell of drift, but not whether answers are rightly told again; ${remedy}`;
}

/** What a climb takes at most. */
export function climbMs({ p95Ms }: AskedQuestion): number {
  let sum = 0;
  for (const ms of p95Ms()) sum += ms;
  return sum;
}

function topMs({ top }: AskedQuestion): number {
  return top?.p95Ms()[0] ?? Infinity;
}
