import type { Answered } from './asking.ts';
import { type FrameCost, Gears } from './gears.ts';
import { type AskedQuestion, gearsOf } from './question.ts';
import type { SharedLoad } from './shared-load.ts';
import type { Looked, View } from './view.ts';

/** How a camera gives way where not all frames can be answered. */
export interface GivingWay {
  /** From 1. */
  readonly priority: number;
  readonly load: SharedLoad;
}

/** The gear that a camera's frames are looked at in, and why a frame may have no answer at all. */
export class CameraGears {
  readonly #way: GivingWay | null;
  readonly #budgetMs: number | null;
  #gears: Gears | null = null;
  #lack: string | null = null;

  /** @param way `null`: frames are always looked at as configured */
  constructor(way: GivingWay | null, budgetMs: number | null, view: View) {
    this.#way = way;
    this.#budgetMs = budgetMs;
    this.follow(view);
  }

  get gear(): number {
    return this.#gears?.gear ?? 0;
  }

  /** As subscribers are told it: nothing where there is one gear only. */
  get told(): { readonly gear?: number } {
    return this.#gears === null ? {} : { gear: this.#gears.gear };
  }

  /** Why no frame can be answered in time; `null`: they can. */
  get lack(): string | null {
    return this.#lack;
  }

  /** Another view looks from now on: the gear stays, as far as it has it. */
  follow({ questions }: View): void {
    const gears = gearsOf(questions);
    this.rest();
    const isGiving = this.#way !== null && gears > 1;
    this.#gears = isGiving ? new Gears({ gears, priority: this.#way.priority, gear: this.gear }) : null;
  }

  /** A frame was left out for want of time. */
  lost(nowMs: number): void {
    this.#observe(nowMs, 1, 0, 0);
  }

  /**
   * A frame was looked at: what no rung could be run for is lost, unless no free slot would have helped, as with a region whose share is too
   * small; and what failed says nothing.
   */
  looked({ statements, ran, leftOut }: Looked, nowMs: number): void {
    let isLost = leftOut > 0;
    let isLate = false;
    let lack: string | null = null;
    const waitedMs = ran.reduce((sum, { waitMs }) => sum + waitMs, 0);
    const spentMs = statements.reduce((most, { result }) => {
      return result.kind === 'answered' ? Math.max(most, result.spentMs) : most;
    }, -1);
    for (const { question, result } of statements) {
      if (result.kind === 'answered') isLate ||= isCutByWaiting(question, result, this.#budgetMs);
      if (result.kind !== 'dropped') continue;
      // Of a frame without any answer the time before it was looked at may be another frame's, which a cheaper gear would spare.
      const hadMs = spentMs >= 0 ? (result.leftMs ?? Infinity) + waitedMs : (this.#budgetMs ?? Infinity);
      const ownLack = lackOf(question, Math.min(hadMs, this.#budgetMs ?? Infinity));
      lack ??= ownLack;
      isLost ||= ownLack === null || spentMs < 0;
    }
    if (spentMs >= 0 || lack !== null) this.#lack = lack;
    if (spentMs < 0 && !isLost) return;
    const slack = this.#budgetMs === null ? 1 : 1 - spentMs / this.#budgetMs;
    const lost = isLost ? 1 : isLate ? 0.5 : 0;
    const servedMs = ran.reduce((sum, { serviceMs }) => sum + serviceMs, 0);
    this.#observe(nowMs, lost, slack, servedMs);
  }

  /** It is over, or waits for its source: it takes no part in what cameras will want. */
  rest(): void {
    this.#way?.load.hold(this, 0);
  }

  #observe(nowMs: number, lost: FrameCost['lost'], slackRatio: number, serviceMs: number): void {
    if (this.#gears === null || this.#way === null) return;
    const { load } = this.#way;
    this.#gears.observe({ nowMs, lost, slackRatio, serviceMs }, load.now, load.ifReturned);
    load.hold(this, this.#gears.more);
  }
}

/** Whether a climb ended with a rung that would have been followed by another one if slots had been free. */
function isCutByWaiting({ policy, p95Ms }: AskedQuestion, { stop, path }: Answered, budgetMs: number | null): boolean {
  const last = path.at(-1);
  if (stop !== 'budget' || last === undefined || budgetMs === null) return false;
  const next = policy.rungs.findIndex(({ id }) => id === last.rung) + 1;
  const servedMs = path.reduce((sum, { serviceMs }) => sum + serviceMs, 0);
  return servedMs + (p95Ms()[next] ?? Infinity) <= budgetMs;
}

/** Why none of a question's rungs, in any gear from this one on, could be run in so much time on free slots; `null`: one could. */
function lackOf(question: AskedQuestion, hadMs: number): string | null {
  let leastMs = Infinity;
  let cheapest = 'none';
  for (const { policy, p95Ms, lagMs = () => 0 } of [question, ...(question.cheaper ?? [])]) {
    for (const [rung, ms] of p95Ms().entries()) {
      if (ms - lagMs() >= leastMs) continue;
      leastMs = ms - lagMs();
      cheapest = policy.rungs[rung]?.id ?? String(rung);
    }
  }
  if (leastMs <= hadMs) return null;
  const budget = Number.isInteger(hadMs) ? hadMs : hadMs.toFixed(1);
  return `no rung fits the budget of ${budget} ms for question ${question.id}: the cheapest, ${cheapest}, takes ${leastMs.toFixed(1)} ms; raise budgetMs`;
}
