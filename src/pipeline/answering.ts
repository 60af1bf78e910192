import { type Frame, WHOLE_FRAME } from '../types.ts';
import type { Answered, QuestionResult, RungRun } from './asking.ts';
import { Auditor } from './audit.ts';
import { type Arrival, Climber, type ClimbParts, type ClimbResult } from './climb.ts';
import { SceneMemory } from './memory.ts';
import {
  type AuditTold,
  auditOf,
  isSame,
  QuestionReuse,
  type ReuseParts,
  type ReuseState,
  type SceneChange,
} from './reuse.ts';

export interface AnsweringParts {
  readonly climb: ClimbParts;
  readonly budgetMs: number | null;
  /** A frame as it is asked; the same for the same frame. */
  readonly picture: (frame: Frame) => Arrival;
  /** `null`: every frame is asked. */
  readonly reuse: ReuseParts | null;
  /** By what it is told whether what is remembered still holds, be it what reuse goes by or another; left out: nothing is remembered. */
  readonly difference?: SceneChange | null;
}

export interface AnsweredFrame extends ClimbResult {
  readonly audits: readonly AuditTold[];
  /** Names of what makes the answers doubtful. */
  readonly troubles: readonly string[];
  /** Spent on comparing the frame with the one that was asked last; part of `decideMs`. */
  readonly compareMs: number;
}

/** What came of an audit. */
interface Audited extends Pick<AnsweredFrame, 'audits' | 'ran' | 'decideMs'> {
  /** What is told in place of the climb's answer, by question; `null`: that. */
  readonly answers: readonly (Answered | null)[];
}

const NONE: readonly never[] = [];
const NOT_AUDITED: Audited = { answers: NONE, audits: NONE, ran: NONE, decideMs: 0 };

/**
 * Answers the questions about whole frames: again with the last answer where the scene is unchanged, by a climb where it is not, and
 * now and then by the top rung too, to see whether what is told is right. One frame at a time.
 */
export class Answering {
  readonly climber: Climber;
  /** What is known of each question whose answers may be told again; always the same list. */
  readonly states: readonly ReuseState[];
  readonly #parts: AnsweringParts;
  /** By question; `null`: it is asked anew for every frame. */
  readonly #reuses: readonly (QuestionReuse | null)[];
  readonly #given: (Answered | null)[];
  readonly #strict: boolean[];
  readonly #auditor: Auditor | null;
  readonly #memory: SceneMemory;
  /** What frames are compared by. */
  readonly #changes: readonly SceneChange[];
  /** How much the frame in hand differs, as memory sees it. */
  #difference = Infinity;
  /** Stream and size of the last frame. */
  #stream = Number.NaN;
  #width = 0;
  #height = 0;

