import { mean } from '../cascade/statistics.ts';
import {
  type Climb,
  type ClimbOutcome,
  type FitTable,
  type FittedMode,
  PointSearch,
  runClimb,
} from './point-search.ts';
import { between } from './thresholds.ts';

/** Trades of accuracy against time at which climbs are fitted, in accuracy per run of the reference. */
const TRADES = Array.from({ length: 22 }, (_, i) => 0.004 * 1.28 ** i);
/**
 * A trade finds only climbs on the convex hull of what a set of rungs can do: so many more are laid between neighbours, by moving
 * every threshold in equal steps from one to the other.
 */
const STEPS_BETWEEN = 8;
/** Points of a front that is kept. */
const MOST_POINTS = 16;

/** A climb with what it does, out of fold. */
export interface Point {
  readonly climb: Climb;
  readonly outcome: ClimbOutcome;
  readonly accuracy: number;
  /** Mean, in runs of the reference. */
  readonly cost: number;
}

/**
 * Every climb that no other beats in both accuracy and cost, by rising cost.
 *
 * @param sets of rungs that a climb may run, each ordered
 */
export function paretoFront(table: FitTable, mode: FittedMode, sets: readonly (readonly number[])[]): Point[] {
  const search = new PointSearch(table);
  let front: Point[] = [];
  for (const rungs of sets) {
    const entry = rungs.slice(1).map(() => 0);
    const cheapest: Climb = { mode, rungs, entry, accept: entry.map((_, at) => leastAccept(table, mode, rungs, at)) };
    const climbs = [...TRADES.map((trade) => search.solve(mode, rungs, trade)), cheapest];
    // Of climbs that do the same with these samples, the one that accepts most readily is as cautious as it must be.
    const first = table.leastAccept === undefined ? [] : [cheapest];
    const all = first.concat(climbs.flatMap((climb, at) => [climb, ...intermediate(climb, climbs[at + 1] ?? climb)]));
    const fresh = distinct(all).map((climb) => pointOf(table, climb));
    front = undominated(front.concat(fresh));
  }
  return front;
}

function leastAccept(table: FitTable, mode: FittedMode, rungs: readonly number[], at: number): number {
  return mode === 'select' ? 0 : (table.leastAccept?.(rungs, at) ?? 0);
}

/** Climbs on the way from one to another over the same rungs. */
function intermediate(from: Climb, to: Climb): Climb[] {
  return Array.from({ length: STEPS_BETWEEN - 1 }, (_, i) => {
    const share = (i + 1) / STEPS_BETWEEN;
    const move = (a: readonly number[], b: readonly number[]) => a.map((value, k) => between(value, b[k] ?? 0, share));
    return { ...from, entry: move(from.entry, to.entry), accept: move(from.accept, to.accept) };
  });
}

function distinct(climbs: readonly Climb[]): Climb[] {
  return [...new Map(climbs.map((climb) => [[...climb.entry, ...climb.accept].join(), climb])).values()];
}

export function pointOf(table: FitTable, climb: Climb): Point {
  const outcome = runClimb(table, climb);
  return { climb, outcome, accuracy: mean(outcome.right), cost: mean(outcome.costs) };
}

export function undominated(points: readonly Point[]): Point[] {
  const ordered = [...points].sort((a, b) => a.cost - b.cost || b.accuracy - a.accuracy);
  let best = -Infinity;
  return ordered.filter(({ accuracy }) => {
    if (accuracy <= best) return false;
    best = accuracy;
    return true;
  });
}

/** At most `MOST_POINTS` of a front, spread evenly over its accuracies; those that must stay do. */
export function thinned(front: readonly Point[], must: readonly Point[]): Point[] {
  const lowest = front[0]?.accuracy ?? 0;
  const span = (front.at(-1)?.accuracy ?? 1) - lowest || 1;
  const cells = MOST_POINTS - must.length;
  const cell = ({ accuracy }: Point) => Math.min(cells - 1, Math.floor(((accuracy - lowest) / span) * cells));
  const taken = new Set<number>();
  return front.filter((point) => {
    if (must.includes(point)) return true;
    if (taken.has(cell(point))) return false;
    taken.add(cell(point));
    return true;
  });
}
