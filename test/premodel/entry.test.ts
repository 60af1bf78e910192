import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../src/cascade/random.ts';
import { quantileBorders } from '../../src/premodel/binning.ts';
import { binFeatures, crossPredict, fitEntry, meanLogLoss } from '../../src/premodel/entry.ts';
import { askTree, growTree } from '../../src/premodel/tree.ts';

const COUNT = 400;
const random = seededRandom(31);
const features = Float64Array.from({ length: COUNT * 2 }, () => 50 * random());
const borders = [0, 1].map((j) => quantileBorders(Array.from({ length: COUNT }, (_, i) => features[i * 2 + j] ?? 0)));
const bins = binFeatures(features, 2, borders);
const folds = Uint8Array.from({ length: COUNT }, (_, i) => (i * 7) % 5);
const right = Uint8Array.from({ length: COUNT }, (_, i) =>
  random() < ((features[i * 2 + 1] ?? 0) > 30 ? 0.95 : 0.1) ? 1 : 0,
);
const fit = fitEntry(bins, borders, right, folds, 5);

describe('fitEntry', () => {
  test('finds what tells right from wrong, on the features themselves', () => {
    expect(fit.tree).toMatchObject({ feature: 1 });
    expect('below' in fit.tree && Math.abs(fit.tree.below - 30)).toBeLessThan(1);
    expect(askTree(fit.tree, [25, 45])).toBeGreaterThan(0.85);
    expect(askTree(fit.tree, [25, 5])).toBeLessThan(0.25);
  });

  test('beats the base rate out of fold where there is something to learn', () => {
    const share = right.reduce((sum, value) => sum + value, 0) / COUNT;
    const entropy = -share * Math.log(share) - (1 - share) * Math.log(1 - share);
    expect(fit.baseLogLoss).toBeCloseTo(entropy, 6);
    expect(fit.logLoss).toBeLessThan(0.7 * fit.baseLogLoss);
    expect(fit.logLoss).toBe(meanLogLoss(fit.outOfFold, right));
  });

  test('is about the base rate where there is nothing', () => {
    const coin = Uint8Array.from({ length: COUNT }, () => (random() < 0.5 ? 1 : 0));
    const none = fitEntry(bins, borders, coin, folds, 5);
    expect(none.logLoss).toBeGreaterThan(0.95 * none.baseLogLoss);
    expect(none.options.depth).toBeLessThanOrEqual(2);
  });

  test('takes the depth and leaf size of the least loss out of fold', () => {
    for (const depth of [1, 2, 3, 4, 5]) {
      for (const leafSize of [25, 50, 100]) {
        const loss = meanLogLoss(crossPredict(bins, right, folds, 5, { depth, leafSize }), right);
        expect(fit.logLoss).toBeLessThanOrEqual(loss + 1e-6);
      }
    }
  });

  test('bears a rung that is always right', () => {
    const always = fitEntry(bins, borders, new Uint8Array(COUNT).fill(1), folds, 5);
    expect(always.tree).toEqual({ probability: 1 });
    expect(always.logLoss).toBeLessThan(1e-5);
  });
});

test('the tree says of features what the tree of bins says of their bins: values on a border too', () => {
  const binned = growTree(bins, [...right], fit.options);
  for (let i = 0; i < COUNT; i++) {
    expect(askTree(fit.tree, features.subarray(i * 2, i * 2 + 2))).toBe(askTree(binned, bins[i] ?? []));
  }
  for (const border of borders[1] ?? []) {
    const onBorder = Float64Array.of(25, border);
    expect(askTree(fit.tree, onBorder)).toBe(askTree(binned, binFeatures(onBorder, 2, borders)[0] ?? []));
  }
});

describe('crossPredict', () => {
  test('does not look at a fold’s own outcomes', () => {
    const options = { depth: 3, leafSize: 25 };
    const before = crossPredict(bins, right, folds, 5, options);
    const after = crossPredict(
      bins,
      right.map((value, i) => (folds[i] === 1 ? 1 - value : value)),
      folds,
      5,
      options,
    );
    const changed = [...folds.keys()].filter((i) => before[i] !== after[i]);
    expect(changed.length).toBeGreaterThan(COUNT / 2);
    expect(changed.filter((i) => folds[i] === 1)).toEqual([]);
  });
});

test('meanLogLoss is finite even of a sure mistake', () => {
  expect(meanLogLoss([0.8, 0.4], [1, 0])).toBeCloseTo(-(Math.log(0.8) + Math.log(0.6)) / 2, 12);
  expect(meanLogLoss([0], [1])).toBeCloseTo(-Math.log(1e-6), 9);
});
