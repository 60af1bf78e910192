import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../src/cascade/random.ts';
import { FEATURES } from '../../src/features/catalogue.ts';
import {
  CATALOGUE_GROUPS,
  CHOSEN_FEATURES,
  type ColumnGroup,
  chooseFeatures as choose,
  shareOfLooking,
} from '../../src/premodel/selection.ts';
import { gaussian } from '../support/premodels.ts';
import fc from '../support/property.ts';

const COUNT = 300;

/** Columns by what they are made of: an own source of noise each, `difficulty` what rungs fail on. */
function drawn(columns: readonly ((difficulty: number, noise: number) => number)[], seed = 1) {
  const random = seededRandom(seed);
  const normal = gaussian(random);
  const difficulty = Float64Array.from({ length: COUNT }, () => random());
  const features = Float64Array.from({ length: COUNT * columns.length }, (_, at) => {
    const make = columns[at % columns.length];
    return make?.(difficulty[Math.floor(at / columns.length)] ?? 0, normal()) ?? 0;
  });
  const right = [0.3, 0.6].map((skill) => Uint8Array.from(difficulty, (value) => (value < skill ? 1 : 0)));
  return { features, right, columns: columns.length };
}

const chooseFeatures = (features: Float64Array, columns: number, right: readonly Uint8Array[], seed: number) =>
  choose(features, columns, right, seed, [{ columns: Array.from({ length: columns }, (_, j) => j), costMs: 0 }]);
const noise = (_difficulty: number, own: number) => own;
const telling = (difficulty: number, own: number) => difficulty + 0.1 * own;
const vaguelyTelling = (difficulty: number, own: number) => -20 * (difficulty + 0.15 * own);
const constant = () => 0.1;

describe('chooseFeatures', () => {
  test('of a correlated pair keeps the one that tells more', () => {
    const { features, right, columns } = drawn([vaguelyTelling, noise, telling]);
    const { chosen, dropped, importance } = chooseFeatures(features, columns, right, 1);
    expect(chosen[0]).toBe(2);
    expect(chosen).not.toContain(0);
    expect(dropped).toEqual([{ column: 0, because: 2, correlation: expect.closeTo(-0.84, 1) }]);
    expect(importance[0]).toBe(0);
    expect(importance[2]).toBeGreaterThan(importance[1] ?? 1);
  });

  test('never chooses a constant column', () => {
    const { features, right, columns } = drawn([constant, telling, constant, noise]);
    const { chosen, importance, dropped } = chooseFeatures(features, columns, right, 1);
    expect([...chosen].sort()).toEqual([1, 3]);
    expect([importance[0], importance[2]]).toEqual([0, 0]);
    expect(dropped).toEqual([]);
  });

  test('chooses nothing where all columns are constant, or no rung is ever wrong', () => {
    const { features, right, columns } = drawn([constant, constant]);
    expect(chooseFeatures(features, columns, right, 1).chosen).toEqual([]);
    const always = [new Uint8Array(COUNT).fill(1)];
    expect(chooseFeatures(drawn([telling, noise]).features, 2, always, 1).chosen).toEqual([]);
  });

  test('keeps what tells of any rung, and about as many as the paper', () => {
    const many = [telling, ...Array.from({ length: 12 }, () => noise)];
    const { features, right, columns } = drawn(many);
    const { chosen, importance } = chooseFeatures(features, columns, right, 1);
    expect(chosen).toHaveLength(CHOSEN_FEATURES);
    expect(chosen[0]).toBe(0);
    expect(importance.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 9);
    const ordered = chosen.map((column) => importance[column] ?? 0);
    expect(ordered).toEqual([...ordered].sort((a, b) => b - a));
  });

  test('leaves out a group that is not worth its time, and whatever is cheap instead comes in', () => {
    const { features, right, columns } = drawn([telling, noise, noise, noise]);
    const chosenOf = (costs: readonly [number, number]) => {
      const groups: ColumnGroup[] = [
        { columns: [0, 1], costMs: costs[0] },
        { columns: [2, 3], costMs: costs[1] },
      ];
      return [...choose(features, columns, right, 1, groups).chosen].sort();
    };
    expect(chosenOf([0, 0])).toEqual([0, 1, 2, 3]);
    expect(chosenOf([0.05, 2])).toEqual([0, 1]);
    expect(chosenOf([4.5, 0.005])).toEqual([2, 3]);
    expect(chosenOf([25, 25])).toEqual([]);
  });

  test('is the same for the same seed, and no pair that stays correlates more than 0.75', () => {
    const pearson = (values: Float64Array, columns: number, a: number, b: number) => {
      const column = (j: number) => Array.from({ length: COUNT }, (_, i) => values[i * columns + j] ?? 0);
      const mean = (list: readonly number[]) => list.reduce((sum, value) => sum + value, 0) / list.length;
      const centred = (j: number) => column(j).map((value) => value - mean(column(j)));
      const [x, y] = [centred(a), centred(b)];
      const dot = (p: readonly number[], q: readonly number[]) =>
        p.reduce((sum, value, i) => sum + value * (q[i] ?? 0), 0);
      return dot(x, y) / Math.sqrt(dot(x, x) * dot(y, y));
    };
    fc.assert(
      fc.property(
        fc.nat(),
        fc.array(fc.double({ min: 0, max: 2, noNaN: true }), { minLength: 4, maxLength: 4 }),
        (seed, mixes) => {
          const { features, right, columns } = drawn(
            mixes.map((mix) => (difficulty: number, own: number) => difficulty + mix * 0.3 * own),
            seed,
          );
          const choice = chooseFeatures(features, columns, right, seed);
          expect(chooseFeatures(features, columns, right, seed)).toEqual(choice);
          for (const a of choice.chosen) {
            for (const b of choice.chosen) {
              if (a !== b) expect(Math.abs(pearson(features, columns, a, b))).toBeLessThanOrEqual(0.75 + 1e-9);
            }
          }
          expect(choice.chosen.length + choice.dropped.length).toBe(columns);
        },
      ),
      { numRuns: 15 },
    );
  });
});

test('shareOfLooking grows with the groups that are needed, not with their features', () => {
  const [tone, hue] = CATALOGUE_GROUPS;
  const [first = 0, second = 0] = tone?.columns ?? [];
  const other = hue?.columns[0] ?? 0;
  expect(shareOfLooking([])).toBe(0);
  expect(shareOfLooking([first, second])).toBe(shareOfLooking([first]));
  expect(shareOfLooking([first, other])).toBeGreaterThan(shareOfLooking([first]));
  expect(shareOfLooking(CATALOGUE_GROUPS.flatMap(({ columns }) => columns))).toBe(1);
});

test('the groups of the catalogue hold every feature once', () => {
  const columns = CATALOGUE_GROUPS.flatMap((group) => group.columns);
  expect(columns).toEqual(FEATURES.map((_, column) => column));
});
