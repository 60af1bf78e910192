import { type Frame, WHOLE_FRAME } from '../types.ts';
import type { Answered, QuestionResult, RungRun } from './asking.ts';
import { Auditor, climbMs } from './audit.ts';
import { type SceneChange, SceneChanges } from './changes.ts';
import { type Arrival, Climber, type ClimbParts, type ClimbResult, sooner } from './climb.ts';
import { SceneMemory } from './memory.ts';
import { type AskedQuestion, inGear } from './question.ts';
import { type AuditTold, auditOf, isSame, QuestionReuse, type ReuseParts, type ReuseState } from './reuse.ts';

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
  /** By question, as it was asked: of an answer that is told again, when that was given. Valid until the next frame. */
  readonly asked: readonly AskedQuestion[];
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
const NO_TROUBLES: readonly string[] = [];
const DRIFT: readonly string[] = ['drift'];
const UNPROVEN: readonly string[] = ['unproven'];
const BOTH: readonly string[] = [...DRIFT, ...UNPROVEN];
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
  readonly #changes: SceneChanges;
  readonly #asked: AskedQuestion[];
  /** The frame in hand. */
  #frame: Frame | null = null;
  readonly #raster = (): Uint8Array =>
    this.climber.small(this.#parts.picture(this.#frame as Frame), WHOLE_FRAME).pixels;

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
    this.#changes = new SceneChanges(ofReuse ?? null, ofMemory ?? null);
    this.#asked = [...climb.questions];
    this.#auditor = (reuse?.audits?.auditRatio ?? 0) === 0 ? null : Auditor.of(climb);
  }

  /** @param gear 0: as configured; each further one is cheaper */
  async answer(frame: Frame, gear: number): Promise<AnsweredFrame> {
    const { climb, reuse } = this.#parts;
    const begunMs = climb.clock.monotonicMs();
    this.#frame = frame;
    if (this.#changes.compare(frame, this.#raster)) for (const one of this.#reuses) one?.forget();
    const score = this.#changes.ofReuse;
    this.#tellAgain(frame, score, gear, begunMs);
    const compareMs = climb.clock.monotonicMs() - begunMs;
    const climbed = await this.#climb(frame, gear, this.#given);
    for (const [at, one] of this.#reuses.entries()) {
      const result = climbed.answers[at];
      if (result?.kind === 'answered' && this.#given[at] === null) one?.compare(result, score);
    }
    // Cheaper answers than the configured ones differ from the top rung's for want of time, of which an audit would leave less.
    const share = gear > 0 ? 0 : this.#auditShare();
    const isAudited = share > 0 && (reuse?.random() ?? 1) < share;
    const audited = isAudited ? await this.#audit(frame, climbed.answers, score, share) : NOT_AUDITED;
    const answers = isAudited ? climbed.answers.map((result, at) => audited.answers[at] ?? result) : climbed.answers;
    this.#remember(frame, answers, gear, score);
    return {
      answers,
      asked: this.#asked,
      ran: audited.ran.length === 0 ? climbed.ran : [...climbed.ran, ...audited.ran],
      decideMs: compareMs + climbed.decideMs + audited.decideMs,
      compareMs,
      audits: audited.audits,
      troubles: this.#troubles(),
    };
  }

  /** Asks the questions to which no answer is given. */
  async #climb(frame: Frame, gear: number, given: readonly (Answered | null)[]): Promise<ClimbResult> {
    if (isAll(given)) return { answers: [...given], ran: NONE, decideMs: 0 };
    const { picture, budgetMs } = this.#parts;
    return await this.climber.climb(picture(frame), WHOLE_FRAME, budgetMs, {
      gear,
      given,
      strict: this.#strict,
      recollections: this.#memory.recall(frame.ptsSeconds, this.#changes.ofMemory),
    });
  }

  #tellAgain(frame: Frame, score: number, gear: number, nowMs: number): void {
    const { climb } = this.#parts;
    const limitMs = this.#limitMs();
    const spentMs = climb.clock.monotonicMs() - frame.arrivedMs;
    for (const [at, one] of this.#reuses.entries()) {
      one?.pass(nowMs, limitMs);
      const again = one?.again(frame, score, gear, spentMs) ?? null;
      this.#given[at] = again;
      this.#strict[at] = one?.hasDrifted ?? false;
      const question = climb.questions[at];
      if (question !== undefined) this.#asked[at] = inGear(question, again === null ? gear : (one?.gear ?? gear));
    }
  }

  /** What an answer to the frame in hand may take; `null`: no limit. */
  #limitMs(): number | null {
    return sooner(this.#parts.budgetMs, this.#parts.climb.limit?.ms ?? null);
  }

  /** The top rung is asked all questions of a frame at once: the most audited of them decides how often. */
  #auditShare(): number {
    let share = 0;
    if (this.#auditor === null) return share;
    for (const [at, one] of this.#reuses.entries())
      share = Math.max(share, one?.auditShare(this.#given[at] !== null) ?? 0);
    return share;
  }

  async #audit(frame: Frame, results: readonly QuestionResult[], score: number, share: number): Promise<Audited> {
    const { climb, budgetMs, picture } = this.#parts;
    const told = results.map((result, at) => (result.kind === 'answered' && this.#reuses[at] ? result : null));
    const top = (await this.#auditor?.ask(picture(frame), budgetMs, told)) ?? NOT_AUDITED;
    const ran: RungRun[] = [...top.ran];
    let { decideMs } = top;
    const limitMs = this.#limitMs();
    const leftMs = limitMs === null ? Infinity : limitMs - (climb.clock.monotonicMs() - frame.arrivedMs);
    // Whether it counts is settled before it is known what it says, or what agrees would count more often.
    const counts = told.map((_, at) => this.#given[at] !== null && climbMs(this.#asked[at] as AskedQuestion) <= leftMs);
    // Where the climb says what was told again, reusing it is not to blame.
    const isDoubtful = told.map((answer, at) => {
      const found = top.answers[at] ?? null;
      return counts[at] === true && answer !== null && found !== null && !isSame(answer, found);
    });
    let again: readonly QuestionResult[] = NONE;
    if (isDoubtful.includes(true)) {
      const given = results.map((result, at) => (isDoubtful[at] || result.kind !== 'answered' ? null : result));
      const climbed = await this.#climb(frame, 0, given);
      again = climbed.answers;
      ran.push(...climbed.ran);
      decideMs += climbed.decideMs;
    }
    const nowMs = climb.clock.monotonicMs();
    const audits: AuditTold[] = [];
    const answers = told.map((answer, at) => {
      const found = top.answers[at] ?? null;
      const one = this.#reuses[at] ?? null;
      if (answer === null || found === null || one === null) return null;
      const isReused = this.#given[at] !== null;
      const audit = auditOf(answer, found);
      const isRight = audit.agrees || climbAgrees(answer, again[at]);
      if (counts[at] === true && isRight !== null) one.audited(score, isRight);
      one.agree(audit.agrees, share, nowMs);
      audits.push({ question: one.question, of: isReused ? 'reused' : 'fresh', agrees: audit.agrees });
      const spentMs = nowMs - frame.arrivedMs;
      return isReused ? { ...found, stop: 'top' as const, audit, spentMs } : { ...answer, audit, spentMs };
    });
    return { answers, audits, ran, decideMs };
  }

  /** A frame that a question was asked about is what later ones are compared with, for all questions. */
  #remember(frame: Frame, answers: readonly QuestionResult[], gear: number, score: number): void {
    let isAnyNew = false;
    for (const [at, result] of answers.entries()) {
      const isKept = (this.#reuses[at] ?? null) !== null || this.#memory.remembers(at);
      isAnyNew ||= isKept && newOf(result) !== null;
    }
    if (!isAnyNew) return;
    this.#changes.keep();
    this.#memory.take(frame.ptsSeconds, answers.map(newOf), this.#changes.ofMemory);
    for (const [at, one] of this.#reuses.entries()) {
      const result = newOf(answers[at]);
      if (result === null) one?.carry(score);
      // What was told again and is new all the same is the top rung's.
      else one?.keep(result, frame, gear, this.#given[at] !== null);
    }
  }

  #troubles(): readonly string[] {
    let isUnproven = false;
    let hasDrifted = false;
    for (const one of this.#reuses) {
      isUnproven ||= one?.isUnproven ?? false;
      hasDrifted ||= one?.hasDrifted ?? false;
    }
    if (hasDrifted) return isUnproven ? BOTH : DRIFT;
    return isUnproven ? UNPROVEN : NO_TROUBLES;
  }
}

function isAll(given: readonly (Answered | null)[]): given is readonly Answered[] {
  return !given.includes(null);
}

/** An answer that this frame itself was given. */
function newOf(result: QuestionResult | undefined): Answered | null {
  return result?.kind === 'answered' && result.reusedAgeMs === undefined ? result : null;
}

/** Whether the climb says of a frame what was told; `null` where it said nothing, or might have said another thing with more time. */
function climbAgrees(told: Answered, climbed: QuestionResult | undefined): boolean | null {
  if (climbed?.kind !== 'answered' || climbed.stop === 'budget') return null;
  return isSame(climbed, told);
}
