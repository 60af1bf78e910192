import type { Evidence } from '../cascade/evidence.ts';
import { OUTPUT_FEATURES, outputFeatures } from '../cascade/outputs.ts';
import type { Judge, Policy } from '../cascade/policy.ts';
import { isTimeFeature, RECALLED_OUTPUTS, type Recollection, recalledOutputs } from '../cascade/recollection.ts';
import { firstMeeting } from '../cascade/step.ts';
import { usageError } from '../errors.ts';
import type { OperatingPoint, Premodel } from './artifact.ts';
import { type LogisticModel, logistic } from './logistic.ts';
import type { FittedMode } from './point-search.ts';
import { askTree, type Tree } from './tree.ts';

/** Where a point stands in a front, by its name or its number; of an unknown name -1, and numbers are not checked. */
export function pointIndex(front: readonly Pick<OperatingPoint, 'name'>[], name: string): number {
  return /^\d+$/.test(name) ? Number(name) : front.findIndex((other) => other.name === name);
}

/**
 * The operating point of a mode by name: `accurate`, `balanced` or `fast`, or its number in the front, from 0 for the cheapest.
 *
 * @throws WeirError `operating-point-unknown`
 */
export function operatingPoint(premodel: Premodel, mode: FittedMode, name: string): OperatingPoint {
  const front = premodel.modes[mode];
  const point = front[pointIndex(front, name)];
  if (point !== undefined) return point;
  const names = front.flatMap((other) => other.name ?? []);
  throw usageError(
    'operating-point-unknown',
    `the premodel has no operating point "${name}" for mode ${mode}`,
    `choose ${names.join(', ')}, or a number from 0 (cheapest) to ${front.length - 1}`,
  );
}

/** The policy of a premodel at one of its operating points. */
export function trainedPolicy(premodel: Premodel, mode: FittedMode, name: string): Policy {
  const point = operatingPoint(premodel, mode, name);
  const rungs = point.rungs.map((id) => premodel.rungs.find((rung) => rung.id === id) as Premodel['rungs'][number]);
  return {
    mode,
    rungs: rungs.map(({ id, temperature, mergeWeight }, at) => ({
      id,
      temperature,
      mergeWeight,
      threshold: point.accept[at] ?? 0,
    })),
    judge: () => new TrainedJudge(premodel.features, rungs, point.entry),
    operatingPoint: point.name ?? name,
    remembers: remembers(premodel),
  };
}

/** Whether a premodel reads what is remembered of the frames before. */
export function remembers({ features, rungs }: Pick<Premodel, 'features' | 'rungs'>): boolean {
  return features.some(isTimeFeature) || rungs.some(({ deferral }) => deferral.recalled !== undefined);
}

/** Judges by a premodel's trees and deferral models. */
class TrainedJudge implements Judge {
  readonly features: readonly string[];
  readonly #trees: readonly Tree[];
  readonly #thresholds: readonly number[];
  readonly #deferral: readonly LogisticModel[];
  readonly #inputs: Float64Array;

  constructor(features: readonly string[], rungs: Premodel['rungs'], thresholds: readonly number[]) {
    this.features = features;
    this.#thresholds = thresholds;
    this.#trees = thresholds.map((_, at) => rungs[at]?.entry ?? { probability: 0 });
    this.#deferral = rungs.map(({ deferral: { intercept, weights, recalled = [] } }) => {
      return { intercept, weights: [...weights, ...recalled] };
    });
    this.#inputs = new Float64Array(OUTPUT_FEATURES.length + features.length + RECALLED_OUTPUTS.length);
  }

  entry(features: Float64Array): number {
    return firstMeeting(this.#thresholds, (at) => askTree(this.#trees[at] as Tree, features));
  }

  right(evidence: Evidence, features: Float64Array, recollection: Recollection | null = null): number {
    const model = this.#deferral[evidence.ran.at(-1) ?? 0];
    if (model === undefined) return 0;
    outputFeatures(evidence, this.#inputs);
    this.#inputs.set(features, OUTPUT_FEATURES.length);
    recalledOutputs(evidence.top, recollection, this.#inputs, OUTPUT_FEATURES.length + features.length);
    return logistic(model, this.#inputs);
  }
}
