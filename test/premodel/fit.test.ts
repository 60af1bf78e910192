import { describe, expect, test } from 'vitest';
import { FEATURES } from '../../src/features/catalogue.ts';
import { rightOf } from '../../src/premodel/answers.ts';
import { premodelFile, premodelText } from '../../src/premodel/artifact.ts';
import { fitPremodel } from '../../src/premodel/fit.ts';
import { describeData, type FitInput } from '../../src/premodel/fit-input.ts';
import { logitsSaying, SYNTHETIC_CLASSES, syntheticInput } from '../support/premodels.ts';

const input = syntheticInput();
const quiet = () => {};
const fit = fitPremodel(input, quiet);
const fitOf = (changes: Partial<FitInput>) => fitPremodel({ ...input, ...changes }, quiet);
const named = (points: readonly { name?: string | undefined }[], name: string) =>
  points.find((point) => point.name === name);
const withRung = (rung: number, values: Float32Array) => input.logits.map((own, at) => (at === rung ? values : own));
const wrong = input.truth.map((value) => (value + 1) % SYNTHETIC_CLASSES);

describe('fitPremodel', () => {
  test('gives the same bytes for the same input and seed', () => {
    expect(premodelText(fitPremodel(syntheticInput(), quiet).premodel)).toBe(premodelText(fit.premodel));
  });

  test('gives a premodel that its own file format accepts', () => {
    expect(premodelFile.parse(JSON.parse(premodelText(fit.premodel)))).toEqual(fit.premodel);
  });

  test('learns from the feature that tells, not from its double or from a constant', () => {
    expect(fit.premodel.features[0]).toBe(FEATURES[0]?.name);
    expect(fit.premodel.features).not.toContain(FEATURES[1]?.name);
    expect(fit.premodel.features).not.toContain(FEATURES[2]?.name);
    for (const { logLoss, baseLogLoss } of fit.entries) expect(logLoss).toBeLessThan(0.8 * baseLogLoss);
  });

  test('finds climbs that are nearly as accurate as the reference for much less', () => {
    const { modes, reference } = fit.premodel;
    const right = rightOf(input.logits[3] as Float32Array, input.truth, SYNTHETIC_CLASSES);
    expect(reference.accuracy).toBeCloseTo(right.reduce((sum, value) => sum + value, 0) / 300, 5);
    const balanced = modes.hybrid.find(({ name }) => name === 'balanced');
    expect(balanced?.expected.accuracyGainVsTop).toBeGreaterThanOrEqual(-0.02 - 1e-9);
    expect(balanced?.expected.costRatio).toBeLessThan(0.7);
    expect(fit.warnings).toEqual([]);
  });

  test('keeps the given subset in order of cost, and fits what each rung needs', () => {
    const { premodel, choice } = fitOf({ subset: ['r3', 'r0', 'r1'] });
    expect(choice).toBeNull();
    expect(premodel.rungs.map(({ id }) => id)).toEqual(['r0', 'r1', 'r3']);
    expect(premodel.rungs.map(({ entry }) => entry !== undefined)).toEqual([true, true, false]);
    expect(premodel.rungs.at(-1)?.mergeWeight).toBe(1);
    expect(premodelText(premodel)).toBe(premodelText(fit.premodel));
  });

  test('chooses a subset where none is given', () => {
    const { premodel, choice, positions } = fitOf({ subset: null });
    expect(choice?.rungs).toEqual(positions);
    expect(choice?.gainOverAlgorithm1).toBeGreaterThanOrEqual(0);
    expect(premodel.rungs.at(-1)?.id).toBe('r3');
  });

  test('counts the samples of each condition', () => {
    const conditions = Uint8Array.from({ length: 300 }, (_, i) => (i < 100 ? 0 : 1));
    expect(fitOf({ subset: ['r3'], conditions, conditionNames: ['day', 'night'] }).premodel.fitted.samples).toEqual({
      day: 100,
      night: 200,
    });
    expect(fit.premodel.fitted.samples).toEqual({ all: 300 });
  });

  test('tells how far it is, never more than all', () => {
    const stages = new Set<string>();
    fitPremodel({ ...input, subset: ['r0', 'r3'] }, (stage, done, total) => {
      stages.add(stage);
      expect(done).toBeLessThanOrEqual(total);
    });
    expect([...stages]).toContain('operating points');
    expect(stages.size).toBeGreaterThan(5);
  });
});

describe('what cannot be learnt', () => {
  test.each([
    ['right', input.truth, '--mode fixed:'],
    ['wrong', wrong, 'check that the labels'],
  ])('every rung always %s', (what, answers, remedy) => {
    const logits = input.logits.map(() => logitsSaying(answers));
    expect(() => fitOf({ logits })).toThrow(
      expect.objectContaining({
        code: 'train-hopeless',
        message: `every one of 4 rungs is ${what} on every sample: there is nothing to choose`,
        remedy: expect.stringContaining(remedy),
      }),
    );
  });

  test('fewer samples of their own than folds', () => {
    const groups = Int32Array.from({ length: 40 }, (_, i) => i % 4);
    expect(() => fitPremodel(syntheticInput({ groups }, 40), quiet)).toThrow(
      expect.objectContaining({
        code: 'train-hopeless',
        message: '40 samples, of which 4 do not belong together, are too few to be split into 5 parts',
      }),
    );
  });
});

