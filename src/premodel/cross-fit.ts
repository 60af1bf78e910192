import { mean } from '../cascade/statistics.ts';
import { cautious } from './caution.ts';
import { intervalOf, pairedDifference, USUAL_CONFIDENCE } from './difference.ts';
import { type Point, paretoFront, pointOf } from './front.ts';
import type { FitTable, FittedMode } from './point-search.ts';
import { type Judged, namePoints, POINT_NAMES, type PointName, type Target } from './targets.ts';

/** What a way of choosing thresholds is worth on samples that did not choose them. */
export interface CrossFitted {
  readonly accuracyGainVsTop: number;
  readonly interval: readonly [number, number];
  readonly costRatio: number;
}

/** What climbs did with every sample. */
interface Played {
  readonly right: Uint8Array;
  readonly costs: Float64Array;
}

/**
 * Judges the choice of the named points' thresholds: they are chosen on each half of the folds, and judged on the other. Groups
 * never stand in both halves, but those of a taught camera that its folds cut. Only the sets of rungs on the front of all samples are searched, which those samples did choose.
 *
 * @param front of all samples
 * @returns null where one half is empty
 */
export function crossFit(
  table: FitTable,
  mode: FittedMode,
  front: readonly Point[],
  judged: Judged,
  folds: Uint8Array,
  target: Target,
): Readonly<Record<PointName, CrossFitted>> | null {
  const halves = [0, 1].map((half) => [...folds.keys()].filter((i) => (folds[i] ?? 0) % 2 === half));
  if (halves.some((rows) => rows.length === 0)) return null;
  const sets = [...new Map(front.map(({ climb }) => [climb.rungs.join(), climb.rungs])).values()];
  const empty = (): Played => ({ right: new Uint8Array(table.count), costs: new Float64Array(table.count) });
  const played = { accurate: empty(), balanced: empty(), fast: empty() };
  for (const [half, rows] of halves.entries()) {
    const own = part(table, rows);
    const { points } = namePoints(paretoFront(own, mode, sets), judgedPart(judged, rows), target);
    const others = halves[1 - half] ?? [];
    const other = part(table, others);
    for (const name of POINT_NAMES) {
      const { outcome } = pointOf(other, points[name].climb);
      for (const [at, row] of others.entries()) {
        played[name].right[row] = outcome.right[at] ?? 0;
        played[name].costs[row] = outcome.costs[at] ?? 0;
      }
    }
  }
  const summed = ({ right, costs }: Played): CrossFitted => {
    const gain = pairedDifference(right, judged.reference, judged.groups);
    const interval = intervalOf(gain, target.confidence ?? USUAL_CONFIDENCE);
    return { accuracyGainVsTop: gain.mean, interval, costRatio: mean(costs) };
  };
  return { accurate: summed(played.accurate), balanced: summed(played.balanced), fast: summed(played.fast) };
}

/** The table of some of its samples; how readily it accepts is of those alone, too. */
function part(table: FitTable, rows: readonly number[]): FitTable {
  const right = new Map<number, Uint8Array>();
  const deferral = new Map<number, Float64Array>();
  const own: FitTable = {
    count: rows.length,
    costs: table.costs,
    overhead: table.overhead,
    right: (history) => kept(right, history, () => Uint8Array.from(rows, (i) => table.right(history)[i] ?? 0)),
    deferral: (history) =>
      kept(deferral, history, () => Float64Array.from(rows, (i) => table.deferral(history)[i] ?? 0)),
    entry: table.entry.map((likely) => Float64Array.from(rows, (i) => likely[i] ?? 0)),
  };
  return table.caution === undefined ? own : cautious(own, table.caution);
}

function judgedPart({ reference, conditions, conditionNames, groups }: Judged, rows: readonly number[]): Judged {
  return {
    reference: Uint8Array.from(rows, (i) => reference[i] ?? 0),
    conditions: Uint8Array.from(rows, (i) => conditions[i] ?? 0),
    conditionNames,
    groups: Int32Array.from(rows, (i) => groups[i] ?? 0),
  };
}

function kept<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  let value = map.get(key);
  if (value === undefined) {
    value = make();
    map.set(key, value);
  }
  return value;
}
