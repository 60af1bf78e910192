import { expect, test } from 'vitest';
import { follow, type Heard, smoothed } from '../../bench/smoothing-scores.ts';

const CLASSES = ['A', 'B'].map((name) => ({ id: name, name }));

/** One frame a second: its truth (`~`: unclear), and what was said. */
function heard(truth: string, said: string): Heard[] {
  return [...said].map((label, seconds) => ({
    seconds,
    label,
    probabilities: Float64Array.from(CLASSES, ({ name }) => (name === label ? 0.99 : 0.01)),
    isReused: false,
    right: truth[seconds] === '~' ? null : [truth[seconds] ?? ''],
  }));
}

test('what is said is held against the truth: how often it is right, how often it changes, how late', () => {
  const frames = heard('AAA~BBBBAAA', 'AABAABBBAAA');
  expect(
    follow(
      frames,
      frames.map(({ label }) => label),
    ),
  ).toEqual({
    scored: 10,
    right: 8,
    changes: 4,
    trueChanges: 2,
    delaysSeconds: [1, 0],
  });
});

test('what is stable comes later and changes less', () => {
  const frames = heard('AAAABBBBAAAA', 'AAABBBABAAAA');
  const stable = smoothed(frames, CLASSES, { halfLifeSeconds: 4, evidence: 4, leastSeconds: 0, labels: {} });
  expect(stable.map((label) => label ?? '-').join('')).toBe('-AAABBBBBAAA');
  expect(follow(frames, stable).changes).toBe(2);
});

test('nothing stable yet is not right, and no change', () => {
  const frames = heard('AAA', 'AAA');
  expect(follow(frames, [null, null, 'A'])).toMatchObject({ scored: 3, right: 1, changes: 0, delaysSeconds: [] });
});
