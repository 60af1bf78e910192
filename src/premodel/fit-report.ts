import { FEATURES } from '../features/catalogue.ts';
import type { Premodel } from './artifact.ts';
import { calibrationError, type ReliabilityBin, reliability } from './calibration.ts';
import { type Fit, fitPremodel, type Progress } from './fit.ts';
import type { FitInput } from './fit-input.ts';
import { lastOf } from './histories.ts';
import { compareRivals, type Rival } from './rivals.ts';

/** What is told of a fit; plain data. */
export interface FitReport {
  readonly premodel: Premodel;
  readonly warnings: readonly string[];
  /** What the seed paper's Algorithm 1 would have chosen, and what going on from there gained; null where nothing was chosen. */
  readonly choice: {
    readonly candidates: number;
    readonly algorithm1: readonly { readonly rung: string; readonly gain: number }[];
    readonly gainOverAlgorithm1: number;
  } | null;
  readonly features: readonly { readonly name: string; readonly importance: number; readonly chosen: boolean }[];
  /** Per rung of the subset: how well its deferral model and its entry tree are calibrated, out of fold. */
  readonly calibration: readonly {
    readonly rung: string;
    readonly deferral: readonly ReliabilityBin[];
    readonly deferralError: number;
    readonly entry: readonly ReliabilityBin[] | null;
    readonly entryError: number | null;
  }[];
  readonly rivals: readonly Rival[];
}

/** Fits a premodel and gathers what a report tells of it. */
export function fitWithReport(input: FitInput, progress: Progress): FitReport {
  const fit = fitPremodel(input, progress);
  const { premodel, warnings, choice, featureChoice } = fit;
  progress('comparing premodels', 0, 1);
  return {
    premodel,
    warnings,
    choice: choice && {
      candidates: input.rungs.length,
      algorithm1: choice.algorithm1.map(({ rung, gain }) => ({ rung: input.rungs[rung]?.id ?? '', gain })),
      gainOverAlgorithm1: choice.gainOverAlgorithm1,
    },
    features: FEATURES.map(({ name }, column) => ({
      name,
      importance: featureChoice.importance[column] ?? 0,
      chosen: featureChoice.chosen.includes(column),
    })).sort((a, b) => b.importance - a.importance || (a.name < b.name ? -1 : 1)),
    calibration: calibrationOf(fit),
    rivals: rivalsOf(fit, input),
  };
}

function calibrationOf({ premodel, deferral, histories, entries }: Fit): FitReport['calibration'] {
  return premodel.rungs.map(({ id }, at) => {
    const ending = histories.all.filter((history) => lastOf(history) === at);
    const predicted = ending.flatMap((history) => [...(deferral.outOfFold.get(history) ?? [])]);
    const right = ending.flatMap((history) => [...histories.right(history)]);
    const bins = reliability(predicted, right);
    const entry = entries[at];
    const entryBins = entry === undefined ? null : reliability(entry.outOfFold, histories.right(1 << at));
    return {
      rung: id,
      deferral: bins,
      deferralError: calibrationError(bins),
      entry: entryBins,
      entryError: entryBins && calibrationError(entryBins),
    };
  });
}

function rivalsOf({ featureChoice, images, bins, histories, entries }: Fit, input: FitInput): Rival[] {
  return compareRivals(
    images,
    featureChoice.chosen.length,
    bins,
    entries.map((_, at) => histories.right(1 << at)),
    input.folds,
    input.foldCount,
    entries,
    input.seed,
  );
}
