import { expect, test } from 'vitest';
import { randomFor, seedOf } from '../../src/cascade/random.ts';

const first = (purpose: string, seed: number) => {
  const random = randomFor(purpose, seed);
  return Array.from({ length: 5 }, random);
};

test('the same purpose and seed give the same numbers', () => {
  expect(first('times', 7)).toEqual(first('times', 7));
});

test('no purpose repeats at one seed what another gave at another', () => {
  const all = Array.from({ length: 50 }, (_, seed) => [first('times', seed), first('arrivals', seed)]).flat();
  expect(new Set(all.map(([number]) => number)).size).toBe(100);
});

test('names that are alike have seeds that are far apart', () => {
  expect(Math.abs(seedOf('c0') - seedOf('c1'))).toBeGreaterThan(1_000);
});
