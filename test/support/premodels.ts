import { seededRandom } from '../../src/cascade/random.ts';
import { FEATURES } from '../../src/features/catalogue.ts';
import type { Premodel } from '../../src/premodel/artifact.ts';
import type { FitInput } from '../../src/premodel/fit-input.ts';
import { stratifiedFolds } from '../../src/premodel/folds.ts';
import type { FitTable } from '../../src/premodel/point-search.ts';
import { THRESHOLD_STEPS } from '../../src/premodel/thresholds.ts';
import type { Ladder } from '../../src/types.ts';

/** Numbers of the normal distribution (Box & Muller). */
export function gaussian(random: () => number): () => number {
  return () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

export const SYNTHETIC_CLASSES = 5;
const FOLDS = 5;
/** By rung: up to which difficulty it is mostly right. */
const SKILLS = [0.4, 0.6, 0.75, 0.95];
const COSTS_MS = [1, 2, 5, 10];

/**
 * What a premodel can be learnt from: the first image feature tells how difficult a sample is, the second says the same again,
 * the third says nothing at all; dearer rungs are right on more difficult samples.
 */
export function syntheticInput(changes: Partial<FitInput> = {}, count = 300, seed = 1): FitInput {
  const random = seededRandom(seed);
  const normal = gaussian(random);
  const truth = Int32Array.from({ length: count }, () => Math.floor(random() * SYNTHETIC_CLASSES));
  const difficulty = Float64Array.from({ length: count }, () => random());
  const columns = FEATURES.length;
  const features = new Float64Array(count * columns);
  for (let i = 0; i < count; i++) {
    for (let j = 0; j < columns; j++) features[i * columns + j] = normal();
    features[i * columns] = (difficulty[i] ?? 0) + 0.05 * normal();
    features[i * columns + 1] = 3 * (features[i * columns] ?? 0) + 0.01 * normal();
    features[i * columns + 2] = 7;
  }
  const logits = SKILLS.map((skill) =>
    Float32Array.from({ length: count * SYNTHETIC_CLASSES }, (_, at) => {
      const i = Math.floor(at / SYNTHETIC_CLASSES);
      const isTrue = at % SYNTHETIC_CLASSES === truth[i];
      return normal() + (isTrue ? 1.5 + 8 * (skill - (difficulty[i] ?? 0)) : 0);
    }),
  );
  return {
    ladder: { name: 'synthetic', fingerprint: 'f'.repeat(64), reference: 'r3' },
    classes: SYNTHETIC_CLASSES,
    rungs: COSTS_MS.map((costMs, rung) => ({ id: `r${rung}`, costMs })),
    logits,
    truth,
    features,
    featuresMs: 0.1,
    keys: Array.from(truth, (_, i) => `key ${i}`),
    groups: Int32Array.from(truth, (_, i) => i),
    folds: stratifiedFolds(
      Array.from(truth, (_, i) => ({ stratum: '', group: `${i}` })),
      FOLDS,
      seed,
    ),
    foldCount: FOLDS,
    conditions: new Uint8Array(count),
    conditionNames: [''],
    truthKind: 'labels',
    subset: ['r0', 'r1', 'r3'],
    target: { kind: 'accuracy-loss', value: 0.02, confidence: null, lossPerCondition: 0.02 },
    seed,
    circumstances: 'a test',
    ...changes,
  };
}

/** Logits that say the given answers, surely. */
export function logitsSaying(answers: ArrayLike<number>, classes = SYNTHETIC_CLASSES): Float32Array {
  const logits = new Float32Array(answers.length * classes);
  for (let i = 0; i < answers.length; i++) logits[i * classes + (answers[i] ?? 0)] = 5;
  return logits;
}

/** A table of random figures; probabilities often lie exactly on thresholds. */
export function randomTable(seed: number, count = 40, costs: readonly number[] = [0.1, 0.3, 1]): FitTable {
  const random = seededRandom(seed);
  const coarse = () => (random() < 0.5 ? Math.floor(random() * 9) / 8 : Math.floor(random() * 4097) / THRESHOLD_STEPS);
  const histories = Array.from({ length: 1 << costs.length }, () => ({
    right: Uint8Array.from({ length: count }, () => (random() < 0.6 ? 1 : 0)),
    deferral: Float64Array.from({ length: count }, coarse),
  }));
  return {
    count,
    costs,
    overhead: 0.02,
    right: (history) => histories[history]?.right as Uint8Array,
    deferral: (history) => histories[history]?.deferral as Float64Array,
    entry: costs.slice(0, -1).map(() => Float64Array.from({ length: count }, coarse)),
  };
}

/** Output features are eight; two image features follow. */
const WEIGHTS = [0.5, 0, 0, -0.25, 0, 0, 0, 0.125, 2, -1];
const EXPECTED = {
  accuracy: 0.8,
  accuracyGainVsTop: -0.01,
  interval: [-0.02, 0],
  costRatio: 0.4,
  meanRungsRun: 1.5,
  shareByRung: { small: 0.5, large: 0.5 },
} satisfies Premodel['modes']['hybrid'][number]['expected'];

/** A premodel of three rungs and two image features that is valid for `SMALL_LADDER`. */
export function smallPremodel(): Premodel {
  const tree = (below: number) => ({
    feature: 0,
    below,
    left: { probability: 0.9 },
    right: { feature: 1, below: 3, left: { probability: 0.25 }, right: { probability: 0.5 } },
  });
  const rung = (id: string, costMs: number) => ({
    id,
    costMs,
    temperature: 1.5,
    mergeWeight: 0.7,
    deferral: { intercept: -0.5, weights: [...WEIGHTS] },
  });
  const both = { rungs: ['small', 'large'], entry: [0.5], accept: [0.75], expected: EXPECTED };
  const one = { rungs: ['small'], entry: [], accept: [], expected: EXPECTED };
  const all = { rungs: ['small', 'middle', 'large'], entry: [0.9, 0.25], accept: [0.8, 0.6], expected: EXPECTED };
  return {
    schema: 'weir.premodel/1',
    ladder: { name: 'small', fingerprint: SMALL_LADDER.fingerprint },
    rungs: [{ ...rung('small', 1), entry: tree(10) }, { ...rung('middle', 3), entry: tree(20) }, rung('large', 9)],
    reference: { id: 'large', costMs: 9, accuracy: 0.81 },
    features: FEATURES.slice(0, 2).map(({ name }) => name),
    modes: {
      select: [{ name: 'balanced', ...both }],
      cascade: [one, { name: 'balanced', ...both }],
      hybrid: [one, { name: 'fast', ...both }, { name: 'balanced', ...both }, { name: 'accurate', ...all }],
    },
    fitted: {
      truth: 'labels',
      samples: { all: 500 },
      folds: 10,
      seed: 1,
      target: { kind: 'accuracy-loss', value: 0.01, confidence: 0.9, lossPerCondition: 0.01 },
      circumstances: 'a test',
    },
  };
}

const rungOf = (id: string, macsMillions: number): Ladder['rungs'][number] => ({
  id,
  model: id,
  path: `/models/${id}.onnx`,
  sha256: '0'.repeat(64),
  input: { width: 16, height: 16, fit: 'stretch' },
  view: 'whole',
  precision: 'fp32',
  macsMillions,
  layout: 'nhwc',
  dtype: 'uint8',
  mean: [0, 0, 0],
  std: [1, 1, 1],
  output: 'logits',
  defaults: { temperature: 1, threshold: 0.8, mergeWeight: 1 },
});

export const SMALL_LADDER: Ladder = {
  name: 'small',
  labels: [
    { id: 'c0', name: 'red' },
    { id: 'c1', name: 'green' },
    { id: 'c2', name: 'blue' },
  ],
  rungs: [rungOf('small', 10), rungOf('middle', 30), rungOf('large', 90)],
  reference: 'large',
  fingerprint: 'abcdef0123456789'.repeat(4),
};
