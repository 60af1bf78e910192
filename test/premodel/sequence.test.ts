import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../src/cascade/random.ts';
import { NOTHING_REMEMBERED, TIME_FEATURES } from '../../src/cascade/recollection.ts';
import { premodelFile, premodelProblem } from '../../src/premodel/artifact.ts';
import { fitPremodel } from '../../src/premodel/fit.ts';
import type { FitInput } from '../../src/premodel/fit-input.ts';
import { rememberedOf, type Sequence } from '../../src/premodel/sequence.ts';
import { SYNTHETIC_CLASSES, syntheticInput } from '../support/premodels.ts';

const quiet = () => {};
const WIDTH = TIME_FEATURES.length;

/** One recording with a frame a second; each differs by the given score from the one before. */
function recording(scores: readonly number[], changes: Partial<Sequence> = {}): Sequence {
  let sum = 0;
  return {
    runs: Int32Array.from(scores, () => 0),
    seconds: Float64Array.from(scores, (_, i) => i),
    scores: Float64Array.from(scores),
    carried: Float64Array.from(scores, (score) => {
      if (score < Infinity) sum += Math.max(0, score - 1);
      return sum;
    }),
    ...changes,
  };
}

function answers(classes: readonly number[]) {
  return {
    classes: Int32Array.from(classes),
    right: Float64Array.from(classes, (_, i) => (i + 1) / 100),
    rungs: Float64Array.from(classes, (_, i) => i / 1000),
  };
}

const rowOf = ({ values }: { values: Float64Array }, row: number) => [
  ...values.subarray(row * WIDTH, (row + 1) * WIDTH),
];

describe('rememberedOf', () => {
  const count = 200;
  const scores = Array.from({ length: count }, (_, i) => (i === 0 ? Infinity : (i % 4) / 2));
  const classes = Array.from({ length: count }, (_, i) => Math.floor(i / 50));
  const sequence = recording(scores);
  const remembered = rememberedOf(sequence, answers(classes), 1);

  test('remembers an answer of one to six samples before, with all that is told of it', () => {
    const lags = new Set<number>();
    for (let row = 6; row < count; row++) {
      const [difference = 0, age = 0, right = 0, stable = 0, rung = 0] = rowOf(remembered, row);
      const from = Math.round(right * 100) - 1;
      lags.add(row - from);
      expect(age).toBe(row - from);
      expect(rung).toBeCloseTo(from / 1000, 9);
      expect(remembered.lastClass[row]).toBe(classes[from]);
      expect(stable).toBe(row - Math.floor(from / 50) * 50 > 60 ? 60 : row - Math.floor(from / 50) * 50);
      const onTheWay = scores.slice(from + 1, row).reduce((sum, score) => sum + Math.max(0, score - 1), 0);
      expect(difference).toBeCloseTo(onTheWay + (scores[row] ?? 0), 9);
    }
    expect([...lags].sort()).toEqual([1, 2, 3, 4, 6]);
  });

  test('of the first frame nothing is remembered', () => {
    expect(rowOf(remembered, 0)).toEqual([...NOTHING_REMEMBERED]);
    expect(remembered.lastClass[0]).toBe(-1);
  });

  test('nothing is remembered of another recording, nor of pictures without an order', () => {
    const runs = Int32Array.from(scores, (_, i) => (i < 100 ? 0 : i < 150 ? 1 : -1));
    const parted = rememberedOf({ ...sequence, runs }, answers(classes), 1);
    expect(parted.lastClass[100]).toBe(-1);
    for (let row = 100; row < 106; row++) {
      const from = Math.round((rowOf(parted, row)[2] ?? 0) * 100) - 1;
      expect(from === -1 || from >= 100).toBe(true);
    }
    for (let row = 150; row < count; row++) expect(parted.lastClass[row]).toBe(-1);
  });

  test('samples are played in order of their time, however they stand in the table', () => {
    const turned = recording(scores.toReversed(), {
      seconds: sequence.seconds.toReversed(),
      carried: sequence.carried.toReversed(),
    });
    const { classes: own, right, rungs } = answers(classes);
    const back = rememberedOf(
      turned,
      { classes: own.toReversed(), right: right.toReversed(), rungs: rungs.toReversed() },
      1,
    );
    for (let row = 0; row < count; row++) expect(rowOf(back, count - 1 - row)).toEqual(rowOf(remembered, row));
  });

  test('the same seed draws the same, another one something else', () => {
    expect(rememberedOf(sequence, answers(classes), 1).values).toEqual(remembered.values);
    expect(rememberedOf(sequence, answers(classes), 2).values).not.toEqual(remembered.values);
  });

  test('what lies more than a minute back is not remembered', () => {
    const slow = { ...sequence, seconds: sequence.seconds.map((value) => value * 61) };
    expect(rememberedOf(slow, answers(classes), 1).lastClass.every((value) => value === -1)).toBe(true);
  });
});

