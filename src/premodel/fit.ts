import type { MergeParameters } from '../cascade/evidence.ts';
import { RECALLED_OUTPUTS, TIME_FEATURES } from '../cascade/recollection.ts';
import { mean } from '../cascade/statistics.ts';
import { FEATURES } from '../features/catalogue.ts';
import { everyNth, pickColumns, rightOf } from './answers.ts';
import type { Premodel } from './artifact.ts';
import { fitTemperature } from './calibration.ts';
import { cautious } from './caution.ts';
import { compact } from './compact.ts';
import type { DeferralFit } from './deferral.ts';
import type { EntryFit } from './entry.ts';
import { checkOutcomes, describeData, type FitInput } from './fit-input.ts';
import { evaluateHistories, type Histories } from './histories.ts';
import { fitJudges, type Judges, type JudgesInput } from './judges.ts';
import { chooseLadder, type LadderChoice, LONGEST_CLIMB } from './ladder-search.ts';
import type { LogisticModel } from './logistic.ts';
import { fitMergeWeights } from './merge-weights.ts';
import { fitModes } from './operating-points.ts';
import { afterPlaying, isNoDearer } from './play-sequence.ts';
import type { FitTable } from './point-search.ts';
import { round } from './rounding.ts';
import { CATALOGUE_GROUPS, chooseFeatures, type FeatureChoice, NO_FEATURES, shareOfLooking } from './selection.ts';
import type { Judged } from './targets.ts';

/** A fitted premodel with what a report tells of how it came about. */
export interface Fit {
  readonly premodel: Premodel;
  readonly warnings: readonly string[];
  readonly choice: LadderChoice | null;
  readonly featureChoice: FeatureChoice;
  /** The chosen image features, `float64 [samples][chosen]`, and their bins. */
  readonly images: Float64Array;
  readonly bins: readonly (readonly number[])[];
  readonly entries: readonly EntryFit[];
  readonly deferral: DeferralFit;
  readonly histories: Histories;
  /** Positions of the candidates that the premodel uses. */
  readonly positions: readonly number[];
}

export type Progress = (stage: string, done: number, total: number) => void;

/** More samples make the choice among ladders slower, not better. */
const MOST_FOR_CHOICE = 4000;
/** From fewer samples neither trees nor deferral models nor merge weights are learnt. */
export const LEAST_SAMPLES = 40;

/**
 * Fits a premodel. Deterministic: the same input and seed give the same result. What too few samples cannot teach is as without
 * a premodel: frames enter at the bottom, and the confidence of an answer is taken at its word.
 *
 * @throws WeirError `train-hopeless` where there is nothing to be learnt
 */
