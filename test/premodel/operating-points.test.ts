import { describe, expect, test } from 'vitest';
import { fitModes } from '../../src/premodel/operating-points.ts';
import { runClimb } from '../../src/premodel/point-search.ts';
import { randomTable } from '../support/premodels.ts';

const table = randomTable(12, 120);
const IDS = ['a', 'b', 'c'];
const reference = table.right(0b100);
const judged = {
  reference,
  conditions: new Uint8Array(table.count),
  conditionNames: [''],
  groups: Int32Array.from({ length: table.count }, (_, i) => i >> 1),
};
const folds = Uint8Array.from({ length: table.count }, (_, i) => (i >> 1) % 4);
const target = { kind: 'accuracy-loss', value: 0.05, confidence: null, lossPerCondition: 0.05 } as const;
const { modes, warnings } = fitModes(table, judged, folds, IDS, target, () => {});
const all = Object.entries(modes).flatMap(([mode, front]) => front.map((point) => ({ mode, point })));

describe('fitModes', () => {
  test('tells of every climb what it really does', () => {
    for (const { mode, point } of all) {
      const { rungs, entry, accept, expected } = point;
      const positions = rungs.map((id) => IDS.indexOf(id));
      const outcome = runClimb(table, {
        mode: mode as 'select' | 'cascade' | 'hybrid',
        rungs: positions,
        entry,
        accept,
      });
      const mean = (values: ArrayLike<number>) => Array.from(values).reduce((a, b) => a + b, 0) / values.length;
      expect(expected.accuracy).toBeCloseTo(mean(outcome.right), 5);
      expect(expected.accuracyGainVsTop).toBeCloseTo(mean(outcome.right) - mean(reference), 5);
      expect(expected.costRatio).toBeCloseTo(mean(outcome.costs), 5);
      expect(expected.meanRungsRun).toBeCloseTo(1 + mean(outcome.ended) - mean(outcome.began), 4);
      const [low, high] = expected.interval;
      expect(low).toBeLessThanOrEqual(expected.accuracyGainVsTop);
      expect(high).toBeGreaterThanOrEqual(expected.accuracyGainVsTop);
      for (const [position, id] of rungs.entries()) {
        const share = outcome.ended.filter((end) => end === position).length / table.count;
        expect(expected.shareByRung[id]).toBeCloseTo(share, 5);
      }
    }
  });

  test('gives every mode its three names, once each', () => {
    for (const front of Object.values(modes)) {
      const names = front.flatMap(({ name }) => name ?? []);
      expect([...names].sort()).toEqual(['accurate', 'balanced', 'fast']);
    }
  });

  test('orders a front by cost, and by accuracy too', () => {
    for (const front of Object.values(modes)) {
      const [costs, accuracies] = [
        front.map(({ expected }) => expected.costRatio),
        front.map(({ expected }) => expected.accuracy),
      ];
      expect(costs).toEqual([...costs].sort((a, b) => a - b));
      expect(accuracies).toEqual([...accuracies].sort((a, b) => a - b));
    }
  });

  test('tells each step, and each warning once', () => {
    const steps: [number, number][] = [];
    const impossible = { kind: 'cost-ratio', value: 0.001, confidence: null, lossPerCondition: null } as const;
    const fitted = fitModes(table, judged, folds, IDS, impossible, (done, total) => steps.push([done, total]));
    expect(steps).toEqual([
      [0, 3],
      [1, 3],
      [2, 3],
    ]);
    expect(fitted.warnings).toEqual(['no climb costs at most 0.001 of the reference; the cheapest is taken']);
    expect(new Set(warnings).size).toBe(warnings.length);
  });
});
