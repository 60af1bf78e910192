import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../src/cascade/random.ts';
import { driftOf, drifts } from '../../src/profile/drift.ts';
import { rankTest } from '../../src/profile/rank-test.ts';
import { isKnown, precisionOf, stageFigures } from '../../src/profile/statistics.ts';
import { gaussian } from '../support/premodels.ts';

const counted = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i);
/** Times around 10 ms with a spread of 2, now and then one of 100. */
function noisy(count: number, seed: number, factor: (i: number) => number = () => 1): number[] {
  const random = seededRandom(seed);
  const normal = gaussian(random);
  return Array.from({ length: count }, (_, i) => (random() < 0.02 ? 100 : 10 + 2 * normal()) * factor(i));
}

describe('stageFigures', () => {
  test.each([
    [counted(1, 100), { n: 100, meanMs: 50.5, p50Ms: 50, p95Ms: 95, p99Ms: 99 }],
    [counted(1, 10), { n: 10, meanMs: 5.5, p50Ms: 5, p95Ms: 10, p99Ms: 10 }],
    [[7, 7, 7], { n: 3, meanMs: 7, ci: [7, 7], p50Ms: 7, p95Ms: 7, p99Ms: 7 }],
  ])('of one slot', (values, expected) => {
    expect(stageFigures(values.map((value) => [value]))).toMatchObject(expected);
  });

  test('slots of a round, which share what disturbs them, count as one in the interval', () => {
    const values = noisy(60, 3);
    const width = ({ ci: [low, high] }: ReturnType<typeof stageFigures>) => high - low;
    const one = stageFigures(values.map((value) => [value]));
    const same = stageFigures(values.map((value) => [value, value, value, value]));
    expect(same.n).toBe(4 * one.n);
    expect(width(same)).toBe(width(one));
  });
});

test.each([
  [10, [9.5, 10.5], 0.05, true],
  [10, [9.4, 10.6], 0.06, false],
  [10, [10, 10], 0, true],
] as const)('a mean of %d within %j is known to ±%d: %j', (mean, interval, precision, known) => {
  expect(precisionOf(mean, interval)).toBeCloseTo(precision, 9);
  expect(isKnown(mean, interval)).toBe(known);
});

test('a mean of nothing is not known', () => {
  const { meanMs, ci } = stageFigures([]);
  expect(isKnown(meanMs, ci)).toBe(false);
});

describe('rankTest', () => {
  test.each([
    ['apart', counted(1, 10), counted(11, 20), 0.0001827],
    ['apart, the other way', counted(11, 20), counted(1, 10), 0.0001827],
    ['with ties', [1, 2, 2, 3], [2, 3, 3, 4], 0.172],
    ['all the same', [5, 5, 5], [5, 5, 5], 1],
    ['nothing', [], [1], 1],
  ])('%s', (_, a, b, expected) => {
    expect(rankTest(a, b)).toBeCloseTo(expected, 3);
  });

  test('an outlier moves it by one rank only', () => {
    const [a, b] = [counted(1, 10), counted(3, 12)];
    expect(rankTest(a, [...b.slice(0, -1), 1e6])).toBe(rankTest(a, b));
  });
});

describe('driftOf', () => {
  test.each([
    ['noise', () => 1, false],
    ['slower from the middle on', (i: number) => (i < 60 ? 1 : 1.8), true],
    ['faster from the middle on', (i: number) => (i < 60 ? 1 : 0.6), true],
    ['slowly slower', (i: number) => 1 + i / 240, true],
    ['certainly but hardly slower', (i: number) => (i < 60 ? 1 : 1.0001), false],
  ])('%s', (_, factor, expected) => {
    expect(driftOf(noisy(120, 7, factor), 20)?.isDrift).toBe(expected);
  });

  test('tells by how much, outliers aside', () => {
    const drift = driftOf([...Array(20).fill(10), ...Array(20).fill(12), ...Array(19).fill(15), 900], 1);
    expect(drift).toMatchObject({ change: 0.5, isDrift: true });
  });

  test('of a tiny change that is certain, says nothing', () => {
    expect(driftOf([...Array(20).fill(10), ...Array(20).fill(10.3)], 1)).toMatchObject({ isDrift: false });
  });

  test('needs rounds enough', () => {
    expect(driftOf(noisy(23, 1), 1)).toBe(null);
    expect(driftOf(noisy(24, 1), 1)).not.toBe(null);
  });

  test('of nothing but noise is told less than once in a hundred profiles of twenty rungs', () => {
    const profiles = 100;
    let told = 0;
    for (let seed = 0; seed < profiles * 20; seed++) if (driftOf(noisy(45, seed), 20)?.isDrift) told++;
    expect(told).toBeLessThan(5);
  });
});

test('drifts: a machine that slows down by little shows in all rungs together, sooner than in any', () => {
  const rungs = counted(1, 20).map((seed) =>
    noisy(60, seed, (i) => seed * (i < 30 ? 1 : 1.12)).map((value) => [value]),
  );
  const { overall, byRung } = drifts(rungs);
  expect(overall?.isDrift).toBe(true);
  expect(overall?.change).toBeGreaterThan(0.05);
  expect(byRung.filter((drift) => drift?.isDrift).length).toBeLessThan(20);
});
