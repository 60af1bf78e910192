import type { CameraStatus } from '../types.ts';
import type { ReuseState } from './reuse.ts';

/** An agreement is told anew when it is off by so much; in hundredths, as it is told. */
const OFF = 0.75;

/** How often answers are the top rung's, as subscribers are told it: in hundredths, and another figure only where it is clearly another. */
export class ToldAgreement {
  /** By question; left out while nothing is known. The same object as long as it says the same. */
  told: Pick<CameraStatus, 'agreement'> = {};
  /** In hundredths. */
  #hundredths: ReadonlyMap<string, number> = new Map();

  take(states: readonly ReuseState[]): void {
    let known = 0;
    let isSame = true;
    for (const { question, agreement } of states) {
      if (agreement === null) continue;
      known++;
      isSame &&= Math.abs((this.#hundredths.get(question) ?? Infinity) - agreement * 100) < OFF;
    }
    if (!isSame || known !== this.#hundredths.size) this.#tell(states);
  }

  #tell(states: readonly ReuseState[]): void {
    const now = new Map<string, number>();
    for (const { question, agreement } of states) {
      if (agreement === null) continue;
      const before = this.#hundredths.get(question) ?? Infinity;
      now.set(question, Math.abs(before - agreement * 100) < OFF ? before : Math.round(agreement * 100));
    }
    this.#hundredths = now;
    const ratios = [...now].map(([question, hundredths]) => [question, hundredths / 100] as const);
    this.told = now.size === 0 ? {} : { agreement: Object.fromEntries(ratios) };
  }
}
