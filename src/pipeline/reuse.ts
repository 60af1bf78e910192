import { Agreement, hasDrifted } from '../cascade/agreement.ts';
import { ReuseControl } from '../cascade/reuse.ts';
import type { Frame, Label } from '../types.ts';
import type { Answered } from './asking.ts';
import type { AskedQuestion } from './question.ts';

/** What is asked to see whether answers are rightly told again, and given at all. */
export interface AuditSettings {
  /** Share of reused answers whose frames are asked of the top rung all the same; 0: none. */
  readonly auditRatio: number;
  /** Share of reused answers that may be other than what their frames would have been answered. */
  readonly targetDisagreement: number;
  /** Answers that agree with the top rung's more seldom than this have drifted. */
  readonly driftFloor: number;
}

/** Says how much a frame differs from the one that was asked last. */
export interface SceneChange {
  /** @param raster gives the small raster, `uint8 [48][48][3]` @returns 0: not at all; `Infinity` where nothing can be compared */
  score(frame: Frame, raster: () => Uint8Array): number;
  /** The frame that was scored last is what later ones are compared with. */
  keep(): void;
  /** Nothing is to be compared with what was before. */
  reset(): void;
}

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
  /** Difference of the scene up to which the last answer is told again; 0: it never is. */
  readonly threshold: number;
  readonly isProven: boolean;
  /** How often what is told is what the top rung says, 0..1; `null` until enough audits are in. */
  readonly agreement: number | null;
  readonly hasDrifted: boolean;
}

/** An answer with the frame that it was given to. */
interface Kept {
  readonly answer: Answered;
  readonly gear: number;
  readonly ptsSeconds: number;
  readonly arrivedMs: number;
  /** What that frame differs from the one that all are compared with. */
  carried: number;
}

/** Without a threshold that was fitted, more is audited until the one in use is proven. */
const UNFITTED_AUDITS = 5;
/** What is classified anyway is audited less often than what is reused: it errs less. */
const FRESH_AUDITS = 1 / 4;

/** Where nothing is audited, the target moves nothing. */
const UNAUDITED = { auditRatio: 0, targetDisagreement: 1, driftFloor: 0 };

/** One question's last answer: when it may be told again, and what audits say of that. */
export class QuestionReuse implements ReuseState {
  readonly #question: AskedQuestion;
  readonly #parts: ReuseParts;
  readonly #settings: AuditSettings;
  readonly #control: ReuseControl;
  readonly #agreement = new Agreement();
  readonly #probabilities: Float64Array;
  #kept: Kept | null = null;
  #hasDrifted = false;

  constructor(question: AskedQuestion, parts: ReuseParts) {
    this.#question = question;
    this.#parts = parts;
    this.#settings = parts.audits ?? UNAUDITED;
    const { targetDisagreement } = this.#settings;
    const fitted = parts.threshold ?? question.reuseThreshold ?? null;
    this.#control = new ReuseControl({ targetDisagreement, fitted });
    this.#probabilities = new Float64Array(question.classes.length);
  }

  get question(): string {
    return this.#question.id;
  }

  get threshold(): number {
    return this.#hasDrifted ? 0 : this.#control.threshold;
  }

  get isProven(): boolean {
    return this.#control.isProven;
  }

  get agreement(): number | null {
    return this.#agreement.ratio;
  }

  get hasDrifted(): boolean {
    return this.#hasDrifted;
  }

  /**
   * The last answer, where it holds for a frame too. One that was given in a cheaper gear does not: it may be better by now.
   *
   * @param score how much the frame differs from the one that all are compared with
   */
  again(
    frame: Frame,
    at: { readonly score: number; readonly gear: number; readonly spentMs: number },
  ): Answered | null {
    const kept = this.#kept;
    if (kept === null || this.#hasDrifted || kept.gear > at.gear) return null;
    const { maxReuseMs, stop } = this.#parts;
    const reusedAgeMs = (frame.ptsSeconds - kept.ptsSeconds) * 1000;
    // By both clocks: a camera's own may creep.
    const isYoung = reusedAgeMs >= 0 && Math.max(reusedAgeMs, frame.arrivedMs - kept.arrivedMs) < maxReuseMs;
    if (!isYoung || !this.#control.reuses(kept.carried + at.score)) return null;
    return { ...kept.answer, stop, path: [], spentMs: at.spentMs, reusedAgeMs };
  }

  /** Share of frames that are audited, of those that are reused or of the others. */
  auditShare(isReused: boolean): number {
    const { auditRatio } = this.#settings;
    if (this.#question.top === undefined) return 0;
    if (!isReused) return this.#hasDrifted ? auditRatio : auditRatio * FRESH_AUDITS;
    const isNew = !this.#control.isFitted && !this.#control.isProven;
    return isNew ? Math.min(1, auditRatio * UNFITTED_AUDITS) : auditRatio;
  }

  /** Compares a new answer with the last one, where there is one, as if that had been told for the frame. */
  compare(answer: Answered, score: number): void {
    if (this.#kept !== null) this.#observe(score, isSame(answer, this.#kept.answer), false);
  }

  /** Takes note of an audited frame whose last answer was told again. @param isRight unless reusing it is to blame for what differs */
  audited(score: number, isRight: boolean): void {
    this.#observe(score, isRight, true);
  }

  /** Counts what was told against what the top rung says. @param share of such frames that is audited */
  agree(agrees: boolean, share: number): void {
    const { auditRatio, driftFloor } = this.#settings;
    const before = this.#hasDrifted;
    this.#agreement.add(agrees, auditRatio / share);
    this.#hasDrifted = hasDrifted(this.#agreement, driftFloor, before);
    if (this.#hasDrifted === before) return;
    const percent = `${((this.agreement ?? 0) * 100).toFixed(1)} %`;
    this.#parts.onNotice(
      this.#hasDrifted
        ? `question "${this.question}": what is told agrees with the top rung on ${percent} of the audited frames, under ${driftFloor * 100} %: it is asked anew for every frame, and climbs more; train the premodel on footage of this camera (\`weir train --footage\`), or teach it with newer frames (\`weir teach\`)`
        : `question "${this.question}": what is told agrees with the top rung on ${percent} of the audited frames again`,
    );
  }

  #observe(score: number, isRight: boolean, isAudit: boolean): void {
    if (this.#parts.audits === null || this.#kept === null) return;
    this.#control.observe(this.#kept.carried + score, isRight, isAudit);
  }

  /** Keeps the answer to a frame that all later ones will be compared with. */
  keep(answer: Answered, { ptsSeconds, arrivedMs }: Frame, gear: number): void {
    this.#probabilities.set(answer.probabilities);
    const { audit: _, ...own } = answer;
    this.#kept = {
      answer: { ...own, probabilities: this.#probabilities },
      gear,
      ptsSeconds,
      arrivedMs,
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

/** Whether two answers say the same. */
export function isSame(one: Answered, other: Answered): boolean {
  return one.top[0]?.classId === other.top[0]?.classId;
}

/** How a label tells of its audit. */
export function auditOf(told: Answered, top: Answered): NonNullable<Label['audit']> {
  const [best] = top.top;
  return { label: best?.label ?? null, classId: best?.classId ?? null, agrees: isSame(told, top) };
}
