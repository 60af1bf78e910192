import { describe, expect, test } from 'vitest';
import { cautious } from '../../src/premodel/caution.ts';
import { crossFit } from '../../src/premodel/cross-fit.ts';
import { paretoFront } from '../../src/premodel/front.ts';
import type { FitTable } from '../../src/premodel/point-search.ts';
import type { Target } from '../../src/premodel/targets.ts';
import { randomTable } from '../support/premodels.ts';

const SETS = [[0], [0, 2], [0, 1, 2]];
const COUNT = 200;
const target: Target = { kind: 'accuracy-loss', value: 0.02, confidence: null, lossPerCondition: 0.02 };
const judgedBy = (reference: Uint8Array) => ({
  reference,
  conditions: new Uint8Array(reference.length),
  conditionNames: [''],
  groups: Int32Array.from(reference, (_, i) => i),
});
const crossFitted = (table: FitTable, folds: Uint8Array) => {
  const front = paretoFront(table, 'cascade', SETS);
  return crossFit(table, 'cascade', front, judgedBy(table.right(0b100)), folds, target);
};
const folds = Uint8Array.from({ length: COUNT }, (_, i) => i % 10);

describe('crossFit', () => {
  test('judges on the half that did not choose: what chance lets one half find is worth less on the other', () => {
    const gaps = [1, 2, 3, 4, 5, 6].map((seed) => {
      const table = randomTable(seed, COUNT);
      const best = paretoFront(table, 'cascade', SETS).at(-1)?.accuracy ?? 0;
      const reference = table.right(0b100).reduce((sum, value) => sum + value, 0) / COUNT;
      const found = crossFitted(table, folds)?.balanced.accuracyGainVsTop ?? Number.NaN;
      return best - reference - found;
    });
    expect(gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length).toBeGreaterThan(0.01);
  });

  test('where both halves are alike, gives what they give together', () => {
    // Samples 2k and 2k + 1 are the same, and lie in different halves.
    const one = randomTable(8, COUNT / 2);
    const twice = <T extends Uint8Array | Float64Array>(values: T): T =>
      values.constructor === Uint8Array
        ? (Uint8Array.from({ length: COUNT }, (_, i) => values[i >> 1] ?? 0) as T)
        : (Float64Array.from({ length: COUNT }, (_, i) => values[i >> 1] ?? 0) as T);
    // By history, made once: the search asks for them again and again.
    const histories = Array.from({ length: 1 << one.costs.length }, (_, history) => ({
      right: twice(one.right(history)),
      deferral: twice(one.deferral(history)),
    }));
    const table: FitTable = {
      ...one,
      count: COUNT,
      right: (history) => histories[history]?.right as Uint8Array,
      deferral: (history) => histories[history]?.deferral as Float64Array,
      entry: one.entry.map(twice),
    };
    const front = paretoFront(table, 'cascade', SETS);
    const reference = table.right(0b100).reduce((sum, value) => sum + value, 0) / COUNT;
    const found = crossFitted(
      table,
      Uint8Array.from({ length: COUNT }, (_, i) => i % 2),
    );
    const gains = front.map(({ accuracy }) => accuracy - reference);
    for (const { accuracyGainVsTop, costRatio, interval } of Object.values(found ?? {})) {
      const near = front.find(({ cost }) => Math.abs(cost - costRatio) < 1e-9);
      expect(near).toBeDefined();
      expect(gains.some((gain) => Math.abs(gain - accuracyGainVsTop) < 1e-9)).toBe(true);
      expect(interval[0]).toBeLessThan(accuracyGainVsTop);
      expect(interval[1]).toBeGreaterThan(accuracyGainVsTop);
    }
  });

  test('with caution, each half accepts as readily as its own samples say', () => {
    const table = randomTable(3, COUNT);
    const likely = Float64Array.from(folds, (fold) => (fold % 2 === 0 ? 0.99 : 0.95));
    const right = new Uint8Array(COUNT).fill(1);
    const own: FitTable = { ...table, right: () => right, deferral: () => likely };
    const caution = { unusual: 0.1, hope: 0.5, price: 0 };
    const front = paretoFront(cautious(own, caution), 'cascade', [[0, 1, 2]]);
    const found = crossFit(cautious(own, caution), 'cascade', front, judgedBy(right), folds, target);
    // The even folds say 0.99: of the odd ones none is accepted on the first rung. The odd ones say 0.95: all even ones are.
    const [first = 0, second = 0] = table.costs;
    expect(found?.fast.costRatio).toBeCloseTo(table.overhead + first + second / 2, 9);
  });

  test('there is none where one half is empty', () => {
    expect(crossFitted(randomTable(1, COUNT), new Uint8Array(COUNT).fill(2))).toBeNull();
  });
});
