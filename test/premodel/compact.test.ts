import { describe, expect, test } from 'vitest';
import { Evidence } from '../../src/cascade/evidence.ts';
import { seededRandom } from '../../src/cascade/random.ts';
import { compact, mergeCompact, mergedLoss } from '../../src/premodel/compact.ts';
import { fitMergeWeights } from '../../src/premodel/merge-weights.ts';
import { gaussian } from '../support/premodels.ts';
import fc from '../support/property.ts';

const CLASSES = 6;

function drawn(seed: number, gains: readonly number[], count = 60) {
  const random = seededRandom(seed);
  const normal = gaussian(random);
  const truth = Int32Array.from({ length: count }, () => Math.floor(random() * CLASSES));
  const logits = gains.map((gain) =>
    Float32Array.from(
      { length: count * CLASSES },
      (_, at) => normal() + (at % CLASSES === truth[Math.floor(at / CLASSES)] ? gain : 0),
    ),
  );
  return { truth, logits, rows: Array.from({ length: count }, (_, i) => i) };
}

const ALL_KEPT = 3; // With three classes or fewer of each rung kept, three classes are all kept.

describe('compact', () => {
  test('keeps the true class and the first three of each rung, once each', () => {
    const logits = [Float32Array.from([5, 4, 3, 2, 1, 0]), Float32Array.from([5, 0, 1, 6, 2, -1])];
    const data = compact([0], logits, [1, 1], [5], CLASSES);
    // The true class 5, then 0, 1, 2 of the first rung and 3, 4 of the second (whose 0 is there already).
    expect([...data.offsets]).toEqual([0, 6]);
    const none = compact([0], logits.slice(0, 1), [1], [1], CLASSES);
    expect([...none.offsets]).toEqual([0, 3]);
  });

  test('takes the rows that it is given, with calibrated log-probabilities of all classes', () => {
    const { logits, truth } = drawn(1, [1, 2]);
    const rows = [7, 3, 50];
    const data = compact(rows, logits, [2, 0.5], truth, CLASSES);
    expect(data.count).toBe(3);
    for (const [i, row] of rows.entries()) {
      for (const [rung, temperature] of [2, 0.5].entries()) {
        const own = [...(logits[rung] ?? []).slice(row * CLASSES, (row + 1) * CLASSES)].map((v) => v / temperature);
        const normaliser = Math.log(own.reduce((sum, value) => sum + Math.exp(value), 0));
        const expected = (own[truth[row] ?? 0] ?? 0) - normaliser;
        expect(data.logs[rung]?.[data.truthAt[i] ?? 0]).toBeCloseTo(expected, 4);
      }
    }
  });
});

describe('mergeCompact', () => {
  test('says of all classes what Evidence says', () => {
    const world = fc.record({
      seed: fc.nat(),
      temperatures: fc.array(fc.double({ min: 0.3, max: 3, noNaN: true }), { minLength: 3, maxLength: 3 }),
      weights: fc.array(fc.double({ min: 0.1, max: 3, noNaN: true }), { minLength: 3, maxLength: 3 }),
      rungs: fc.subarray([0, 1, 2], { minLength: 1 }),
    });
    fc.assert(
      fc.property(world, ({ seed, temperatures, weights, rungs }) => {
        const { truth, logits } = drawn(seed, [0.5, 1, 2], 20);
        const few = logits.map((values) => values.filter((_, at) => at % CLASSES < ALL_KEPT));
        const truths = truth.map((value) => value % ALL_KEPT);
        const data = compact([...truths.keys()], few, temperatures, truths, ALL_KEPT);
        const merged = mergeCompact(data, rungs, weights);
        const evidence = new Evidence(ALL_KEPT);
        for (let i = 0; i < 20; i++) {
          evidence.reset();
          for (const rung of rungs) {
            evidence.add(rung, (few[rung] as Float32Array).subarray(i * ALL_KEPT, (i + 1) * ALL_KEPT), {
              temperature: temperatures[rung] ?? 1,
              mergeWeight: weights[rung] ?? 1,
            });
          }
          expect(merged.right[i]).toBe(evidence.top === truths[i] ? 1 : 0);
          expect(merged.confidence[i]).toBeCloseTo(evidence.confidence, 5);
        }
      }),
    );
  });

  test('of a single rung is right where its first class is the true one, though few classes are kept', () => {
    const { truth, logits, rows } = drawn(4, [1.5, 0]);
    const { right } = mergeCompact(compact(rows, logits, [1.3, 1], truth, CLASSES), [0], [1, 1]);
    const values = logits[0] as Float32Array;
    const expected = rows.map((i) => {
      const own = [...values.subarray(i * CLASSES, (i + 1) * CLASSES)];
      return own.indexOf(Math.max(...own)) === truth[i] ? 1 : 0;
    });
    expect([...right]).toEqual(expected);
    expect(expected).toContain(0);
    expect(expected).toContain(1);
  });

  test('of equally likely classes answers with the first, as Evidence does', () => {
    const data = compact([0], [Float32Array.from([2, 2, 0])], [1], [1], 3);
    expect(mergeCompact(data, [0], [1]).right[0]).toBe(0);
  });
});

