import { mean } from '../cascade/statistics.ts';
import type { OperatingPoint, Premodel } from './artifact.ts';
import { type CrossFitted, crossFit } from './cross-fit.ts';
import { intervalOf, pairedDifference, USUAL_CONFIDENCE } from './difference.ts';
import { type Point, paretoFront, thinned } from './front.ts';
import { LONGEST_CLIMB } from './ladder-search.ts';
import type { FitTable, FittedMode } from './point-search.ts';
import { round } from './rounding.ts';
import { subsetsOf } from './subsets.ts';
import { type Judged, namePoints, POINT_NAMES, type Target } from './targets.ts';

/** The fronts of every mode, with the named points; and what could not be had as asked. */
export function fitModes(
  table: FitTable,
  judged: Judged,
  folds: Uint8Array,
  ids: readonly string[],
  target: Target,
  progress: (done: number, total: number) => void,
): { modes: Premodel['modes']; warnings: string[] } {
  const warnings = new Set<string>();
  const sets = subsetsOf([...table.costs.keys()], LONGEST_CLIMB);
  const climbed = table.leastAccept === undefined ? sets : [[...table.costs.keys()]];
  const fitMode = (mode: FittedMode, step: number): OperatingPoint[] => {
    progress(step, 3);
    const full = paretoFront(table, mode, mode === 'select' ? sets : climbed);
    // A taught camera's few moments are told of once, not by mode.
    const named = namePoints(full, judged, target, table.leastAccept === undefined);
    if (mode === 'hybrid') for (const warning of named.warnings) warnings.add(warning);
    const crossFitted = crossFit(table, mode, full, judged, folds, target);
    const must = POINT_NAMES.map((name) => named.points[name]);
    // One climb may have several names: each name gets a point of its own, so that it can be found.
    return thinned(full, must).flatMap((point) => {
      const names = POINT_NAMES.filter((name) => named.points[name] === point);
      const described = describePoint(point, judged, ids, target);
      if (names.length === 0) return [described];
      return names.map((name) => ({ name, ...withCrossFitted(described, crossFitted?.[name]) }));
    });
  };
  const modes = { select: fitMode('select', 0), cascade: fitMode('cascade', 1), hybrid: fitMode('hybrid', 2) };
  return { modes, warnings: [...warnings] };
}

function describePoint(
  { climb, outcome, accuracy, cost }: Point,
  judged: Judged,
  ids: readonly string[],
  target: Target,
): OperatingPoint {
  const rungs = climb.rungs.map((position) => ids[position] ?? '');
  const gain = accuracy - mean(judged.reference);
  const share = rungs.map((_, at) => mean(Uint8Array.from(outcome.ended, (end) => (end === at ? 1 : 0))));
  const difference = pairedDifference(outcome.right, judged.reference, judged.groups);
  return {
    rungs,
    entry: [...climb.entry],
    accept: [...climb.accept],
    expected: {
      accuracy: round(accuracy, 5),
      accuracyGainVsTop: round(gain, 5),
      interval: rounded(intervalOf(difference, target.confidence ?? USUAL_CONFIDENCE)),
      costRatio: round(cost, 5),
      meanRungsRun: round(mean(Uint8Array.from(outcome.ended, (end, i) => end - (outcome.began[i] ?? 0) + 1)), 4),
      shareByRung: Object.fromEntries(rungs.map((id, at) => [id, round(share[at] ?? 0, 5)])),
    },
  };
}

function withCrossFitted(point: OperatingPoint, found: CrossFitted | undefined): OperatingPoint {
  if (found === undefined) return point;
  const crossFitted = {
    accuracyGainVsTop: round(found.accuracyGainVsTop, 5),
    interval: rounded(found.interval),
    costRatio: round(found.costRatio, 5),
  };
  return { ...point, expected: { ...point.expected, crossFitted } };
}

function rounded([low, high]: readonly [number, number]): [number, number] {
  return [round(low, 5), round(high, 5)];
}
