import { Gears } from './gears.ts';
import { type AskedQuestion, gearsOf } from './question.ts';
import type { Looked, View } from './view.ts';

/** How a camera gives way where not all frames can be answered. */
export interface GivingWay {
  /** From 1. */
  readonly priority: number;
  /** Share of the inference slots that was busy of late. */
  readonly load: () => number;
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
    const isGiving = this.#way !== null && gears > 1;
    this.#gears = isGiving ? new Gears({ gears, priority: this.#way.priority, gear: this.gear }) : null;
  }

  /** A frame was left out for want of time. */
  lost(nowMs: number): void {
    this.#observe(nowMs, true, 0, 0);
  }

  /** A frame was looked at: what no rung could be run for is lost, and what failed says nothing. */
  looked({ statements, ran, leftOut }: Looked, nowMs: number): void {
    let isLost = leftOut > 0;
    let spentMs = -1;
    for (const { question, result } of statements) {
      if (result.kind === 'answered') spentMs = Math.max(spentMs, result.spentMs);
      if (result.kind !== 'dropped') continue;
      isLost = true;
      this.#lack ??= lackOf(question, this.#budgetMs);
    }
    if (spentMs >= 0) this.#lack = null;
    else if (!isLost) return;
    const slack = this.#budgetMs === null ? 1 : 1 - spentMs / this.#budgetMs;
    this.#observe(
      nowMs,
      isLost,
      slack,
      ran.reduce((sum, { serviceMs }) => sum + serviceMs, 0),
    );
  }

  #observe(nowMs: number, isLost: boolean, slackRatio: number, serviceMs: number): void {
    this.#gears?.observe({ nowMs, isLost, slackRatio, serviceMs }, this.#way?.load() ?? 0);
  }
}

function lackOf({ policy, p95Ms, id }: AskedQuestion, budgetMs: number | null): string | null {
  const times = p95Ms();
  const cheapest = [...times.keys()].sort((a, b) => (times[a] ?? 0) - (times[b] ?? 0))[0] ?? 0;
  const leastMs = times[cheapest] ?? Infinity;
  if (budgetMs === null || leastMs <= budgetMs) return null;
  const rung = policy.rungs[cheapest]?.id ?? String(cheapest);
  return `no rung fits the budget of ${budgetMs} ms for question ${id}: the cheapest, ${rung}, takes ${leastMs.toFixed(1)} ms; raise budgetMs`;
}
