import { ReuseControl } from '../cascade/reuse.ts';
import { USUAL_DISAGREEMENT } from '../cascade/reuse-prior.ts';
import type { Frame, Label } from '../types.ts';
import type { Answered } from './asking.ts';
import { type Affordable, type AuditSettings, affordable, shortfall } from './audit.ts';
import type { SceneChange } from './changes.ts';
import { Drift } from './drift.ts';
import type { AskedQuestion } from './question.ts';

export type { AuditSettings } from './audit.ts';
export type { SceneChange } from './changes.ts';

export interface ReuseParts {
  readonly change: SceneChange;
  /** Why an answer is told again, as labels say it. */
  readonly stop: 'unchanged' | 'still';
  /** Difference up to which an answer stays, where that is certain; `null`: what a question knows of footage, or a cautious one. */
  readonly threshold: number | null;
  /** An answer is told again for so long. */
  readonly maxReuseMs: number;
  /** `null`: nothing is audited, and thresholds stay as they are. */
  readonly audits: AuditSettings | null;
  /** Numbers in [0, 1) by which frames are chosen to be audited. */
  readonly random: () => number;
  readonly onNotice: (text: string) => void;
}

/** An answer that was held against the top rung's. */
export interface AuditTold {
  readonly question: string;
  readonly of: 'reused' | 'fresh';
  readonly agrees: boolean;
}

/** What is known of a question's reused answers, and of all of them; read when someone asks. */
export interface ReuseState {
  readonly question: string;
  /** Difference of the scene up to which the last answer is told again; 0: it never is; `null` where it is no matter of degree. */
  readonly threshold: number | null;
  readonly isProven: boolean;
  /** How often what is told is what the top rung says, 0..1; `null` until enough audits of late are in. */
  readonly agreement: number | null;
  readonly hasDrifted: boolean;
}

/** An answer with the frame that it was given to. */
interface Kept {
  readonly answer: Answered;
  readonly gear: number;
  readonly ptsSeconds: number;
  readonly arrivedMs: number;
  /** It is the top rung's to a frame whose last answer was told again: a climb may say another, of the same frame. */
  readonly isOfAudit: boolean;
  /** What that frame differs from the one that all are compared with. */
  carried: number;
}

/** Without a threshold that was fitted, more is audited until the one in use is proven. */
const UNFITTED_AUDITS = 5;
/** What is classified anyway is audited less often than what is reused: it errs less. */
const FRESH_AUDITS = 1 / 4;
/** What a budget has time for is looked at so often. */
const AFFORD_EVERY_MS = 10_000;

const NONE: readonly never[] = [];
/** Where nothing is audited, the target moves nothing. */
const UNAUDITED = { auditRatio: 0, targetDisagreement: 1, driftFloor: 0 };

/** One question's last answer: when it may be told again, and what audits say of that. */
export class QuestionReuse implements ReuseState {
  readonly #question: AskedQuestion;
  readonly #parts: ReuseParts;
  readonly #settings: AuditSettings;
  readonly #control: ReuseControl;
  readonly #drift: Drift;
  readonly #probabilities: Float64Array;
  #kept: Kept | null = null;
  #affordable: Affordable = 'both';
  #affordedMs = -Infinity;
  #isShortTold = false;

  constructor(question: AskedQuestion, parts: ReuseParts) {
    this.#question = question;
    this.#parts = parts;
    this.#settings = parts.audits ?? UNAUDITED;
    const { targetDisagreement } = this.#settings;
    const fitted = parts.threshold ?? startOf(question, targetDisagreement);
    this.#drift = new Drift(question, this.#settings, parts.onNotice);
    this.#control = new ReuseControl({ targetDisagreement, fitted });
    this.#probabilities = new Float64Array(question.classes.length);
  }

  get question(): string {
    return this.#question.id;
  }

