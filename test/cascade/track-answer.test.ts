import { expect, test } from 'vitest';
import { isKnown, TrackAnswer } from '../../src/cascade/track-answer.ts';

const looks = (...seen: number[][]) => {
  const answer = new TrackAnswer(seen[0]?.length ?? 0);
  for (const one of seen) answer.add(Float64Array.from(one));
  return answer;
};

test('one look is what it was', () => {
  const answer = looks([0.7, 0.2, 0.1]);
  expect([...answer.probabilities].map((p) => p.toFixed(6))).toEqual(['0.700000', '0.200000', '0.100000']);
  expect([answer.top, answer.looks]).toEqual([0, 1]);
});

test('several are the normalised geometric mean, in whatever order', () => {
  const one = looks([0.8, 0.1, 0.1], [0.2, 0.5, 0.3], [0.6, 0.3, 0.1]);
  const roots = [0.8 * 0.2 * 0.6, 0.1 * 0.5 * 0.3, 0.1 * 0.3 * 0.1].map(Math.cbrt);
  const sum = roots.reduce((a, b) => a + b);
  for (const [k, root] of roots.entries()) expect(one.probabilities[k]).toBeCloseTo(root / sum, 10);
  const other = looks([0.6, 0.3, 0.1], [0.8, 0.1, 0.1], [0.2, 0.5, 0.3]);
  for (const k of roots.keys()) expect(other.probabilities[k]).toBeCloseTo(one.probabilities[k] ?? 0, 12);
});

test('a look counts for what it weighs: two halves are one', () => {
  const halves = new TrackAnswer(2);
  for (let n = 0; n < 2; n++) halves.add(Float64Array.of(0.1, 0.9), 0.5);
  halves.add(Float64Array.of(0.8, 0.2));
  const whole = looks([0.1, 0.9], [0.8, 0.2]);
  expect(halves.looks).toBe(2);
  for (const k of [0, 1]) expect(halves.probabilities[k]).toBeCloseTo(whole.probabilities[k] ?? 0, 12);
});

test('a look that rules a class out does not do so for ever', () => {
  const answer = looks([0, 1], ...Array.from({ length: 20 }, () => [0.9, 0.1]));
  expect(answer.top).toBe(0);
  expect(answer.probabilities.every(Number.isFinite)).toBe(true);
});

test.each([
  [1, 0.99, false],
  [2, 0.5, true],
  [2, 0.499, false],
  [4, 0.3, false],
  [5, 0.01, true],
])('after %d looks with %d it is known: %s', (count, confidence, known) => {
  expect(isKnown({ looks: count, confidence })).toBe(known);
});
