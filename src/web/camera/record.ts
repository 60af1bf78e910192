import { type ClockName, isLabel, type Message } from './wire.ts';

/** What happened within a stretch of time; never of more than one clock state. */
export interface Bin {
  /** Unix times. */
  readonly fromMs: number;
  readonly toMs: number;
  readonly clock: ClockName;
  readonly frames: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly mostMs: number;
  readonly budgetMs: number | null;
  readonly overBudget: number;
  /** Frames that ended on a rung, or on none. */
  readonly endedOn: Readonly<Record<string, number>>;
  readonly stops: Readonly<Record<string, number>>;
  readonly audits: number;
  readonly agreed: number;
}

interface OpenBin {
  fromMs: number;
  clock: ClockName;
  spent: number[];
  budgetMs: number | null;
  overBudget: number;
  endedOn: Record<string, number>;
  stops: Record<string, number>;
  audits: number;
  agreed: number;
}

/** However often the clock state changes. */
const MOST = 1_000;

/** In place of a rung, where a frame needed none: its answer is the one before. */
export const NO_RUNG = 'none';

/**
 * The last minutes of a camera in stretches of equal length, from its labels. A stretch also ends where the clock state changes:
 * times at different clocks are never put together.
 */
export class Recorder {
  readonly #binMs: number;
  readonly #keepMs: number;
  readonly #closed: Bin[] = [];
  #open: OpenBin | null = null;
  #newestSeq = 0;

  constructor(binMs = 10_000, keepMs = 15 * 60_000) {
    [this.#binMs, this.#keepMs] = [binMs, keepMs];
  }

  /** Takes a label; what is no label, or was taken before, is passed over. */
  add(message: Message): void {
    if (!isLabel(message) || message.seq <= this.#newestSeq) return;
    this.#newestSeq = message.seq;
    const { decidedAtMs, spentMs, budgetMs, path, stop, audit, clock } = message;
    const open = this.#openAt(decidedAtMs, clock.state);
    open.spent.push(spentMs);
    open.budgetMs = budgetMs;
    if (budgetMs !== null && spentMs > budgetMs) open.overBudget++;
    const rung = path.at(-1)?.rung ?? NO_RUNG;
    open.endedOn[rung] = (open.endedOn[rung] ?? 0) + 1;
    open.stops[stop] = (open.stops[stop] ?? 0) + 1;
    if (audit === undefined) return;
    open.audits++;
    if (audit.agrees) open.agreed++;
  }

  /** Oldest first, the one under way among them. */
  bins(nowMs: number): Bin[] {
    const oldest = nowMs - this.#keepMs;
    while ((this.#closed[0]?.toMs ?? Infinity) < oldest) this.#closed.shift();
    return this.#open === null ? [...this.#closed] : [...this.#closed, this.#close(this.#open)];
  }

  #openAt(atMs: number, clock: ClockName): OpenBin {
    const fromMs = Math.floor(atMs / this.#binMs) * this.#binMs;
    const open = this.#open;
    // A label that comes late, or a clock that was set back, still counts to the stretch under way.
    if (open !== null && fromMs <= open.fromMs && clock === open.clock) return open;
    if (open !== null) this.#closed.push(this.#close(open));
    if (this.#closed.length > MOST) this.#closed.shift();
    const isCut = open !== null && fromMs <= open.fromMs;
    const made = {
      fromMs: isCut ? atMs : fromMs,
      clock,
      spent: [],
      budgetMs: null,
      overBudget: 0,
      endedOn: {},
      stops: {},
      audits: 0,
      agreed: 0,
    };
    this.#open = made;
    return made;
  }

  #close({ spent, ...open }: OpenBin): Bin {
    const sorted = [...spent].sort((a, b) => a - b);
    return {
      ...open,
      toMs: open.fromMs + this.#binMs,
      endedOn: { ...open.endedOn },
      stops: { ...open.stops },
      frames: sorted.length,
      p50Ms: quantile(sorted, 0.5),
      p95Ms: quantile(sorted, 0.95),
      mostMs: sorted.at(-1) ?? 0,
    };
  }
}

/** The smallest value that at least a share of them does not exceed (nearest rank). @param sorted ascending, not empty */
export function quantile(sorted: readonly number[], ratio: number): number {
  return sorted[Math.max(0, Math.ceil(ratio * sorted.length) - 1)] ?? Number.NaN;
}
