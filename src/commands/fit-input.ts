import type { RungTable } from '../dataset/rung-table.ts';
import { WeirError } from '../errors.ts';
import { answersOf, rightOf } from '../premodel/answers.ts';
import type { FitInput } from '../premodel/fit-input.ts';
import { stratifiedFolds } from '../premodel/folds.ts';
import { joinedGroups, numbered, strataOf } from '../premodel/groups.ts';
import { median } from '../premodel/statistics.ts';
import type { Ladder, Rung } from '../types.ts';

export const FOLDS = 10;

/** What a premodel is fitted from, given the outcomes of rungs. @throws WeirError `rung-broken` */
export function toFitInput(
  ladder: Ladder,
  table: RungTable,
  {
    subset,
    target,
    seed,
  }: {
    readonly subset: readonly string[] | null;
    readonly target: FitInput['target'];
    readonly seed: number;
  },
): FitInput {
  const { samples, rungs, logits } = table;
  const classes = ladder.labels.length;
  const referenceAt = rungs.findIndex(({ id }) => id === ladder.reference);
  const isFootage = samples.some(({ truth }) => truth === null);
  const truth = isFootage
    ? answersOf(logits[referenceAt] as Float32Array, samples.length, classes)
    : Int32Array.from(samples, ({ truth }) => truth ?? 0);
  const conditionOf = samples.map(({ condition }) => condition);
  const conditionNames = [...new Set(conditionOf)];
  const groups = joinedGroups(samples);
  const rightCounts = new Uint16Array(samples.length);
  for (const values of logits) {
    for (const [i, right] of rightOf(values, truth, classes).entries()) rightCounts[i] = (rightCounts[i] ?? 0) + right;
  }
  const strata = strataOf(groups, conditionOf, rightCounts);
  return {
    ladder: { name: ladder.name, fingerprint: ladder.fingerprint, reference: ladder.reference },
    classes,
    rungs: rungs.map(({ id }, rung) => ({ id, costMs: table.costMs[rung] ?? Number.NaN })),
    logits,
    truth,
    features: table.features,
    featuresMs: median(table.featuresMs),
    keys: samples.map(({ key }) => key),
    groups: numbered(groups),
    folds: stratifiedFolds(
      groups.map((group, i) => ({ stratum: strata[i] ?? '', group })),
      FOLDS,
      seed,
    ),
    foldCount: FOLDS,
    conditions: Uint8Array.from(conditionOf, (condition) => conditionNames.indexOf(condition)),
    conditionNames,
    ...sequenceOf(samples),
    truthKind: isFootage ? 'agreement' : 'labels',
    subset: subset && working(subset, rungs),
    target,
    seed,
    circumstances: table.circumstances,
  };
}

/** Those of a subset that have not been left out. */
function working(subset: readonly string[], rungs: readonly Rung[]): string[] {
  const left = subset.filter((id) => rungs.some((rung) => rung.id === id));
  if (left.length > 0) return left;
  throw new WeirError('rung-broken', `${subset.join(', ')} gives values that are not finite`, {
    remedy: 'export the model again, or name other rungs',
  });
}

/** Where samples of footage stand in it. */
function sequenceOf(samples: RungTable['samples']): Pick<FitInput, 'sequence'> {
  const places = samples.map(({ footage }) => footage);
  if (places.every((place) => place === undefined)) return {};
  const names = new Map<string, number>();
  for (const place of places) if (place && !names.has(place.run)) names.set(place.run, names.size);
  return {
    sequence: {
      runs: Int32Array.from(places, (place) => names.get(place?.run ?? '') ?? -1),
      seconds: Float64Array.from(places, (place) => place?.seconds ?? Number.NaN),
      scores: Float64Array.from(places, (place) => place?.score ?? Infinity),
      carried: Float64Array.from(places, (place) => place?.carried ?? 0),
    },
  };
}
