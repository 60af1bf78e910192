import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../src/cascade/random.ts';
import { compact } from '../../src/premodel/compact.ts';
import { chooseLadder } from '../../src/premodel/ladder-search.ts';
import { gaussian } from '../support/premodels.ts';

const CLASSES = 4;
const COUNT = 400;

/** By rung and sample: how far the true class stands out. */
function chosenFrom(marginOf: (rung: number, easiness: number) => number, costs: readonly number[]) {
  const random = seededRandom(21);
  const normal = gaussian(random);
  const truth = Int32Array.from({ length: COUNT }, () => Math.floor(random() * CLASSES));
  const easiness = Float64Array.from({ length: COUNT }, () => random());
  const logits = costs.map((_, rung) =>
    Float32Array.from({ length: COUNT * CLASSES }, (_, at) => {
      const i = Math.floor(at / CLASSES);
      return 0.3 * normal() + (at % CLASSES === truth[i] ? marginOf(rung, easiness[i] ?? 0) : 0);
    }),
  );
  const rows = Array.from({ length: COUNT }, (_, i) => i);
  const ones = costs.map(() => 1);
  return chooseLadder(compact(rows, logits, ones, truth, CLASSES), costs, ones);
}

describe('chooseLadder', () => {
  test('finds the one pair that is clearly best', () => {
    // Rung 1 is sure and right on the easy half and knows that it knows nothing of the rest; rung 3 is always right.
    // Rung 0 and 2 know nothing, though 0 is the cheapest.
    const margins = [() => 0, (easy: number) => (easy > 0.4 ? 4 : 0), () => 0, () => 4];
    const { rungs } = chosenFrom((rung, easy) => margins[rung]?.(easy) ?? 0, [0.05, 0.1, 0.5, 1]);
    expect(rungs).toEqual([1, 3]);
  });

  test('is a single rung where that is always right and nothing is cheaper', () => {
    const { rungs, algorithm1, gainOverAlgorithm1 } = chosenFrom((rung) => (rung === 0 ? 5 : 4), [0.1, 0.5, 1]);
    expect(rungs).toEqual([0]);
    expect(algorithm1).toEqual([{ rung: 0, gain: 1 }]);
    expect(gainOverAlgorithm1).toBe(0);
  });

  test('is in order of cost, not of number, and never worse than what Algorithm 1 takes', () => {
    const { rungs, gainOverAlgorithm1 } = chosenFrom(
      (rung, easy) => 3 * (easy - ([0.05, 0.6, 0.3][rung] ?? 0)),
      [1, 0.1, 0.4],
    );
    const costs = [1, 0.1, 0.4];
    expect(rungs.map((rung) => costs[rung])).toEqual(rungs.map((rung) => costs[rung] ?? 0).sort((a, b) => a - b));
    expect(gainOverAlgorithm1).toBeGreaterThanOrEqual(0);
  });

  test('leaves what Algorithm 1 takes where a climb over it costs more than it brings', () => {
    // Rung 0 has the most right answers per cost, but is as sure when wrong as when right: no climb can use it.
    const margins = [(easy: number) => (easy > 0.5 ? 4 : -4), () => 4];
    const { rungs, algorithm1, gainOverAlgorithm1 } = chosenFrom(
      (rung, easy) => margins[rung]?.(easy) ?? 0,
      [0.9, 1.9],
    );
    expect(algorithm1.map(({ rung }) => rung)).toEqual([0, 1]);
    expect(rungs).toEqual([1]);
    expect(gainOverAlgorithm1).toBeGreaterThan(0);
  });
});