  get threshold(): number | null {
    if (this.#parts.stop === 'still') return null;
    return this.hasDrifted ? 0 : this.#control.threshold;
  }

  get isProven(): boolean {
    return this.#control.isProven;
  }

  /** Whether answers may be told again though audits have yet to show that this is right, and will. */
  get isUnproven(): boolean {
    if (this.isProven || this.hasDrifted || this.#control.threshold === 0) return false;
    return this.auditShare(true) > 0 && this.#affordable === 'both';
  }

  get agreement(): number | null {
    return this.#drift.agreement;
  }

  get hasDrifted(): boolean {
    return this.#drift.hasDrifted;
  }

  /** The gear in which the last answer was given. */
  get gear(): number {
    return this.#kept?.gear ?? 0;
  }

  /** Time passes. @param nowMs monotonic @param limitMs what a frame's answer may take; `null`: no limit */
  pass(nowMs: number, limitMs: number | null): void {
    this.#drift.pass(nowMs);
    if (nowMs - this.#affordedMs < AFFORD_EVERY_MS || this.auditShare(true) === 0) return;
    this.#affordedMs = nowMs;
    this.#affordable = affordable(this.#question, limitMs);
    if (this.#affordable === 'both' || this.#isShortTold) return;
    this.#isShortTold = true;
    this.#parts.onNotice(`question "${this.question}": ${shortfall(this.#question, limitMs)}`);
  }

  /**
   * The last answer, where it holds for a frame too. One that was given in a cheaper gear does not: it may be better by now.
   *
   * @param score how much the frame differs from the one that all are compared with
   */
  again(frame: Frame, score: number, gear: number, spentMs: number): Answered | null {
    const kept = this.#kept;
    if (kept === null || this.hasDrifted || kept.gear > gear) return null;
    const { maxReuseMs, stop } = this.#parts;
    const reusedAgeMs = (frame.ptsSeconds - kept.ptsSeconds) * 1000;
    // By both clocks: a camera's own may creep.
    const isYoung = reusedAgeMs >= 0 && Math.max(reusedAgeMs, frame.arrivedMs - kept.arrivedMs) < maxReuseMs;
    if (!isYoung || !this.#control.reuses(kept.carried + score)) return null;
    return { ...kept.answer, stop, path: NONE, spentMs, reusedAgeMs };
  }

  /** Share of frames that are audited, of those that are reused or of the others. */
  auditShare(isReused: boolean): number {
    const { auditRatio } = this.#settings;
    if (this.#question.top === undefined) return 0;
    if (!isReused) return this.hasDrifted ? auditRatio : auditRatio * FRESH_AUDITS;
    const isNew = !this.#control.isFitted && !this.#control.isProven;
    return isNew ? Math.min(1, auditRatio * UNFITTED_AUDITS) : auditRatio;
  }

  /** Compares a new answer with the last one, where there is one, as if that had been told for the frame. */
  compare(answer: Answered, score: number): void {
    const kept = this.#kept;
    // What sets a climb's answer apart from the top rung's is no fault of telling it again.
    if (kept !== null && !kept.isOfAudit) this.#observe(score, isSame(answer, kept.answer), false);
  }

  /** Takes note of an audited frame whose last answer was told again. @param isRight unless reusing it is to blame for what differs */
  audited(score: number, isRight: boolean): void {
    this.#observe(score, isRight, true);
  }

  /** Counts what was told against what the top rung says. @param share of such frames that is audited @param nowMs monotonic */
  agree(agrees: boolean, share: number, nowMs: number): void {
    this.#drift.add(agrees, share, nowMs);
  }

  #observe(score: number, isRight: boolean, isAudit: boolean): void {
    if (this.#parts.audits === null || this.#kept === null) return;
    this.#control.observe(this.#kept.carried + score, isRight, isAudit);
  }

  /** Keeps the answer to a frame that all later ones will be compared with. @param isOfAudit where it is the top rung's instead of the climb's */
  keep(answer: Answered, { ptsSeconds, arrivedMs }: Frame, gear: number, isOfAudit: boolean): void {
    this.#probabilities.set(answer.probabilities);
    const { audit: _, ...own } = answer;
    this.#kept = {
      answer: { ...own, probabilities: this.#probabilities },
      gear,
      ptsSeconds,
      arrivedMs,
      isOfAudit,
      carried: 0,
    };
  }

  /** From now on frames are compared with another one, that differs from the one before by so much. */
  carry(score: number): void {
    if (this.#kept !== null) this.#kept.carried += score;
  }

  forget(): void {
    this.#kept = null;
  }
}

/** Where footage has put a threshold; lower for who bears less than it was fitted for, as the prior says of disagreement. */
function startOf({ reuseThreshold }: AskedQuestion, targetDisagreement: number): number | null {
  return reuseThreshold === undefined ? null : reuseThreshold * Math.min(1, targetDisagreement / USUAL_DISAGREEMENT);
}

/** Whether two answers say the same. */
export function isSame(one: Answered, other: Answered): boolean {
  return one.top[0]?.classId === other.top[0]?.classId;
}

/** How a label tells of its audit. */
export function auditOf(told: Answered, top: Answered): NonNullable<Label['audit']> {
  const [best] = top.top;
  return { label: best?.label ?? null, classId: best?.classId ?? null, agrees: isSame(told, top) };
}
