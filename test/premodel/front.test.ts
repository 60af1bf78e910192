import { describe, expect, test } from 'vitest';
import { type Point, paretoFront, pointOf, thinned, undominated } from '../../src/premodel/front.ts';
import type { FitTable } from '../../src/premodel/point-search.ts';
import { subsetsOf } from '../../src/premodel/subsets.ts';
import { randomTable } from '../support/premodels.ts';
import fc from '../support/property.ts';

const NOTHING = new Uint8Array(0);
const point = (accuracy: number, cost: number): Point => ({
  climb: { mode: 'hybrid', rungs: [0], entry: [], accept: [] },
  outcome: { right: NOTHING, costs: new Float64Array(0), began: NOTHING, ended: NOTHING },
  accuracy,
  cost,
});
const points = fc.array(
  fc
    .record({ accuracy: fc.integer({ min: 0, max: 20 }), cost: fc.integer({ min: 1, max: 20 }) })
    .map(({ accuracy, cost }) => point(accuracy / 20, cost / 20)),
  { minLength: 1, maxLength: 40 },
);
const beats = (a: Point, b: Point) =>
  a.accuracy >= b.accuracy && a.cost <= b.cost && (a.accuracy > b.accuracy || a.cost < b.cost);

const SETS = subsetsOf([0, 1, 2], 3);

/** Confidences that grow smoothly with being right: climbs of every share of the second rung. */
function smoothTable(count = 400): FitTable {
  const likely = Float64Array.from({ length: count }, (_, i) => (i + 0.5) / count);
  const first = Uint8Array.from({ length: count }, (_, i) => ((i * 61) % count < i ? 1 : 0));
  return {
    count,
    costs: [0.1, 1],
    overhead: 0,
    right: (history) => (history >= 2 ? new Uint8Array(count).fill(1) : first),
    deferral: () => likely,
    entry: [likely],
  };
}

describe('undominated', () => {
  test('keeps what no other beats, and one of each that is left out is as good or better', () => {
    fc.assert(
      fc.property(points, (all) => {
        const front = undominated(all);
        for (const kept of front) expect(all.some((other) => beats(other, kept))).toBe(false);
        for (const one of all) {
          const asGood = front.some(({ accuracy, cost }) => accuracy >= one.accuracy && cost <= one.cost);
          expect(asGood).toBe(true);
        }
      }),
    );
  });

  test('rises in cost and in accuracy', () => {
    fc.assert(
      fc.property(points, (all) => {
        const front = undominated(all);
        for (let i = 1; i < front.length; i++) {
          expect(front[i]?.cost).toBeGreaterThan(front[i - 1]?.cost ?? Infinity);
          expect(front[i]?.accuracy).toBeGreaterThan(front[i - 1]?.accuracy ?? Infinity);
        }
      }),
    );
  });
});

describe('paretoFront', () => {
  test.each(['select', 'cascade', 'hybrid'] as const)(
    'of mode %s has nothing that it beats itself, nor that a single rung beats',
    (mode) => {
      for (const seed of [1, 2, 3]) {
        const table = randomTable(seed);
        const front = paretoFront(table, mode, SETS);
        const singles = table.costs.map((_, rung) => pointOf(table, { mode, rungs: [rung], entry: [], accept: [] }));
        for (const one of front) expect([...front, ...singles].some((other) => beats(other, one))).toBe(false);
        for (const one of front) expect(pointOf(table, one.climb)).toEqual(one);
      }
    },
  );

  test('is dense: also climbs inside the corners of what trades find', () => {
    const front = paretoFront(smoothTable(), 'cascade', subsetsOf([0, 1], 2));
    expect(front[0]?.cost).toBeCloseTo(0.1, 9);
    expect(front.at(-1)?.accuracy).toBe(1);
    // Between the first rung alone and what the dearest trade finds there is nothing.
    const climbs = front.slice(1);
    const gaps = climbs.slice(1).map(({ accuracy }, i) => accuracy - (climbs[i]?.accuracy ?? 0));
    expect(climbs.length).toBeGreaterThan(30);
    expect(Math.max(...gaps)).toBeLessThan(0.05);
  });

  test('runs no rungs but those that it may', () => {
    const sets = [[0], [0, 2]];
    const front = paretoFront(randomTable(4), 'hybrid', sets);
    for (const { climb } of front) expect(sets).toContainEqual(climb.rungs);
  });
});

describe('thinned', () => {
  const front = (accuracies: readonly number[]) => accuracies.map((accuracy, i) => point(accuracy, 0.1 + i));
  const rising = fc
    .uniqueArray(fc.integer({ min: 0, max: 1000 }), { minLength: 1, maxLength: 80 })
    .map((list) => front(list.sort((a, b) => a - b).map((value) => value / 1000)));

  test('keeps those that must stay, in the order of the front', () => {
    fc.assert(
      fc.property(rising, fc.nat(), fc.nat(), (full, a, b) => {
        const must = [full[a % full.length] as Point, full[b % full.length] as Point, full[0] as Point];
        const kept = thinned(full, must);
        for (const one of must) expect(kept).toContain(one);
        expect(kept).toEqual(full.filter((one) => kept.includes(one)));
      }),
    );
  });

  test('spreads over all accuracies', () => {
    const full = front(Array.from({ length: 500 }, (_, i) => (i < 400 ? i / 40_000 : (i - 399) / 100)));
    const kept = thinned(full, [full[0] as Point]);
    const gaps = kept.slice(1).map(({ accuracy }, i) => accuracy - (kept[i]?.accuracy ?? 0));
    expect(Math.max(...gaps)).toBeLessThan(0.15);
  });

  test('keeps all of few', () => {
    const full = front([0.1, 0.4, 0.9]);
    expect(thinned(full, [])).toEqual(full);
  });

  test('keeps sixteen at most', () => {
    const full = front(Array.from({ length: 500 }, (_, i) => i / 1000));
    for (const must of [[0], [499], [0, 250, 499], [100, 101, 102]]) {
      const kept = thinned(
        full,
        must.map((at) => full[at] as Point),
      );
      expect(kept.length).toBeLessThanOrEqual(16);
    }
  });
});
