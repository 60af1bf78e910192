import { firstMeeting, type ModeName, meets, NO_LIMIT, step } from '../cascade/step.ts';
import type { Caution, LeastAccept } from './caution.ts';
import type { History } from './histories.ts';
import { CutSearch, NEVER } from './thresholds.ts';

export type FittedMode = Exclude<ModeName, 'fixed'>;

/** What is known, out of fold, of every sample. Rungs are told by position in the ordered subset. */
export interface FitTable {
  readonly count: number;
  /** Of each rung, in runs of the reference. */
  readonly costs: readonly number[];
  /** Of looking at the picture, in runs of the reference. */
  readonly overhead: number;
  right(history: History): Uint8Array;
  /** How likely the answer of a history is right. */
  deferral(history: History): Float64Array;
  /** How likely a rung is right, from image features alone; there is none for the last. */
  readonly entry: readonly Float64Array[];
  /** With caution: climbs enter at the bottom, run through all rungs of the subset, and accept no more readily than this. */
  readonly leastAccept?: LeastAccept;
  /** What that comes of: of some of the samples it comes out otherwise. */
  readonly caution?: Caution;
}

/** A climb: the rungs that it may run, and its thresholds. */
export interface Climb {
  readonly mode: FittedMode;
  /** Ordered. */
  readonly rungs: readonly number[];
  /** Per rung but the last: enter there where it is right with at least this probability. */
  readonly entry: readonly number[];
  /** Per rung but the last: accept an answer that is right with at least this probability. */
  readonly accept: readonly number[];
}

/** What a climb did with every sample. */
export interface ClimbOutcome {
  readonly right: Uint8Array;
  /** In runs of the reference, looking at the picture included. */
  readonly costs: Float64Array;
  /** Positions in the climb's rungs at which it began and ended. */
  readonly began: Uint8Array;
  readonly ended: Uint8Array;
}

/** Plays a climb through over the table, deciding as the daemon does. */
export function runClimb(table: FitTable, { mode, rungs, entry, accept }: Climb): ClimbOutcome {
  const { count } = table;
  const right = new Uint8Array(count);
  const costs = new Float64Array(count);
  const began = new Uint8Array(count);
  const ended = new Uint8Array(count);
  const policy = { mode, rungs: rungs.map((_, at) => ({ threshold: accept[at] ?? 0 })) };
  const state = { entry: 0, last: -1, right: 0 };
  let sample = 0;
  const likely = (at: number) => table.entry[rungs[at] ?? 0]?.[sample] ?? 0;
  for (; sample < count; sample++) {
    let history: History = 0;
    let cost = table.overhead;
    state.entry = mode === 'cascade' ? 0 : firstMeeting(entry, likely);
    state.last = -1;
    state.right = 0;
    for (;;) {
      const decision = step(policy, state, NO_LIMIT);
      if (decision.kind !== 'run') break;
      const { rung } = decision;
      if (history === 0) began[sample] = rung;
      history |= 1 << (rungs[rung] ?? 0);
      cost += table.costs[rungs[rung] ?? 0] ?? 0;
      state.last = rung;
      state.right = table.deferral(history)[sample] ?? 0;
    }
    ended[sample] = state.last;
    right[sample] = table.right(history)[sample] ?? 0;
    costs[sample] = cost;
  }
  return { right, costs, began, ended };
}

const ROUNDS = 4;

/**
 * Finds the thresholds of a climb at which accuracy less `trade` times cost is greatest: one threshold at a time, each over all
 * its values at once, given the others.
 */
export class PointSearch {
  readonly #table: FitTable;
  readonly #cut = new CutSearch();

  constructor(table: FitTable) {
    this.#table = table;
  }

