import { Agreement, hasDrifted } from '../cascade/agreement.ts';
import type { AuditSettings } from './audit.ts';
import type { AskedQuestion } from './question.ts';

/**
 * Of few classes, taught or groups, nearly all answers are the same on every rung. Of a ladder's own labels many are not, also where the
 * cheaper rung is right: among a thousand there are near synonyms.
 */
const USUAL_FLOOR = { fewClasses: 0.9, ladderLabels: 0.7 } as const;

/** Whether a question's answers are those of the top rung, by audits of the last time; says when that changes. */
export class Drift {
  readonly #question: AskedQuestion;
  readonly #settings: AuditSettings;
  readonly #onNotice: (text: string) => void;
  readonly #agreement = new Agreement();
  readonly #floor: number;
  #hasDrifted = false;

  constructor(question: AskedQuestion, settings: AuditSettings, onNotice: (text: string) => void) {
    this.#question = question;
    this.#settings = settings;
    this.#onNotice = onNotice;
    const usual = question.reader === null ? USUAL_FLOOR.ladderLabels : USUAL_FLOOR.fewClasses;
    this.#floor = settings.driftFloor === 'auto' ? usual : settings.driftFloor;
  }

  /** 0..1; `null` until enough audits of late are in. */
  get agreement(): number | null {
    return this.#agreement.ratio;
  }

  get hasDrifted(): boolean {
    return this.#hasDrifted;
  }

  /** Counts what was told against what the top rung says. @param share of such frames that is audited @param nowMs monotonic */
  add(agrees: boolean, share: number, nowMs: number): void {
    this.#agreement.add(agrees, this.#settings.auditRatio / share, nowMs);
    this.#judge();
  }

  /** Time passes: what was seen long ago tells nothing. */
  pass(nowMs: number): void {
    if (this.#agreement.fade(nowMs) && this.#hasDrifted) this.#judge();
  }

  #judge(): void {
    const before = this.#hasDrifted;
    this.#hasDrifted = hasDrifted(this.#agreement, this.#floor, before);
    if (this.#hasDrifted !== before) this.#onNotice(`question "${this.#question.id}": ${this.#notice()}`);
  }

  #notice(): string {
    const { agreement } = this;
    if (agreement === null)
      return 'too few audits of late tell whether what is told agrees with the top rung: it is asked as configured again';
    const agrees = `what is told agrees with the top rung on ${(agreement * 100).toFixed(1)} % of the audited frames`;
    if (!this.#hasDrifted) return `${agrees} again`;
    const { mode, rungs } = this.#question.policy;
    const climbs =
      mode === 'fixed' || mode === 'select' || rungs.length === 1
        ? `and cannot climb more: ${rungs.length === 1 ? 'one rung answers it' : `mode ${mode} runs one rung`}`
        : 'and climbs more';
    return `${agrees}, under ${this.#floor * 100} %: it is asked anew for every frame, ${climbs}; train the premodel on footage of this camera (\`weir train --footage\`), or teach it with newer frames (\`weir teach\`)`;
  }
}
