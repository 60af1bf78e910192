import { expect, test } from 'vitest';
import { heldShares, type Piece, piecesOf } from '../../../src/web/camera/lane-pieces.ts';
import type { Segment } from '../../../src/web/camera/timeline.ts';

const segment = (label: string, fromMs: number, toMs: number): Segment => ({
  label,
  fromMs,
  toMs,
  isOpenStart: false,
  isOpenEnd: false,
});
const lane = (segments: readonly Segment[], isObjects = false) => ({ segments, isObjects });
/** Time in the strip by label: width by height. */
const drawn = (pieces: readonly Piece[]) => {
  const sums = new Map<string, number>();
  for (const { label, fromMs, toMs, height } of pieces) {
    sums.set(label, (sums.get(label) ?? 0) + (toMs - fromMs) * height);
  }
  return sums;
};
/** A new answer every few seconds for an hour: `a` holds 5 s, `b` 4 s, `c` 3 s, and so on. */
const restless = Array.from({ length: 300 }, (_, at) => [
  segment('a', at * 12_000, at * 12_000 + 5_000),
  segment('b', at * 12_000 + 5_000, at * 12_000 + 9_000),
  segment('c', at * 12_000 + 9_000, at * 12_000 + 12_000),
]).flat();

test('shares are of the time that is known', () => {
  const shares = heldShares(lane([segment('open', 0, 750), segment('closed', 750, 1_000)]));
  expect(shares.map(({ label, ratio }) => [label, ratio])).toEqual([
    ['open', 0.75],
    ['closed', 0.25],
  ]);
});

test.each([1_000, 9_000, 60_000, 1_500_000])(
  'the strip shows as much of each label as its legend says, in columns of %i ms',
  (leastMs) => {
    const shown = drawn(piecesOf(lane(restless), leastMs));
    for (const { label, ms } of heldShares(lane(restless))) expect(shown.get(label)).toBeCloseTo(ms, 3);
    expect(shown.size).toBe(3);
  },
);

test('a column shows what held most of its time highest, and no time is covered twice', () => {
  const pieces = piecesOf(lane([segment('b', 0, 4), segment('c', 4, 7), segment('a', 7, 12)]), 12);
  expect(pieces.map(({ label, height, bottom }) => [label, height, bottom])).toEqual([
    ['a', 5 / 12, 0],
    ['b', 4 / 12, 5 / 12],
    ['c', 3 / 12, 9 / 12],
  ]);
});

test('what lasts is drawn as it was, between what is too short to see', () => {
  const pieces = piecesOf(lane([segment('a', 3, 1_003), segment('b', 1_003, 1_013), segment('c', 1_013, 1_900)]), 100);
  expect(pieces.map(({ label, fromMs, toMs, height }) => [label, fromMs, toMs, height])).toEqual([
    ['a', 3, 1_003, 1],
    ['b', 1_003, 1_013, 1],
    ['c', 1_013, 1_900, 1],
  ]);
});

test('where nothing was known nothing is drawn', () => {
  expect(drawn(piecesOf(lane([segment('a', 0, 20), segment('a', 60, 90)]), 100)).get('a')).toBeCloseTo(50);
});

test('objects at the same time share the height', () => {
  const pieces = piecesOf(lane([segment('car', 0, 400), segment('person', 200, 400)], true), 100);
  expect(pieces.map(({ label, fromMs, toMs, bottom, height }) => [label, fromMs, toMs, bottom, height])).toEqual([
    ['car', 0, 200, 0, 1],
    ['car', 200, 400, 0, 0.5],
    ['person', 200, 400, 0.5, 0.5],
  ]);
});
