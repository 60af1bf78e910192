import { pairedInterval } from '../cascade/bootstrap.ts';
import type { OperatingPoint, Premodel } from './artifact.ts';
import { mean, type Point, paretoFront, thinned } from './front.ts';
import { LONGEST_CLIMB } from './ladder-search.ts';
import type { FitTable, FittedMode } from './point-search.ts';
import { round } from './rounding.ts';
import { type Judged, namePoints, POINT_NAMES, type Target } from './targets.ts';

/** The fronts of every mode, with the named points; and what could not be had as asked. */
export function fitModes(
  table: FitTable,
  judged: Judged,
  ids: readonly string[],
  target: Target,
  seed: number,
  progress: (done: number, total: number) => void,
): { modes: Premodel['modes']; warnings: string[] } {
  const warnings = new Set<string>();
  const fitMode = (mode: FittedMode, step: number): OperatingPoint[] => {
    progress(step, 3);
    const full = paretoFront(table, mode, LONGEST_CLIMB);
    const named = namePoints(full, judged, target);
    if (mode === 'hybrid') for (const warning of named.warnings) warnings.add(warning);
    const must = POINT_NAMES.map((name) => named.points[name]);
    // One climb may have several names: each name gets a point of its own, so that it can be found.
    return thinned(full, must).flatMap((point) => {
      const names = POINT_NAMES.filter((name) => named.points[name] === point);
      const described = describePoint(point, judged, ids, seed);
      return names.length === 0 ? [described] : names.map((name) => ({ name, ...described }));
    });
  };
  const modes = { select: fitMode('select', 0), cascade: fitMode('cascade', 1), hybrid: fitMode('hybrid', 2) };
  return { modes, warnings: [...warnings] };
}

function describePoint(
  { climb, outcome, accuracy, cost }: Point,
  judged: Judged,
  ids: readonly string[],
  seed: number,
): OperatingPoint {
  const rungs = climb.rungs.map((position) => ids[position] ?? '');
  const gain = accuracy - mean(judged.reference);
  const share = rungs.map((_, at) => mean(Uint8Array.from(outcome.ended, (end) => (end === at ? 1 : 0))));
  const interval = pairedInterval(outcome.right, judged.reference, seed);
  return {
    rungs,
    entry: [...climb.entry],
    accept: [...climb.accept],
    expected: {
      accuracy: round(accuracy, 5),
      accuracyGainVsTop: round(gain, 5),
      interval: [round(interval[0], 5), round(interval[1], 5)],
      costRatio: round(cost, 5),
      meanRungsRun: round(mean(Uint8Array.from(outcome.ended, (end, i) => end - (outcome.began[i] ?? 0) + 1)), 4),
      shareByRung: Object.fromEntries(rungs.map((id, at) => [id, round(share[at] ?? 0, 5)])),
    },
  };
}
