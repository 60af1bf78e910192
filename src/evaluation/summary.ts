import type { Policy } from '../cascade/policy.ts';
import {
  type EntryScore,
  entryScore,
  meanInterval,
  meanOver,
  oracleOf,
  quantileOver,
  type Trials,
} from '../cascade/scoring.ts';
import type { Sample } from '../dataset/sample.ts';
import { type Premodel, premodelFingerprint } from '../premodel/artifact.ts';
import type { FittedMode } from '../premodel/point-search.ts';
import type { Ladder } from '../types.ts';
import type { ConditionFigures, Evaluation, PolicyFigures } from './figures.ts';

/** A way of deciding that takes part. */
export type Contestant =
  | { readonly kind: 'rung'; readonly id: string; readonly policy: Policy }
  | { readonly kind: 'policy'; readonly mode: FittedMode; readonly operatingPoint: string; readonly policy: Policy };

/** What everyone did with every sample. */
export interface ContestResult {
  readonly contestants: readonly Contestant[];
  readonly trials: readonly Trials[];
  /** Samples that could be read, by index. */
  readonly rows: readonly number[];
  readonly samples: readonly Sample[];
  readonly skipped: number;
}

/** Sums up a contest, per condition and over all. */
export function summarise(
  result: ContestResult,
  ladder: Ladder,
  premodel: Premodel | null,
  device: Evaluation['device'],
): Evaluation {
  const { rows, samples } = result;
  const subset = premodel?.rungs.map(({ id }) => id) ?? [];
  const names = [...new Set(rows.map((row) => samples[row]?.condition ?? ''))];
  const conditions: Record<string, ConditionFigures> = {};
  for (const name of names) {
    if (name === '' || name === 'all') continue;
    const own = rows.filter((row) => samples[row]?.condition === name);
    conditions[name] = figuresOf(result, ladder, subset, own);
  }
  conditions.all = figuresOf(result, ladder, subset, rows);
  return {
    schema: 'weir.evaluation/1',
    ladder: { name: ladder.name, fingerprint: ladder.fingerprint, reference: ladder.reference },
    premodel: premodel && { fingerprint: premodelFingerprint(premodel), rungs: subset },
    device,
    dataset: {
      images: rows.length,
      skipped: result.skipped,
      classes: classesIn(result, ladder),
    },
    conditions,
  };
}

/** Distinct true classes; of footage, distinct answers of the reference. */
function classesIn({ contestants, trials, rows, samples }: ContestResult, { reference }: Ladder): number {
  const answers = trials[contestants.findIndex((one) => one.kind === 'rung' && one.id === reference)]?.answer;
  return new Set(rows.map((row) => samples[row]?.truth ?? answers?.[row])).size;
}

/** A single rung with what it did. */
interface Single {
  readonly id: string;
  readonly trials: Trials;
}

function figuresOf(
  { contestants, trials, samples }: ContestResult,
  ladder: Ladder,
  subset: readonly string[],
  rows: readonly number[],
): ConditionFigures {
  const singles = contestants.flatMap((one, k): Single[] =>
    one.kind === 'rung' ? [{ id: one.id, trials: trials[k] as Trials }] : [],
  );
  const reference = singles.find(({ id }) => id === ladder.reference)?.trials as Trials;
  const meanMs = singles.map(({ trials }) => meanOver(trials.runMs, rows));
  const oracle = oracleOf(
    singles.map(({ trials }) => trials),
    meanMs,
  );
  const groups = samples.map(({ group }) => group);
  const entry = entryClasses(subset, singles);
  return {
    images: rows.length,
    rungs: singles.map(({ id, trials }, k) => ({
      id,
      top1: meanOver(trials.right, rows),
      top5: meanOver(trials.rightInFive, rows),
      meanMs: meanMs[k] ?? Number.NaN,
      medianMs: quantileOver(trials.runMs, rows, 0.5),
      p95Ms: quantileOver(trials.runMs, rows, 0.95),
      macsMillions: meanOver(trials.macsMillions, rows),
    })),
    oracle: {
      top1: meanOver(oracle.right, rows),
      meanMs: meanOver(oracle.runMs, rows),
      meanMacsMillions: meanOver(oracle.macsMillions, rows),
    },
    policies: contestants.flatMap((one, k) =>
      one.kind === 'policy' ? [policyFigures(one, trials[k] as Trials, { reference, entry, groups, rows })] : [],
    ),
  };
}

/** By rung of the premodel's subset, who is right alone; `null` where one of them could not be measured. */
function entryClasses(subset: readonly string[], singles: readonly Single[]): EntryClasses | null {
  const right = subset.map((id) => singles.find((single) => single.id === id)?.trials.right);
  if (subset.length === 0 || right.includes(undefined)) return null;
  return { subset, right: right as Uint8Array[] };
}

interface EntryClasses {
  readonly subset: readonly string[];
  readonly right: readonly Uint8Array[];
}

interface Scene {
  readonly reference: Trials;
  readonly entry: EntryClasses | null;
  readonly groups: readonly string[];
  readonly rows: readonly number[];
}

function policyFigures(
  { mode, operatingPoint }: Extract<Contestant, { kind: 'policy' }>,
  trials: Trials,
  { reference, entry: classes, groups, rows }: Scene,
): PolicyFigures {
  const top1 = meanOver(trials.right, rows);
  const meanMs = meanOver(trials.runMs, rows);
  const meanTotalMs = meanOver(trials.totalMs, rows);
  const entry = mode === 'cascade' || classes === null ? null : entryOf(trials, classes, rows);
  return {
    mode,
    operatingPoint,
    top1,
    top5: meanOver(trials.rightInFive, rows),
    meanMs,
    meanTotalMs,
    meanMacsMillions: meanOver(trials.macsMillions, rows),
    speedupVsTop: meanOver(reference.runMs, rows) / meanMs,
    speedupVsTopTotal: meanOver(reference.totalMs, rows) / meanTotalMs,
    accuracyGainVsTop: top1 - meanOver(reference.right, rows),
    ci: {
      top1: meanInterval(trials.right, null, rows, groups),
      accuracyGainVsTop: meanInterval(trials.right, reference.right, rows, groups),
    },
    meanRungsRun: meanOver(trials.rungsRun, rows),
    entryPrecision: entry?.precision ?? null,
    entryRecall: entry?.recall ?? null,
    entryF1: entry?.f1 ?? null,
    shareByRung: Object.fromEntries(
      trials.rungs.map((id, at) => [id, rows.filter((row) => trials.ended[row] === at).length / rows.length]),
    ),
    decisionOverheadMs: meanOver(trials.decideMs, rows),
  };
}

/** A point of few rungs is judged by the classes of the whole subset: what it leaves out it cannot enter at. */
function entryOf({ began, rungs }: Trials, { subset, right }: EntryClasses, rows: readonly number[]): EntryScore {
  const place = rungs.map((id) => subset.indexOf(id));
  return entryScore(
    Array.from(began, (at) => place[at] ?? -1),
    right,
    rows,
  );
}
