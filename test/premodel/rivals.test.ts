import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../src/cascade/random.ts';
import { quantileBorders } from '../../src/premodel/binning.ts';
import { binFeatures, crossPredict, meanLogLoss } from '../../src/premodel/entry.ts';
import { auc, compareRivals } from '../../src/premodel/rivals.ts';
import fc from '../support/property.ts';

const COUNT = 300;
const random = seededRandom(41);
const images = Float64Array.from({ length: COUNT * 2 }, () => random());
const borders = [0, 1].map((j) => quantileBorders(Array.from({ length: COUNT }, (_, i) => images[i * 2 + j] ?? 0)));
const bins = binFeatures(images, 2, borders);
const folds = Uint8Array.from({ length: COUNT }, (_, i) => (i * 3) % 5);
const easy = Uint8Array.from({ length: COUNT }, (_, i) => ((images[i * 2] ?? 0) + 0.2 * random() > 0.6 ? 1 : 0));
const coin = Uint8Array.from({ length: COUNT }, () => (random() < 0.5 ? 1 : 0));
const options = { depth: 3, leafSize: 25 };
const compared = (right: readonly Uint8Array[]) =>
  compareRivals(
    images,
    2,
    bins,
    right,
    folds,
    5,
    right.map((y) => ({ options, outOfFold: crossPredict(bins, y, folds, 5, options) })),
    1,
  );

describe('compareRivals', () => {
  const rivals = compared([easy]);

  test('compares four kinds', () => {
    expect(rivals.map(({ name }) => name)).toEqual([
      '5 nearest neighbours (the seed paper)',
      'random forest',
      'logistic regression',
      'decision trees (in use)',
    ]);
  });

  test('all learn what can be learnt', () => {
    for (const { accuracy, auc: area, logLoss } of rivals) {
      expect(accuracy).toBeGreaterThan(0.8);
      expect(area).toBeGreaterThan(0.8);
      if (logLoss !== null) expect(logLoss).toBeLessThan(0.5);
    }
  });

  test('none learns what cannot', () => {
    for (const { accuracy, auc: area } of compared([coin])) {
      expect(Math.abs(accuracy - 0.5)).toBeLessThan(0.1);
      expect(Math.abs(area - 0.5)).toBeLessThan(0.12);
    }
  });

  test('neighbours say yes or no only, and have no loss', () => {
    expect(rivals.map(({ logLoss }) => logLoss === null)).toEqual([true, false, false, false]);
  });

  test('the trees in use are judged by their out-of-fold predictions, averaged over rungs', () => {
    const loss = (right: Uint8Array) => meanLogLoss(crossPredict(bins, right, folds, 5, options), right);
    expect(compared([easy, coin])[3]?.logLoss).toBeCloseTo((loss(easy) + loss(coin)) / 2, 12);
  });

  test('has nothing to say where there is but one rung', () => {
    for (const { accuracy } of compared([])) expect(accuracy).not.toBeNaN();
  });
});

describe('auc', () => {
  test('is the share of pairs in the right order, ties counted half', () => {
    const sample = fc.record({ p: fc.integer({ min: 0, max: 5 }), y: fc.integer({ min: 0, max: 1 }) });
    fc.assert(
      fc.property(fc.array(sample, { minLength: 1, maxLength: 30 }), (samples) => {
        const [ones, zeros] = [samples.filter(({ y }) => y === 1), samples.filter(({ y }) => y === 0)];
        const pairs = ones.flatMap((one) => zeros.map((zero) => (one.p > zero.p ? 1 : one.p === zero.p ? 0.5 : 0)));
        const expected = pairs.length === 0 ? 0.5 : pairs.reduce<number>((a, b) => a + b, 0) / pairs.length;
        expect(
          auc(
            samples.map(({ p }) => p),
            samples.map(({ y }) => y),
          ),
        ).toBeCloseTo(expected, 12);
      }),
    );
  });
});