  constructor(parts: AnsweringParts) {
    const { climb, reuse } = parts;
    this.#parts = parts;
    this.climber = new Climber(climb);
    this.#reuses = climb.questions.map((question) =>
      reuse === null || (question.policy.mode === 'fixed' && reuse.stop === 'unchanged')
        ? null
        : new QuestionReuse(question, reuse),
    );
    this.states = this.#reuses.flatMap((one) => one ?? []);
    this.#given = climb.questions.map(() => null);
    this.#strict = climb.questions.map(() => false);
    this.#memory = new SceneMemory(parts.difference ? climb.questions : NONE);
    const ofMemory = this.#memory.isNeeded ? parts.difference : null;
    const ofReuse = this.states.length > 0 ? reuse?.change : null;
    this.#changes = [...new Set([ofReuse ?? NONE, ofMemory ?? NONE].flat())];
    this.#auditor = (reuse?.audits?.auditRatio ?? 0) === 0 ? null : Auditor.of(climb);
  }

  /** @param gear 0: as configured; each further one is cheaper */
  async answer(frame: Frame, gear: number): Promise<AnsweredFrame> {
    const { climb, reuse } = this.#parts;
    const begunMs = climb.clock.monotonicMs();
    const score = this.#compare(frame);
    this.#tellAgain(frame, score, gear);
    const compareMs = climb.clock.monotonicMs() - begunMs;
    const climbed = await this.#climb(frame, gear, this.#given);
    for (const [at, result] of climbed.answers.entries())
      if (result.kind === 'answered' && this.#given[at] === null) this.#reuses[at]?.compare(result, score);
    const share = this.#auditShare();
    const isAudited = share > 0 && (reuse?.random() ?? 1) < share;
    const audited = isAudited ? await this.#audit(frame, climbed.answers, { gear, score, share }) : NOT_AUDITED;
    const answers = climbed.answers.map((result, at) => audited.answers[at] ?? result);
    this.#remember(frame, answers, gear, score);
    return {
      answers,
      ran: audited.ran.length === 0 ? climbed.ran : [...climbed.ran, ...audited.ran],
      decideMs: compareMs + climbed.decideMs + audited.decideMs,
      compareMs,
      audits: audited.audits,
      troubles: this.#troubles(answers),
    };
  }

  /** How much a frame differs from the one that was asked last; one of another stream or size is not compared. */
  #compare(frame: Frame): number {
    const { reuse, picture, difference } = this.#parts;
    if (this.#changes.length === 0) return Infinity;
    const { stream, width, height } = frame;
    if (stream !== this.#stream || width !== this.#width || height !== this.#height) {
      for (const one of this.#reuses) one?.forget();
      for (const change of this.#changes) change.reset();
    }
    this.#stream = stream;
    this.#width = width;
    this.#height = height;
    const raster = () => this.climber.small(picture(frame), WHOLE_FRAME).pixels;
    const scores = this.#changes.map((change) => change.score(frame, raster));
    const of = (change: SceneChange | null | undefined) =>
      scores[change ? this.#changes.indexOf(change) : -1] ?? Infinity;
    this.#difference = of(difference);
    return of(reuse?.change);
  }

  /** Asks the questions to which no answer is given. */
  async #climb(frame: Frame, gear: number, given: readonly (Answered | null)[]): Promise<ClimbResult> {
    const known = given.flatMap((answer) => answer ?? []);
    if (known.length === given.length) return { answers: known, ran: NONE, decideMs: 0 };
    const { picture, budgetMs } = this.#parts;
    return await this.climber.climb(picture(frame), WHOLE_FRAME, budgetMs, {
      gear,
      given,
      strict: this.#strict,
      recollections: this.#memory.recall(frame.ptsSeconds, this.#difference),
    });
  }

  #tellAgain(frame: Frame, score: number, gear: number): void {
    const spentMs = this.#parts.climb.clock.monotonicMs() - frame.arrivedMs;
    for (const [at, one] of this.#reuses.entries()) {
      this.#given[at] = one?.again(frame, { score, gear, spentMs }) ?? null;
      this.#strict[at] = one?.hasDrifted ?? false;
    }
  }

  /** The top rung is asked all questions of a frame at once: the most audited of them decides how often. */
  #auditShare(): number {
    let share = 0;
    if (this.#auditor === null) return share;
    for (const [at, one] of this.#reuses.entries())
      share = Math.max(share, one?.auditShare(this.#given[at] !== null) ?? 0);
    return share;
  }

  async #audit(
    frame: Frame,
    results: readonly QuestionResult[],
    { gear, score, share }: { readonly gear: number; readonly score: number; readonly share: number },
  ): Promise<Audited> {
    const { climb, budgetMs, picture } = this.#parts;
    const told = results.map((result, at) => (result.kind === 'answered' && this.#reuses[at] ? result : null));
    const top = (await this.#auditor?.ask(picture(frame), budgetMs, told)) ?? NOT_AUDITED;
    const ran: RungRun[] = [...top.ran];
    let { decideMs } = top;
    // Where the climb says what was told again, reusing it is not to blame.
    const isDoubtful = told.map((answer, at) => {
      const found = top.answers[at] ?? null;
      return answer !== null && found !== null && this.#given[at] !== null && !isSame(answer, found);
    });
    let again: readonly QuestionResult[] = NONE;
    if (isDoubtful.includes(true)) {
      const given = results.map((result, at) => (isDoubtful[at] || result.kind !== 'answered' ? null : result));
      const climbed = await this.#climb(frame, gear, given);
      again = climbed.answers;
      ran.push(...climbed.ran);
      decideMs += climbed.decideMs;
    }
    const audits: AuditTold[] = [];
    const answers = told.map((answer, at) => {
      const found = top.answers[at] ?? null;
      const one = this.#reuses[at] ?? null;
      if (answer === null || found === null || one === null) return null;
      const isReused = this.#given[at] !== null;
      const audit = auditOf(answer, found);
      const other = again[at];
      const isRight = audit.agrees || (other?.kind === 'answered' && isSame(other, answer));
      if (isReused) one.audited(score, isRight);
      one.agree(audit.agrees, share);
      audits.push({ question: one.question, of: isReused ? 'reused' : 'fresh', agrees: audit.agrees });
      const spentMs = climb.clock.monotonicMs() - frame.arrivedMs;
      return isReused ? { ...found, stop: 'top' as const, audit, spentMs } : { ...answer, audit, spentMs };
    });
    return { answers, audits, ran, decideMs };
  }

  /** A frame that a question was asked about is what later ones are compared with, for all questions. */
  #remember(frame: Frame, answers: readonly QuestionResult[], gear: number, score: number): void {
    const isNew = (at: number) => {
      const result = answers[at];
      return result?.kind === 'answered' && result.reusedAgeMs === undefined ? result : null;
    };
    const isKept = (at: number) => (this.#reuses[at] ?? null) !== null || this.#memory.remembers(at);
    if (!answers.some((_, at) => isKept(at) && isNew(at) !== null)) return;
    for (const change of this.#changes) change.keep();
    this.#memory.take(
      frame.ptsSeconds,
      answers.map((_, at) => isNew(at)),
      this.#difference,
    );
    for (const [at, one] of this.#reuses.entries()) {
      const result = isNew(at);
      if (result === null) one?.carry(score);
      else one?.keep(result, frame, gear);
    }
  }

  #troubles(answers: readonly QuestionResult[]): readonly string[] {
    let isUnproven = false;
    let hasDrifted = false;
    for (const [at, one] of this.#reuses.entries()) {
      const result = answers[at];
      const isReused = result?.kind === 'answered' && result.reusedAgeMs !== undefined;
      isUnproven ||= isReused && one !== null && !one.isProven && one.auditShare(true) > 0;
      hasDrifted ||= one?.hasDrifted ?? false;
    }
    if (!isUnproven && !hasDrifted) return NONE;
    return [...(hasDrifted ? ['drift'] : []), ...(isUnproven ? ['unproven'] : [])];
  }
}
