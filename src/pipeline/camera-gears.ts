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

  /** A frame was looked at: what no rung could be run for is lost, and what failed says nothing. */
  looked({ statements, ran, leftOut }: Looked, nowMs: number): void {
    let isLost = leftOut > 0;
    let isLate = false;
    let spentMs = -1;
    for (const { question, result } of statements) {
      if (result.kind === 'answered') {
        spentMs = Math.max(spentMs, result.spentMs);
        isLate ||= isCutByWaiting(question, result, this.#budgetMs);
      }
      if (result.kind !== 'dropped') continue;
      isLost = true;
      this.#lack ??= lackOf(question, this.#budgetMs);
    }
    if (spentMs >= 0) this.#lack = null;
    else if (!isLost) return;
    const slack = this.#budgetMs === null ? 1 : 1 - spentMs / this.#budgetMs;
    this.#observe(
      nowMs,
      isLost ? 1 : isLate ? 0.5 : 0,
      slack,
      ran.reduce((sum, { serviceMs }) => sum + serviceMs, 0),
    );
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

function lackOf({ policy, p95Ms, id }: AskedQuestion, budgetMs: number | null): string | null {
  const times = p95Ms();
  const cheapest = [...times.keys()].sort((a, b) => (times[a] ?? 0) - (times[b] ?? 0))[0] ?? 0;
  const leastMs = times[cheapest] ?? Infinity;
  if (budgetMs === null || leastMs <= budgetMs) return null;
  const rung = policy.rungs[cheapest]?.id ?? String(cheapest);
  return `no rung fits the budget of ${budgetMs} ms for question ${id}: the cheapest, ${rung}, takes ${leastMs.toFixed(1)} ms; raise budgetMs`;
}
