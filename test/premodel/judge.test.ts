import { describe, expect, test } from 'vitest';
import { Evidence } from '../../src/cascade/evidence.ts';
import { OUTPUT_FEATURES, outputFeatures } from '../../src/cascade/outputs.ts';
import { operatingPoint, trainedPolicy } from '../../src/premodel/judge.ts';
import { smallPremodel } from '../support/premodels.ts';
import fc from '../support/property.ts';

const premodel = smallPremodel();

describe('operatingPoint', () => {
  test('is found by name, and by number from the cheapest', () => {
    expect(operatingPoint(premodel, 'hybrid', 'accurate')).toBe(premodel.modes.hybrid[3]);
    expect(operatingPoint(premodel, 'hybrid', '0')).toBe(premodel.modes.hybrid[0]);
    expect(operatingPoint(premodel, 'hybrid', '3')).toBe(premodel.modes.hybrid[3]);
    expect(operatingPoint(premodel, 'select', 'balanced')).toBe(premodel.modes.select[0]);
  });

  test.each(['4', '-1', '1.5', 'Fast', 'best', ''])('is not found by "%s", and what there is is told', (name) => {
    expect(() => operatingPoint(premodel, 'hybrid', name)).toThrow(
      expect.objectContaining({
        code: 'operating-point-unknown',
        exitCode: 2,
        message: `the premodel has no operating point "${name}" for mode hybrid`,
        remedy: 'choose fast, balanced, accurate, or a number from 0 (cheapest) to 3',
      }),
    );
  });
});

describe('trainedPolicy', () => {
  test('has the rungs of its point, each with its threshold; the last accepts everything', () => {
    const policy = trainedPolicy(premodel, 'hybrid', 'accurate');
    expect(policy.mode).toBe('hybrid');
    expect(policy.operatingPoint).toBe('accurate');
    expect(policy.rungs).toEqual([
      { id: 'small', temperature: 1.5, mergeWeight: 0.7, threshold: 0.8 },
      { id: 'middle', temperature: 1.5, mergeWeight: 0.7, threshold: 0.6 },
      { id: 'large', temperature: 1.5, mergeWeight: 0.7, threshold: 0 },
    ]);
  });

  test('is told by the name of its point, or by its number where it has none', () => {
    expect(trainedPolicy(premodel, 'hybrid', '1').operatingPoint).toBe('fast');
    expect(trainedPolicy(premodel, 'hybrid', '0').operatingPoint).toBe('0');
  });

  test('gives every loop a judge of its own', () => {
    const policy = trainedPolicy(premodel, 'hybrid', 'fast');
    expect(policy.judge()).not.toBe(policy.judge());
    expect(policy.judge().features).toEqual(premodel.features);
  });
});

describe('entry', () => {
  const judge = trainedPolicy(premodel, 'hybrid', 'accurate').judge(); // thresholds 0.9 and 0.25

  test.each([
    ['at exactly the threshold of the first', [9.9, 0], 0],
    ['at the second where the first is too unlikely: its border is passed', [10, 2.9], 1],
    ['at exactly the threshold of the second', [20, 2.9], 1],
    ['at the second above its threshold', [20, 3], 1],
  ])('is %s', (_name, features, expected) => {
    expect(judge.entry(Float64Array.from(features))).toBe(expected);
  });

  test('is the last where no other is likely enough', () => {
    const strict = smallPremodel();
    Object.assign(strict.modes.hybrid[3] ?? {}, { entry: [0.91, 0.26] });
    const strictJudge = trainedPolicy(strict, 'hybrid', 'accurate').judge();
    const entry = (features: number[]) => strictJudge.entry(Float64Array.from(features));
    expect(entry([25, 2])).toBe(2);
    expect(entry([25, 3])).toBe(1);
    expect(entry([0, 0])).toBe(1);
  });

  test('asks the trees of the point’s own rungs', () => {
    // Of small and large: small's tree knows 0.9 below 10, else at most 0.5.
    const two = trainedPolicy(premodel, 'hybrid', 'fast').judge();
    expect(two.entry(Float64Array.from([15, 2]))).toBe(1);
    expect(two.entry(Float64Array.from([15, 3]))).toBe(0);
  });

  test('of a single rung is that', () => {
    expect(
      trainedPolicy(premodel, 'cascade', '0')
        .judge()
        .entry(Float64Array.from([99, 99])),
    ).toBe(0);
  });
});

describe('right', () => {
  test('is the sigmoid of the weighted outputs and features, by the model of the rung that ran last', () => {
    const own = smallPremodel();
    Object.assign(own.rungs[2]?.deferral ?? {}, { intercept: 0.75 });
    const judge = trainedPolicy(own, 'hybrid', 'fast').judge();
    const logits = fc.array(fc.integer({ min: -40, max: 40 }), { minLength: 3, maxLength: 3 });
    fc.assert(
      fc.property(
        logits,
        logits,
        fc.tuple(fc.integer({ min: -2, max: 2 }), fc.integer({ min: -2, max: 2 })),
        (a, b, x) => {
          const evidence = new Evidence(3);
          const outputs = new Float64Array(OUTPUT_FEATURES.length);
          for (const [rung, values] of [a, b].entries()) {
            evidence.add(rung, Float32Array.from(values), { temperature: 2, mergeWeight: 1 });
            outputFeatures(evidence, outputs);
            // Weights of smallPremodel: logOdds 0.5, entropy -0.25, rungsRun 0.125, then 2 and -1 of the image features.
            const score =
              (rung === 0 ? -0.5 : 0.75) +
              0.5 * (outputs[0] ?? 0) -
              0.25 * (outputs[3] ?? 0) +
              0.125 * rung +
              2 * x[0] -
              x[1];
            expect(judge.right(evidence, Float64Array.from(x))).toBeCloseTo(1 / (1 + Math.exp(-score)), 12);
          }
        },
      ),
    );
  });

  test('adds what is remembered, where the premodel weighs it; an older one does as before', () => {
    const older = smallPremodel();
    const own = smallPremodel();
    for (const { deferral } of own.rungs) Object.assign(deferral, { recalled: [0.5, -2] });
    const evidence = new Evidence(3);
    evidence.add(0, Float32Array.from([0, 3, 1]), { temperature: 1, mergeWeight: 1 });
    const features = Float64Array.from([1, 2]);
    const logOdds = (premodel: typeof own, lastClass: number | null) => {
      const values = Float64Array.of(0, 0, 0.9, 0, 0);
      const recollection = lastClass === null ? null : { values, lastClass };
      const right = trainedPolicy(premodel, 'hybrid', 'fast').judge().right(evidence, features, recollection);
      return Math.log(right / (1 - right));
    };
    const alone = logOdds(older, null);
    expect(logOdds(older, 1)).toBe(alone);
    expect(logOdds(own, null)).toBeCloseTo(alone, 9);
    expect(logOdds(own, 1)).toBeCloseTo(alone + 0.5 * Math.log(9), 9);
    expect(logOdds(own, 0)).toBeCloseTo(alone - 2 * Math.log(9), 9);
    expect(trainedPolicy(older, 'hybrid', 'fast').remembers).toBe(false);
    expect(trainedPolicy(own, 'hybrid', 'fast').remembers).toBe(true);
  });
});