test('mergedLoss is the mean cross-entropy of the merged answer', () => {
  const logits = [Float32Array.from([2, 0, -1]), Float32Array.from([0, 3, 1])];
  const data = compact([0], logits, [1, 1], [1], 3);
  const log = (values: readonly number[]) => {
    const normaliser = Math.log(values.reduce((sum, value) => sum + Math.exp(value), 0));
    return values.map((value) => value - normaliser);
  };
  const [a, b] = [log([2, 0, -1]), log([0, 3, 1])];
  const merged = log(a.map((value, c) => (value + 3 * (b[c] ?? 0)) / 4));
  expect(mergedLoss(data, [0, 1], [1, 3])).toBeCloseTo(-(merged[1] ?? 0), 5);
});

describe('fitMergeWeights', () => {
  const lossOver = (data: ReturnType<typeof compact>, weights: readonly number[]) => mergedLoss(data, [0, 1], weights);

  test.each([
    [[2.5, 0], 'first'],
    [[0, 2.5], 'last'],
  ])('find the rung that knows more: gains of %j, the %s', (gains, which) => {
    const { logits, truth, rows } = drawn(6, gains, 400);
    const [first = 0, last] = fitMergeWeights(compact(rows, logits, [1, 1], truth, CLASSES), [0, 1], 2);
    expect(last).toBe(1);
    if (which === 'first') expect(first).toBeGreaterThan(3);
    else expect(first).toBeLessThan(0.34);
  });

  test('never lose more than equal weights, and end where no step of a factor gains', () => {
    fc.assert(
      fc.property(fc.nat(), fc.tuple(fc.double({ min: 0, max: 3, noNaN: true }), fc.constant(1)), (seed, gains) => {
        const { logits, truth, rows } = drawn(seed, gains);
        const data = compact(rows, logits, [1, 1], truth, CLASSES);
        const fitted = fitMergeWeights(data, [0, 1], 2);
        expect(lossOver(data, fitted)).toBeLessThanOrEqual(lossOver(data, [1, 1]) + 1e-4);
      }),
      { numRuns: 25 },
    );
  });

  test('of a rung that only misleads is zero, and merging leaves it out', () => {
    const { logits, truth, rows } = drawn(6, [-3, 2.5], 400);
    const data = compact(rows, logits, [1, 1], truth, CLASSES);
    const weights = fitMergeWeights(data, [0, 1], 2);
    expect(weights).toEqual([0, 1]);
    expect(mergeCompact(data, [0, 1], weights)).toEqual(mergeCompact(data, [1], [1, 1]));
    expect(mergeCompact(data, [0], weights)).toEqual(mergeCompact(data, [0], [1, 1]));
    expect(mergedLoss(data, [0], weights)).toBe(mergedLoss(data, [0], [1, 1]));
  });

  test('are told in the order of the rungs given, the last being 1', () => {
    const { logits, truth, rows } = drawn(8, [0, 1, 2], 300);
    const data = compact(rows, logits, [1, 1, 1], truth, CLASSES);
    const [good = 0, last] = fitMergeWeights(data, [2, 0], 2);
    expect(last).toBe(1);
    expect(good).toBeGreaterThan(2);
  });

  test('of a single rung is 1', () => {
    const { logits, truth, rows } = drawn(9, [1]);
    expect(fitMergeWeights(compact(rows, logits, [1], truth, CLASSES), [0], 4)).toEqual([1]);
  });
});