describe('what is odd but can be learnt', () => {
  const expectFinite = (text: string) => expect(text).not.toMatch(/null,|NaN|Infinity/);

  test('a fold in which a rung is never right', () => {
    const values = (input.logits[0] as Float32Array).map((value, at) =>
      input.folds[Math.floor(at / SYNTHETIC_CLASSES)] === 0 &&
      at % SYNTHETIC_CLASSES === input.truth[Math.floor(at / SYNTHETIC_CLASSES)]
        ? -9
        : value,
    );
    const { premodel } = fitOf({ logits: withRung(0, values), subset: ['r0', 'r3'] });
    expect(premodel.rungs).toHaveLength(2);
    expectFinite(JSON.stringify(premodel.rungs));
  });

  test('a rung that is always right is the end of every named climb', () => {
    const { premodel } = fitOf({ logits: withRung(1, logitsSaying(input.truth)) });
    expect(named(premodel.modes.hybrid, 'balanced')).toMatchObject({ rungs: expect.not.arrayContaining(['r3']) });
    expect(premodel.modes.hybrid.at(-1)?.expected.accuracy).toBe(1);
    expectFinite(JSON.stringify(premodel.rungs));
  });

  test('a rung that is always right is chosen alone where nothing cheaper helps', () => {
    const { premodel } = fitOf({ logits: withRung(0, logitsSaying(input.truth)), subset: null });
    expect(premodel.rungs.map(({ id }) => id)).toEqual(['r0']);
    expect(premodel.modes.select).toHaveLength(3);
  });

  test('a rung that is never right', () => {
    const { premodel } = fitOf({ logits: withRung(0, logitsSaying(wrong)), subset: ['r0', 'r3'] });
    expectFinite(JSON.stringify(premodel.rungs));
    expect(premodel.modes.hybrid.at(-1)?.expected.accuracy).toBeGreaterThan(0.9);
  });

  test('image features that say nothing', () => {
    const { premodel } = fitOf({ subset: ['r0', 'r3'], features: new Float64Array(input.features.length).fill(1) });
    expect(premodel.features).toEqual([]);
    expect(premodel.rungs[0]?.entry).toHaveProperty('probability');
  });
});

describe('too few samples to learn from', () => {
  const few = syntheticInput({ folds: Uint8Array.from({ length: 39 }, (_, i) => i % 5) }, 39);
  const { premodel, warnings, deferral, histories } = fitPremodel(few, quiet);

  test('leave what they cannot teach as it is without a premodel, with a warning', () => {
    expect(warnings[0]).toMatch(/^39 samples are too few to learn where to enter .* until there are 40 /);
    expect(premodel.features).toEqual([]);
    for (const { mergeWeight, deferral: own } of premodel.rungs) {
      expect(mergeWeight).toBe(1);
      expect(own).toEqual({ intercept: 0, weights: [1, 0, 0, 0, 0, 0, 0, 0] });
    }
    expect(premodelFile.parse(JSON.parse(premodelText(premodel)))).toEqual(premodel);
  });

  test('take the confidence of an answer at its word', () => {
    const [likely, outputs] = [deferral.outOfFold.get(1), histories.outputs(1)];
    for (let i = 0; i < 39; i++) {
      const logOdds = outputs[8 * i] ?? 0;
      expect(likely?.[i]).toBeCloseTo(1 / (1 + Math.exp(-logOdds)), 12);
    }
  });

  test('enter every frame at the same rung', () => {
    for (const { entry } of premodel.rungs.slice(0, -1)) expect(entry).toEqual({ probability: 0 });
  });

  test('are not those that suffice', () => {
    const enough = fitPremodel(syntheticInput({}, 40), quiet);
    expect(enough.warnings.join()).not.toContain('too few to learn');
    expect(enough.premodel.features.length).toBeGreaterThan(0);
  });
});

test('names its data by their hash, by condition, whatever their order', () => {
  const { data } = fit.premodel.fitted;
  const keys = [...input.keys].reverse();
  expect(data?.all).toMatch(/^[0-9a-f]{64}$/);
  expect(describeData({ ...input, keys }).data).toEqual(data);
  expect(describeData({ ...input, keys: [...keys.slice(1), 'another'] }).data).not.toEqual(data);
  const conditions = Uint8Array.from(input.truth, (_, i) => i % 2);
  const halves = describeData({ ...input, conditions, conditionNames: ['day', 'night'] });
  expect(halves.samples).toEqual({ day: 150, night: 150 });
  expect(halves.data.day).not.toBe(halves.data.night);
});

describe('warnings', () => {
  test('say how many samples a small loss needs', () => {
    // Without the reference, whose answers differ from the others' on many samples.
    const { warnings } = fitOf({
      subset: ['r0', 'r1'],
      target: { kind: 'accuracy-loss', value: 0.02, confidence: null, lossPerCondition: 0.02 },
    });
    expect(warnings).toContainEqual(
      expect.stringMatching(/^with 300 samples .* to tell 2\.00 points from none about \d+ are needed: /),
    );
    const needed = Number(/about (\d+)/.exec(warnings.join())?.[1]);
    expect(needed).toBeGreaterThan(300);
  });

  test('say that a target is out of reach', () => {
    expect(
      fitOf({
        subset: ['r0', 'r3'],
        target: { kind: 'cost-ratio', value: 0.01, confidence: null, lossPerCondition: null },
      }).warnings,
    ).toEqual(['no climb costs at most 0.01 of the reference; the cheapest is taken']);
    const { warnings } = fitOf({
      subset: ['r0'],
      target: { kind: 'accuracy-loss', value: 0.01, confidence: 0.95, lossPerCondition: 0.01 },
    });
    expect(warnings[0]).toMatch(
      /^no climb loses at most 1\.00 points against the reference; the best loses 47\.00 points/,
    );
  });
});