export function fitPremodel(input: FitInput, progress: Progress): Fit {
  const { classes, truth, rungs } = input;
  checkOutcomes(input);
  const temperatures = rungs.map((_, rung) => {
    progress('temperatures', rung, rungs.length);
    return input.caution !== undefined ? 1 : fitTemperature(input.logits[rung] as Float32Array, truth, classes);
  });
  const referenceAt = rungs.findIndex(({ id }) => id === input.ladder.reference);
  const referenceMs = rungs[referenceAt]?.costMs ?? 1;
  const costs = rungs.map(({ costMs }) => costMs / referenceMs);

  progress('choosing rungs', 0, 1);
  const rows = everyNth(truth.length, MOST_FOR_CHOICE);
  const data = compact(rows, input.logits, temperatures, truth, classes);
  const choice =
    input.subset === null
      ? chooseLadder(
          data,
          costs,
          rungs.map(() => 1),
        )
      : null;
  const chosen = choice?.rungs ?? input.subset?.map((id) => rungs.findIndex((rung) => rung.id === id)) ?? [];
  const positions = [...chosen].sort((a, b) => (costs[a] ?? 0) - (costs[b] ?? 0) || a - b);
  progress('merge weights', 0, 1);
  const { caution } = input;
  const evidence = caution === undefined ? truth.length : new Set(input.groups).size;
  const isEnough = evidence >= LEAST_SAMPLES;
  // A taught camera's rung zero looks at the picture already.
  const looks = isEnough && caution === undefined;
  const weights = isEnough ? fitMergeWeights(data, positions, LONGEST_CLIMB) : [];
  const parameters: MergeParameters[] = positions.map((position, at) => ({
    temperature: temperatures[position] ?? 1,
    mergeWeight: weights[at] ?? 1,
  }));

  progress('answers of every climb', 0, 1);
  const logits = positions.map((position) => input.logits[position] as Float32Array);
  const histories = evaluateHistories(logits, parameters, truth, classes, LONGEST_CLIMB);
  const singles = positions.map((_, at) => histories.right(1 << at));

  progress('image features', 0, 1);
  const featureChoice = looks
    ? chooseFeatures(input.features, FEATURES.length, singles, input.seed, CATALOGUE_GROUPS)
    : NO_FEATURES;
  const images = pickColumns(input.features, FEATURES.length, featureChoice.chosen);
  const judging: JudgesInput = {
    histories,
    rungs: positions.length,
    images,
    columns: featureChoice.chosen.length,
    folds: input.folds,
    foldCount: input.foldCount,
    learns: { entry: looks, deferral: isEnough },
    isCautious: caution !== undefined,
    progress,
  };
  const alone = fitJudges(judging);

  const own = positions.map((position) => costs[position] ?? 1);
  const reference = rightOf(input.logits[referenceAt] as Float32Array, truth, classes);
  const { conditions, conditionNames, groups } = input;
  const judged: Judged = { reference, conditions, conditionNames, groups };
  const ids = positions.map((position) => rungs[position]?.id ?? '');
  const searched = (judges: Judges, remembers: boolean) => {
    const plain: FitTable = {
      count: truth.length,
      costs: own,
      overhead: (input.featuresMs * shareOfLooking(featureChoice.chosen, remembers)) / referenceMs,
      right: (history) => histories.right(history),
      deferral: (history) => judges.deferral.outOfFold.get(history) as Float64Array,
      entry: judges.entries.map(({ outOfFold }) => outOfFold),
    };
    const table = caution === undefined ? plain : cautious(plain, caution);
    const fitted = fitModes(table, judged, input.folds, ids, input.target, (done, total) =>
      progress('operating points', done, total),
    );
    return { judges, table, ...fitted };
  };
  let best = searched(alone, false);
  const { sequence } = input;
  const remembering =
    sequence === undefined || !looks ? null : afterPlaying(judging, { ...best, ids }, sequence, input.seed);
  const withMemory = remembering === null ? null : searched(remembering, true);
  const remembers = withMemory !== null && isNoDearer(withMemory.modes, best.modes, input.target);
  if (remembers) best = withMemory;
  const { modes, warnings } = best;
  const { entries, deferral } = best.judges;
  if (!isEnough && caution === undefined) warnings.unshift(tooFew(truth.length));

  const premodel: Premodel = {
    schema: 'weir.premodel/1',
    ladder: { name: input.ladder.name, fingerprint: input.ladder.fingerprint },
    reference: { id: input.ladder.reference, costMs: round(referenceMs, 3), accuracy: round(mean(reference), 5) },
    features: [
      ...featureChoice.chosen.map((column) => FEATURES[column]?.name ?? ''),
      ...(remembers ? TIME_FEATURES : []),
    ],
    fitted: {
      truth: input.truthKind,
      ...describeData(input),
      folds: input.foldCount,
      seed: input.seed,
      target: input.target,
      circumstances: input.circumstances,
    },
    rungs: positions.map((position, at) => ({
      id: ids[at] ?? '',
      costMs: round(rungs[position]?.costMs ?? 0, 3),
      ...(parameters[at] as MergeParameters),
      ...(entries[at] === undefined ? {} : { entry: entries[at].tree }),
      deferral: deferralFile(deferral.models[at], remembers ? RECALLED_OUTPUTS.length : 0, caution?.recalled),
    })),
    modes,
  };
  return {
    premodel,
    warnings,
    choice,
    featureChoice,
    images,
    bins: alone.bins,
    entries,
    deferral,
    histories,
    positions,
  };
}

/** A deferral model as a file holds it. @param last of its weights that are of what is remembered */
function deferralFile(model: LogisticModel | undefined, last: number, given: readonly number[] | undefined) {
  const weights = (model?.weights ?? []).map((weight) => round(weight, 8));
  const recalled = last > 0 ? weights.splice(-last) : given;
  return {
    intercept: round(model?.intercept ?? 0, 8),
    weights,
    ...(recalled === undefined ? {} : { recalled: [...recalled] }),
  };
}

function tooFew(count: number): string {
  return `${count} samples are too few to learn where to enter and when an answer is good enough: until there are ${LEAST_SAMPLES} (better thousands), every mode decides as \`cascade\` does without a premodel, by the confidence of the answers`;
}
