import { describe, expect, test } from 'vitest';
import { type Candidate, chooseRungs } from '../../src/teaching/choose.ts';
import { isSurelyLess } from '../../src/teaching/evidence.ts';

const losses = (...own: number[]) => Float64Array.from(own);
const LADDER: Candidate[] = [
  { id: 'zero', costMs: 0.1, losses: losses(0.5, 0.4, 0.6) },
  { id: 'a', costMs: 1, losses: losses(0.3, 0.2, 0.4) },
  { id: 'b', costMs: 2, losses: losses(0.3, 0.2, 0.4) },
  { id: 'c', costMs: 3.5, losses: losses(0.3, 0.2, 0.4) },
  { id: 'd', costMs: 4.5, losses: losses(0.3, 0.2, 0.4) },
  { id: 'e', costMs: 6, losses: losses(0.3, 0.2, 0.4) },
  { id: 'top', costMs: 10, losses: losses(0.3, 0.2, 0.4) },
];
const choose = (change: Partial<Record<string, Partial<Candidate>>>, candidates = LADDER) =>
  chooseRungs(
    candidates.map((own) => ({ ...own, ...change[own.id] })),
    'top',
  );

describe('chooseRungs', () => {
  test('takes rung zero, the cheapest, the one nearest to the middle, and the reference', () => {
    expect(choose({})).toEqual(['zero', 'a', 'd', 'top']);
  });

  test('takes another rung where it is surely better, not where it is better by luck', () => {
    expect(choose({ b: { losses: losses(0.01, 0.01, 0.02) } })).toEqual(['zero', 'b', 'd', 'top']);
    expect(choose({ b: { losses: losses(0, 0.5, 0) } })).toEqual(['zero', 'a', 'd', 'top']);
    expect(choose({ e: { losses: losses(0.05, 0.02, 0.06) } })).toEqual(['zero', 'a', 'e', 'top']);
  });

  test('does without what is not there, or costs as much as the reference', () => {
    const only = (...ids: string[]) => LADDER.filter(({ id }) => ids.includes(id));
    expect(choose({}, only('top'))).toEqual(['top']);
    expect(choose({}, only('a', 'top'))).toEqual(['a', 'top']);
    expect(choose({}, only('e', 'top'))).toEqual(['e', 'top']);
    expect(choose({ e: { costMs: 11 } }, only('e', 'top'))).toEqual(['top']);
  });
});

test('isSurelyLess weighs a gain by its spread over moments', () => {
  expect(isSurelyLess(losses(1, 1, 1), losses(2, 2, 2), 2)).toBe(true);
  expect(isSurelyLess(losses(1, 1, 1), losses(1, 1, 1), 0)).toBe(false);
  expect(isSurelyLess(losses(1, 1), losses(2, 2), 2)).toBe(false);
  expect(isSurelyLess(losses(0, 3, 0), losses(2, 2, 2), 2)).toBe(false);
});
