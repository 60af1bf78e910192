import { describe, expect, test } from 'vitest';
import { type FoldItem, stratifiedFolds } from '../../src/premodel/folds.ts';
import fc from '../support/property.ts';

const items = fc.array(
  fc.record({ stratum: fc.constantFrom('day', 'night', 'fog'), group: fc.integer({ min: 0, max: 40 }) }).map(
    // A group lies within a stratum.
    ({ stratum, group }): FoldItem => ({ stratum, group: `${stratum}/${group}` }),
  ),
  { minLength: 1, maxLength: 120 },
);

describe('stratifiedFolds', () => {
  test('keeps groups whole', () => {
    fc.assert(
      fc.property(items, fc.integer({ min: 2, max: 10 }), fc.nat(), (all, count, seed) => {
        const folds = stratifiedFolds(all, count, seed);
        const foldOf = new Map(all.map(({ group }, i) => [group, folds[i]]));
        for (const [i, { group }] of all.entries()) expect(folds[i]).toBe(foldOf.get(group));
        for (const fold of folds) expect(fold).toBeLessThan(count);
      }),
    );
  });

  test('gives every fold its share of the groups of every stratum', () => {
    fc.assert(
      fc.property(items, fc.integer({ min: 2, max: 10 }), fc.nat(), (all, count, seed) => {
        const folds = stratifiedFolds(all, count, seed);
        for (const wanted of ['day', 'night', 'fog']) {
          const groups = new Map(
            all.flatMap(({ stratum, group }, i) => (stratum === wanted ? [[group, folds[i] ?? 0] as const] : [])),
          );
          const sizes = Array.from({ length: count }, () => 0);
          for (const fold of groups.values()) sizes[fold] = (sizes[fold] ?? 0) + 1;
          expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
        }
      }),
    );
  });

  test('gives small strata to different folds', () => {
    const rare = Array.from({ length: 10 }, (_, i) => ({ stratum: `condition ${i}`, group: `${i}` }));
    expect([...stratifiedFolds(rare, 10, 1)].sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  test('is the same for the same seed, whatever the order of the items, and another for another', () => {
    const all = Array.from({ length: 60 }, (_, i) => ({ stratum: i % 3 === 0 ? 'a' : 'b', group: `g${i}` }));
    const byGroup = (list: readonly FoldItem[], seed: number) => {
      const folds = stratifiedFolds(list, 5, seed);
      return Object.fromEntries(list.map(({ group }, i) => [group, folds[i]]));
    };
    expect(byGroup(all, 7)).toEqual(byGroup([...all].reverse(), 7));
    expect(byGroup(all, 7)).not.toEqual(byGroup(all, 8));
  });
});