  solve(mode: FittedMode, rungs: readonly number[], trade: number): Climb {
    const free = rungs.length - 1;
    // A cascade begins at the bottom; so does, at first, whatever else climbs.
    const entry: number[] = Array(free).fill(mode === 'select' ? NEVER : 0);
    const accept: number[] = Array(free).fill(mode === 'select' ? 0 : 0.6);
    let before = -Infinity;
    let best: Climb = { mode, rungs, entry: [...entry], accept: [...accept] };
    for (let round = 0; round < ROUNDS; round++) {
      if (mode !== 'select') this.#fitAccept(mode, rungs, entry, accept, trade);
      if (mode !== 'cascade' && (mode === 'select' || this.#table.leastAccept === undefined))
        this.#fitEntry(mode, rungs, entry, accept, trade);
      const climb = { mode, rungs, entry: [...entry], accept: [...accept] };
      const value = worth(runClimb(this.#table, climb), trade);
      if (value <= before + 1e-9) break;
      before = value;
      best = climb;
      if (mode === 'select') break; // nothing else to fit
    }
    return best;
  }

  /** The thresholds of acceptance, from the top down, for samples that reach each rung as things stand. */
  #fitAccept(
    mode: FittedMode,
    rungs: readonly number[],
    entry: readonly number[],
    accept: number[],
    trade: number,
  ): void {
    const table = this.#table;
    const { count } = table;
    const { began, ended } = runClimb(table, { mode, rungs, entry, accept });
    const last = rungs.length - 1;
    const worths = new Float64Array(count);
    const valueAt = (i: number, at: number) => {
      const history = historyOf(rungs, began[i] ?? 0, at);
      return (table.right(history)[i] ?? 0) - trade * costOf(table, rungs, began[i] ?? 0, at);
    };
    for (let i = 0; i < count; i++) worths[i] = valueAt(i, last);
    for (let at = last - 1; at >= 0; at--) {
      this.#cut.reset();
      for (let i = 0; i < count; i++) {
        if ((began[i] ?? 0) > at || (ended[i] ?? 0) < at) continue;
        const likely = table.deferral(historyOf(rungs, began[i] ?? 0, at))[i] ?? 0;
        this.#cut.add(likely, valueAt(i, at) - (worths[i] ?? 0));
      }
      accept[at] = Math.max(this.#cut.best(), table.leastAccept?.(rungs, at) ?? 0);
      for (let i = 0; i < count; i++) {
        if ((began[i] ?? 0) > at) continue;
        const likely = table.deferral(historyOf(rungs, began[i] ?? 0, at))[i] ?? 0;
        if (meets(likely, accept[at] ?? 0)) worths[i] = valueAt(i, at);
      }
    }
  }

  /** The thresholds of entry, from the top down: entering at a rung against entering where the later thresholds say. */
  #fitEntry(
    mode: FittedMode,
    rungs: readonly number[],
    entry: number[],
    accept: readonly number[],
    trade: number,
  ): void {
    const table = this.#table;
    const { count } = table;
    const last = rungs.length - 1;
    const enteringAt = rungs.map((_, at) => {
      const forced = Array.from({ length: last }, (_, other) => (other < at ? NEVER : 0));
      const { right, costs } = runClimb(table, { mode, rungs, entry: forced, accept });
      return Float64Array.from(right, (value, i) => value - trade * (costs[i] ?? 0));
    });
    const worths = Float64Array.from(enteringAt[last] ?? []);
    for (let at = last - 1; at >= 0; at--) {
      const here = enteringAt[at] as Float64Array;
      const likely = table.entry[rungs[at] ?? 0] as Float64Array;
      this.#cut.reset();
      for (let i = 0; i < count; i++) this.#cut.add(likely[i] ?? 0, (here[i] ?? 0) - (worths[i] ?? 0));
      entry[at] = this.#cut.best();
      for (let i = 0; i < count; i++) if (meets(likely[i] ?? 0, entry[at] ?? 0)) worths[i] = here[i] ?? 0;
    }
  }
}

function historyOf(rungs: readonly number[], from: number, to: number): History {
  let history = 0;
  for (let at = from; at <= to; at++) history |= 1 << (rungs[at] ?? 0);
  return history;
}

function costOf(table: FitTable, rungs: readonly number[], from: number, to: number): number {
  let cost = table.overhead;
  for (let at = from; at <= to; at++) cost += table.costs[rungs[at] ?? 0] ?? 0;
  return cost;
}

/** Mean of accuracy less `trade` times cost. */
function worth({ right, costs }: ClimbOutcome, trade: number): number {
  let sum = 0;
  for (let i = 0; i < right.length; i++) sum += (right[i] ?? 0) - trade * (costs[i] ?? 0);
  return sum / right.length;
}
