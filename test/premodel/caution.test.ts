import { describe, expect, test } from 'vitest';
import { leastAcceptOf } from '../../src/premodel/caution.ts';
import { fitPremodel } from '../../src/premodel/fit.ts';
import { operatingPoint } from '../../src/premodel/judge.ts';
import { PointSearch } from '../../src/premodel/point-search.ts';
import { randomTable, syntheticInput } from '../support/premodels.ts';

const CAUTION = { unusual: 0.1, hope: 0.9, price: 0.3 };
const costs = [0.1, 0.4, 1];

describe('leastAcceptOf', () => {
  const likely = Float64Array.from({ length: 100 }, (_, i) => 0.9 + i / 1000);
  const right = Uint8Array.from({ length: 100 }, (_, i) => (i < 10 ? 0 : 1));
  const least = leastAcceptOf(
    CAUTION,
    costs,
    () => right,
    () => likely,
  );

  test('the first rung accepts what is as sure as nine in ten of the frames that it is right on', () => {
    expect(least([0, 1, 2], 0)).toBeCloseTo(0.919, 9);
  });

  test('later rungs accept more readily the dearer the next one is', () => {
    expect(least([0, 1, 2], 1)).toBeCloseTo(0.6, 9);
    expect(
      leastAcceptOf(
        CAUTION,
        [0.1, 0.4, 0.5],
        () => right,
        () => likely,
      )([0, 1, 2], 1),
    ).toBeCloseTo(0.75, 9);
  });

  test('the first rung does not accept less than later ones would in its place', () => {
    expect(
      leastAcceptOf(
        CAUTION,
        costs,
        () => right,
        () => new Float64Array(100),
      )([0, 1, 2], 0),
    ).toBeCloseTo(0.78, 9);
  });
});

describe('a search with caution', () => {
  test.each([1, 2, 3])(
    'accepts no more readily than it may, however dear time is, and enters at the bottom (%i)',
    (seed) => {
      const table = { ...randomTable(seed), leastAccept: (_: readonly number[], at: number) => 0.93 - 0.1 * at };
      for (const mode of ['cascade', 'hybrid'] as const) {
        const { accept, entry } = new PointSearch(table).solve(mode, [0, 1, 2], 0.9);
        for (const [at, threshold] of accept.entries()) expect(threshold).toBeGreaterThanOrEqual(0.93 - 0.1 * at);
        expect(entry).toEqual([0, 0]);
      }
      const careless = new PointSearch(randomTable(seed)).solve('cascade', [0, 1, 2], 0.9);
      expect(careless.accept[0]).toBeLessThan(0.93);
    },
  );
});

describe('a fit with caution', () => {
  const few = syntheticInput({ caution: CAUTION }, 200);
  const input = { ...few, groups: few.groups.map((_, i) => i % 20) };
  const { premodel } = fitPremodel({ ...input, subset: null }, () => {});

  test('takes answers as calibrated, looks at no image feature, and enters at the bottom', () => {
    expect(premodel.features).toEqual([]);
    for (const { temperature, mergeWeight } of premodel.rungs) expect([temperature, mergeWeight]).toEqual([1, 1]);
    for (const point of premodel.modes.hybrid) expect(point.entry.every((threshold) => threshold === 0)).toBe(true);
  });

  test('climbs through all rungs of the subset at every point', () => {
    const ids = premodel.rungs.map(({ id }) => id);
    for (const { rungs } of [...premodel.modes.cascade, ...premodel.modes.hybrid]) expect(rungs).toEqual(ids);
  });

  test('does not end where every rung is right on everything', () => {
    const classes = input.classes;
    const sure = input.rungs.map(() =>
      Float32Array.from({ length: input.truth.length * classes }, (_, at) =>
        at % classes === input.truth[Math.floor(at / classes)] ? 9 : 0,
      ),
    );
    const { premodel: easy } = fitPremodel({ ...input, logits: sure }, () => {});
    expect(operatingPoint(easy, 'cascade', 'balanced').expected.accuracy).toBe(1);
    const { caution: _, ...careless } = input;
    expect(() => fitPremodel({ ...careless, logits: sure }, () => {})).toThrow(/nothing to choose/);
  });

  test('weighs what is remembered as it is told to, and not at all where it is not', () => {
    const remembering = fitPremodel({ ...input, caution: { ...CAUTION, recalled: [1, 0] } }, () => {});
    for (const { deferral } of remembering.premodel.rungs) expect(deferral.recalled).toEqual([1, 0]);
    expect(premodel.rungs.every(({ deferral }) => !('recalled' in deferral))).toBe(true);
    expect(remembering.premodel.modes.cascade[0]?.accept).toEqual(
      fitPremodel(input, () => {}).premodel.modes.cascade[0]?.accept,
    );
  });
});
