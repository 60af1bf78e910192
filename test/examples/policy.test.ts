import { describe, expect, test } from 'vitest';
import { difference, Likeness } from '../../src/examples/likeness.ts';
import { isWorthKeeping, victims, type Weighed, wish, worth } from '../../src/examples/policy.ts';
import { atOnce, example, grey, LIMITS } from './support.ts';

const MOMENT = { sinceLastMs: Infinity, coveredMs: 0 };

test.each([
  ['a sure frame that chance does not want', false, MOMENT, 0.5, null],
  ['a sure frame that chance wants', false, MOMENT, 0.49, 'random'],
  ['an unsure frame that chance does not want', true, MOMENT, 0.5, 'unsure'],
  ['an unsure frame that chance wants', true, MOMENT, 0.49, 'random'],
  ['an unsure frame too near to the last', true, { ...MOMENT, sinceLastMs: 999 }, 0, null],
  ['an unsure frame just far enough', true, { ...MOMENT, sinceLastMs: 1_000 }, 0.5, 'unsure'],
  // Four places at a second each cover 4 s: after 40 s a tenth as many are drawn.
  ['chance after ten times the time that fills all places', false, { ...MOMENT, coveredMs: 40_000 }, 0.051, null],
  ['chance then, still', false, { ...MOMENT, coveredMs: 40_000 }, 0.049, 'random'],
] as const)('%s', (_what, isUnsure, moment, chance, expected) => {
  expect(wish(isUnsure, moment, LIMITS, chance)).toBe(expected);
});

test('nothing is drawn by chance, or nothing else, where the ratio says so', () => {
  expect(wish(false, MOMENT, { ...LIMITS, randomRatio: 0 }, 0)).toBeNull();
  expect(wish(true, MOMENT, { ...LIMITS, randomRatio: 1, maxFrames: 1 }, 0.999)).toBe('random');
  expect(wish(true, { ...MOMENT, coveredMs: 1e9 }, { ...LIMITS, randomRatio: 1 }, 0.999)).toBeNull();
});

describe('which goes first', () => {
  const weighed = (id: string, novelty: number, fields: Partial<Weighed['example']> = {}, isHeld = false): Weighed => ({
    example: { ...example({ id, takenAtMs: 900 }), ...fields },
    novelty,
    isHeld,
  });
  const victim = (kept: readonly Weighed[], adding: 'unsure' | 'random' | null = null, nowMs = 1_000) =>
    [...victims(kept, adding, nowMs, LIMITS)][0]?.example.id ?? null;

  test('the one most like another', () => {
    expect(victim([weighed('a', 5), weighed('b', 2), weighed('c', 9)])).toBe('b');
  });
  test('of equal ones the older', () => {
    expect(victim([weighed('a', 0), weighed('b', 0, { takenAtMs: 800 })])).toBe('b');
  });
  test('what is nearly too old, however new it looks', () => {
    const old = weighed('a', 90, { takenAtMs: 0 });
    expect(victim([old, weighed('b', 5, { takenAtMs: 990_000 })], null, 990_000)).toBe('a');
    expect(worth(old, LIMITS.maxAgeMs + 1, LIMITS)).toBe(0);
  });
  test('no labelled one while there is another', () => {
    const labels = { default: 'open' };
    expect(victim([weighed('a', 0, { labels }), weighed('b', 90)])).toBe('b');
    expect(victim([weighed('a', 9, { labels }), weighed('b', 1, { labels })])).toBe('b');
    expect(victim([])).toBeNull();
  });
  test('what somebody looks at only where nothing else is left but labelled ones, and not for a new frame', () => {
    const held = weighed('a', 0, {}, true);
    expect(victim([held, weighed('b', 90)])).toBe('b');
    expect(victim([held, weighed('b', 0, { labels: { default: 'open' } })])).toBe('a');
    expect(isWorthKeeping('random', 50, held, 1_000, LIMITS)).toBe(false);
  });
  test('one of the kind that has more than its places', () => {
    const random = { reason: 'random' } as const;
    const kept = [weighed('a', 90, random), weighed('b', 90, random), weighed('c', 90, random), weighed('d', 1)];
    expect(victim(kept, 'random')).toBe('a');
    const other = [weighed('a', 1, random), weighed('b', 90), weighed('c', 80), weighed('d', 70)];
    expect(victim(other, 'unsure')).toBe('d');
  });
  test('those that go together are those that would go one by one', () => {
    const kept = Array.from({ length: 60 }, (_, n) =>
      weighed(
        `a${n}`,
        (n * 7) % 13,
        {
          takenAtMs: (n * 11) % 40,
          reason: n % 3 === 0 ? 'random' : 'unsure',
          labels: n % 10 === 0 ? { default: 'open' } : {},
        },
        n % 7 === 0,
      ),
    );
    const together = [...victims(kept, 'random', 1_000, LIMITS)].map((gone) => gone.example.id);
    const single: string[] = [];
    for (let left = kept; left.length > 0; left = left.filter((one) => !single.includes(one.example.id)))
      single.push(victim(left, 'random') ?? '');
    expect(together).toEqual(single);
  });
  test('a frame is only worth a place if it is newer than what goes for it', () => {
    const least = weighed('a', 5, { takenAtMs: 1_000 });
    expect(isWorthKeeping('unsure', 5.1, least, 1_000, LIMITS)).toBe(true);
    expect(isWorthKeeping('unsure', 5, least, 1_000, LIMITS)).toBe(false);
    expect(isWorthKeeping('unsure', 0.9, null, 1_000, LIMITS)).toBe(false);
    expect(isWorthKeeping('unsure', 1, null, 1_000, LIMITS)).toBe(true);
    expect(isWorthKeeping('random', 0.1, least, 1_000, LIMITS)).toBe(true);
  });
  test('the very same picture is not kept twice, not even by chance', () => {
    expect(isWorthKeeping('random', 0, null, 1_000, LIMITS)).toBe(false);
  });
});

test('the nearest of each picture is known while pictures come and go', () => {
  const likeness = new Likeness();
  expect(likeness.noveltyOf(grey(1))).toBe(Infinity);
  likeness.add('a', grey(10));
  expect(likeness.novelty('a')).toBe(Infinity);
  likeness.add('b', grey(30));
  likeness.add('c', grey(35));
  expect(['a', 'b', 'c'].map((id) => likeness.novelty(id))).toEqual([20, 5, 5]);
  expect(likeness.noveltyOf(grey(34))).toBe(1);
  atOnce(likeness.remove(['b']));
  expect(['a', 'c'].map((id) => likeness.novelty(id))).toEqual([25, 25]);
  expect(difference(grey(0), grey(255))).toBe(255);
  expect(difference(grey(0), grey(9), 9)).toBe(Infinity);
});