/** Classes that stay for a while, of which single frames tell little. */
function slowScene(changes: (truth: Int32Array) => Int32Array = (truth) => truth): FitInput {
  const random = seededRandom(5);
  const count = 400;
  let current = 0;
  const truth = changes(
    Int32Array.from({ length: count }, () => {
      if (random() < 0.05) current = Math.floor(random() * SYNTHETIC_CLASSES);
      return current;
    }),
  );
  const own = syntheticInput({}, count, 3);
  // The synthetic logits favour their own truth: class by class they are moved to the one that is shown here.
  const logits = own.logits.map((values) => {
    const moved = new Float32Array(values.length);
    for (let i = 0; i < count; i++) {
      const by = (truth[i] ?? 0) - (own.truth[i] ?? 0) + SYNTHETIC_CLASSES;
      for (let k = 0; k < SYNTHETIC_CLASSES; k++)
        moved[i * SYNTHETIC_CLASSES + ((k + by) % SYNTHETIC_CLASSES)] = values[i * SYNTHETIC_CLASSES + k] ?? 0;
    }
    return moved;
  });
  const scores = Array.from(truth, (value, i) => (i === 0 ? Infinity : value === truth[i - 1] ? 0.5 : 12));
  const groups = Int32Array.from(truth, (_, i) => Math.floor(i / 20));
  const folds = Uint8Array.from(groups, (group) => group % own.foldCount);
  return { ...own, logits, truth, groups, folds, sequence: recording(scores) };
}

describe('a fit of footage in order', () => {
  const input = slowScene();
  const fit = fitPremodel(input, quiet);
  const { sequence: _, ...unordered } = input;
  const without = fitPremodel(unordered, quiet);
  const balanced = ({ premodel }: typeof fit) => premodel.modes.cascade.find(({ name }) => name === 'balanced');

  test('knows the time features, weighs what is remembered, and is a premodel like any other', () => {
    expect(fit.premodel.features.slice(-WIDTH)).toEqual([...TIME_FEATURES]);
    for (const { deferral } of fit.premodel.rungs) {
      expect(deferral.recalled).toHaveLength(2);
      const [support = 0, contradiction = 0] = deferral.recalled ?? [];
      expect(support).toBeGreaterThan(contradiction);
    }
    expect(premodelFile.parse(fit.premodel)).toEqual(fit.premodel);
    expect(premodelProblem(fit.premodel, ['r0', 'r1', 'r2', 'r3'])).toBe(null);
  });

  test('takes less time where the class stays', () => {
    expect(balanced(fit)?.expected.costRatio).toBeLessThan(balanced(without)?.expected.costRatio ?? 0);
  });

  test('remembers nothing where looking for it takes more time than it saves', () => {
    const { premodel } = fitPremodel({ ...input, featuresMs: 1000 * (input.rungs.at(-1)?.costMs ?? 1) }, quiet);
    expect(premodel.features).not.toContain('sceneDifference');
    expect(premodel.rungs.every(({ deferral }) => deferral.recalled === undefined)).toBe(true);
  });

  test('remembers nothing where that tells nothing: classes change from frame to frame', () => {
    const restless = slowScene((truth) => truth.map((_, i) => (i * 7 + (i % 3)) % SYNTHETIC_CLASSES));
    const { sequence: order, ...rest } = restless;
    const scores = restless.truth.map(() => 12);
    const { premodel } = fitPremodel({ ...rest, sequence: recording([...scores]) }, quiet);
    expect(order).toBeDefined();
    expect(premodel.features).not.toContain('sceneDifference');
    expect(premodel.rungs.every(({ deferral }) => deferral.recalled === undefined)).toBe(true);
  });
});
