import { cpus } from 'node:os';
import type { Policy } from '../cascade/policy.ts';
import { entryScore, meanInterval, meanOver, oracleOf, quantileOver, type Trials } from '../cascade/scoring.ts';
import type { Sample } from '../dataset/sample.ts';
import { type Premodel, premodelFingerprint } from '../premodel/artifact.ts';
import type { FittedMode } from '../premodel/point-search.ts';
import type { ClockState, Ladder } from '../types.ts';

/** A way of deciding that takes part. */
export type Contestant =
  | { readonly kind: 'rung'; readonly id: string; readonly policy: Policy }
  | { readonly kind: 'policy'; readonly mode: FittedMode; readonly operatingPoint: string; readonly policy: Policy };

/** What everyone did with every sample. */
export interface ContestResult {
  readonly contestants: readonly Contestant[];
  readonly trials: readonly Trials[];
  /** Samples that could be read. */
  readonly rows: readonly number[];
  readonly samples: readonly Sample[];
  readonly skipped: number;
}

export interface RungFigures {
  readonly id: string;
  readonly top1: number;
  readonly top5: number;
  readonly meanMs: number;
  readonly medianMs: number;
  readonly p95Ms: number;
  readonly macsMillions: number;
}

export interface PolicyFigures {
  readonly mode: FittedMode;
  readonly operatingPoint: string;
  readonly top1: number;
  readonly top5: number;
  readonly meanMs: number;
  readonly meanTotalMs: number;
  readonly meanMacsMillions: number;
  readonly speedupVsTop: number;
  readonly speedupVsTopTotal: number;
  readonly accuracyGainVsTop: number;
  readonly ci: { readonly top1: readonly [number, number]; readonly accuracyGainVsTop: readonly [number, number] };
  readonly meanRungsRun: number;
  readonly entryPrecision: number | null;
  readonly entryRecall: number | null;
  readonly entryF1: number | null;
  readonly shareByRung: Readonly<Record<string, number>>;
  readonly decisionOverheadMs: number;
}

export interface ConditionFigures {
  readonly images: number;
  readonly rungs: readonly RungFigures[];
  readonly oracle: { readonly top1: number; readonly meanMs: number; readonly meanMacsMillions: number };
  readonly policies: readonly PolicyFigures[];
}

/** `weir.evaluation/1` */
export interface Evaluation {
  readonly schema: 'weir.evaluation/1';
  readonly ladder: { readonly name: string; readonly fingerprint: string; readonly reference: string };
  readonly premodel: { readonly fingerprint: string; readonly rungs: readonly string[] } | null;
  readonly device: { readonly name: string; readonly clock: ClockState };
  readonly dataset: { readonly images: number; readonly skipped: number; readonly classes: number };
  readonly conditions: Readonly<Record<string, ConditionFigures>>;
}

/** Sums up a contest, per condition and over all. */
export function summarise(result: ContestResult, ladder: Ladder, premodel: Premodel | null): Evaluation {
  const { rows, samples } = result;
  const names = [...new Set(rows.map((row) => samples[row]?.condition ?? ''))];
  const conditions: Record<string, ConditionFigures> = {};
  for (const name of names) {
    if (name === '' || name === 'all') continue;
    conditions[name] = figuresOf(
      result,
      ladder,
      rows.filter((row) => samples[row]?.condition === name),
    );
  }
  conditions.all = figuresOf(result, ladder, rows);
  return {
    schema: 'weir.evaluation/1',
    ladder: { name: ladder.name, fingerprint: ladder.fingerprint, reference: ladder.reference },
    premodel: premodel && { fingerprint: premodelFingerprint(premodel), rungs: premodel.rungs.map(({ id }) => id) },
    device: {
      name: `${cpus()[0]?.model.trim() ?? process.arch}, ${cpus().length} cores`,
      clock: { state: 'unreadable', source: 'none' },
    },
    dataset: {
      images: rows.length,
      skipped: result.skipped,
      classes: new Set(rows.map((row) => samples[row]?.truth ?? -1)).size,
    },
    conditions,
  };
}

function figuresOf({ contestants, trials }: ContestResult, ladder: Ladder, rows: readonly number[]): ConditionFigures {
  const singles = contestants.flatMap((one, k) =>
    one.kind === 'rung' ? [{ id: one.id, trials: trials[k] as Trials }] : [],
  );
  const reference = singles.find(({ id }) => id === ladder.reference)?.trials as Trials;
  const meanMs = singles.map(({ trials }) => meanOver(trials.runMs, rows));
  const oracle = oracleOf(
    singles.map(({ trials }) => trials),
    meanMs,
  );
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
      one.kind === 'policy' ? [policyFigures(one, trials[k] as Trials, reference, singles, rows)] : [],
    ),
  };
}

function policyFigures(
  { mode, operatingPoint }: Extract<Contestant, { kind: 'policy' }>,
  trials: Trials,
  reference: Trials,
  singles: readonly { readonly id: string; readonly trials: Trials }[],
  rows: readonly number[],
): PolicyFigures {
  const top1 = meanOver(trials.right, rows);
  const meanMs = meanOver(trials.runMs, rows);
  const meanTotalMs = meanOver(trials.totalMs, rows);
  const alone = trials.rungs.map((id) => singles.find((single) => single.id === id)?.trials.right ?? new Uint8Array(0));
  const entry = mode === 'cascade' ? null : entryScore(trials.began, alone, rows);
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
      top1: meanInterval(trials.right, null, rows),
      accuracyGainVsTop: meanInterval(trials.right, reference.right, rows),
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

/**
 * The single rung of best value: the one of least mean time that is right as often as the reference (within half a point), which
 * a policy must beat to be worth anything.
 */
export function bestSingle({ rungs }: ConditionFigures, reference: string): RungFigures {
  const top = rungs.find(({ id }) => id === reference) as RungFigures;
  return rungs
    .filter(({ top1 }) => top1 >= top.top1 - 0.005)
    .reduce((best, rung) => (rung.meanMs < best.meanMs ? rung : best), top);
}
