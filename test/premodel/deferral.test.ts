import { describe, expect, test } from 'vitest';
import { OUTPUT_FEATURES } from '../../src/cascade/outputs.ts';
import { FEATURES } from '../../src/features/catalogue.ts';
import { pickColumns } from '../../src/premodel/answers.ts';
import { fitDeferral } from '../../src/premodel/deferral.ts';
import { evaluateHistories, type Histories } from '../../src/premodel/histories.ts';
import { logistic } from '../../src/premodel/logistic.ts';
import { SYNTHETIC_CLASSES, syntheticInput } from '../support/premodels.ts';

const input = syntheticInput({}, 200);
const { truth, folds, foldCount } = input;
const logits = [0, 1, 3].map((rung) => input.logits[rung] as Float32Array);
const parameters = logits.map(() => ({ temperature: 1, mergeWeight: 1 }));
const images = pickColumns(input.features, FEATURES.length, [0, 3]);
const histories = evaluateHistories(logits, parameters, truth, SYNTHETIC_CLASSES, 3);
const inputs = { images, columns: 2, folds, foldCount };
const fit = fitDeferral({ histories, ...inputs });

/** The same but for what is right of some samples. */
function withFlipped(rows: readonly number[]): Histories {
  return {
    ...histories,
    right: (history) => histories.right(history).map((value, i) => (rows.includes(i) ? 1 - value : value)),
  };
}

describe('fitDeferral', () => {
  test('fits a model per rung, over outputs and image features', () => {
    expect(fit.models.map(({ weights }) => weights.length)).toEqual(Array(3).fill(OUTPUT_FEATURES.length + 2));
    expect([...fit.outOfFold.keys()].sort((a, b) => a - b)).toEqual([...histories.all]);
  });

  test('a sample’s own outcome does not change what is predicted of it, nor does its fold’s', () => {
    const fold = [...folds.keys()].filter((i) => folds[i] === 2);
    const flipped = fitDeferral({ histories: withFlipped(fold), ...inputs });
    for (const history of histories.all) {
      for (const [i, value] of (fit.outOfFold.get(history) ?? []).entries()) {
        if (folds[i] === 2) expect(flipped.outOfFold.get(history)?.[i]).toBe(value);
      }
    }
    expect(flipped.models).not.toEqual(fit.models);
  });

  test('but those of the other folds do', () => {
    const fold = [...folds.keys()].filter((i) => folds[i] === 2);
    const flipped = fitDeferral({ histories: withFlipped(fold), ...inputs });
    const changed = [...folds.keys()].filter((i) => flipped.outOfFold.get(1)?.[i] !== fit.outOfFold.get(1)?.[i]);
    expect(changed.length).toBeGreaterThan(100);
    expect(changed.some((i) => folds[i] === 2)).toBe(false);
  });

  test('predicts out of fold nearly what the final models do, and as often right as it says', () => {
    for (const history of [0b001, 0b011, 0b111]) {
      const predicted = fit.outOfFold.get(history) as Float64Array;
      const right = histories.right(history);
      const mean = (values: ArrayLike<number>) => Array.from(values).reduce((a, b) => a + b, 0) / values.length;
      expect(Math.abs(mean(predicted) - mean(right))).toBeLessThan(0.05);
      const likely = [...right.keys()].filter((i) => (predicted[i] ?? 0) > 0.8);
      const unlikely = [...right.keys()].filter((i) => (predicted[i] ?? 0) < 0.4);
      const share = (rows: readonly number[]) => rows.reduce((sum, i) => sum + (right[i] ?? 0), 0) / rows.length;
      expect(share(likely)).toBeGreaterThan(0.75);
      if (unlikely.length > 5) expect(share(unlikely)).toBeLessThan(0.5);
    }
  });

  test('weighs the image features after the outputs', () => {
    const model = fit.models[0] as (typeof fit.models)[number];
    const x = new Float64Array(OUTPUT_FEATURES.length + 2);
    x.set(histories.outputs(1).subarray(0, OUTPUT_FEATURES.length));
    const easy = logistic(model, x.with(OUTPUT_FEATURES.length, 0.1));
    const difficult = logistic(model, x.with(OUTPUT_FEATURES.length, 0.9));
    expect(easy).toBeGreaterThan(difficult + 0.1);
  });

  test('bears a fold without a right answer', () => {
    const none = [...folds.keys()].filter((i) => folds[i] === 0);
    const right = (history: number) => histories.right(history).map((value, i) => (none.includes(i) ? 0 : value));
    const { outOfFold, models } = fitDeferral({ histories: { ...histories, right }, ...inputs });
    for (const values of outOfFold.values()) expect(values.every((value) => value >= 0 && value <= 1)).toBe(true);
    for (const { intercept, weights } of models) expect([intercept, ...weights].every(Number.isFinite)).toBe(true);
  });
});
