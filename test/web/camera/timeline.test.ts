import { expect, test } from 'vitest';
import { forWidth, heldShares, lanesOf } from '../../../src/web/camera/timeline.ts';
import type { Message } from '../../../src/web/camera/wire.ts';

const event = (seq: number, atMs: number, phase: 'begin' | 'end', label: string, track?: number) =>
  ({
    type: 'event',
    seq,
    camera: 'gate',
    question: 'default',
    atMs,
    phase,
    label,
    ...(track === undefined ? {} : { track }),
  }) as unknown as Message;

test('what ends without a beginning began before what is known; what has no end holds still', () => {
  const lanes = lanesOf([event(2, 500, 'begin', 'closed'), event(1, 500, 'end', 'open')], 100, 1_000);
  expect(lanes[0]?.segments).toEqual([
    { label: 'open', fromMs: 100, toMs: 500, isOpenStart: true, isOpenEnd: false },
    { label: 'closed', fromMs: 500, toMs: 1_000, isOpenStart: false, isOpenEnd: true },
  ]);
});

test('objects have a lane of their own', () => {
  const lanes = lanesOf(
    [event(1, 200, 'begin', 'open'), event(2, 300, 'begin', 'car', 7), event(3, 400, 'end', 'car', 7)],
    0,
    1_000,
  );
  expect(lanes.map(({ isObjects, segments }) => [isObjects, segments.length])).toEqual([
    [false, 1],
    [true, 1],
  ]);
});

test('shares are of the time that is known', () => {
  const [lane] = lanesOf(
    [event(1, 0, 'begin', 'open'), event(2, 750, 'end', 'open'), event(3, 750, 'begin', 'closed')],
    -1,
    1_000,
  );
  expect(lane && heldShares(lane).map(({ label, ratio }) => [label, ratio])).toEqual([
    ['open', 0.75],
    ['closed', 0.25],
  ]);
});

test('pieces that nobody could see become one, called after what held longest', () => {
  const segments = [1, 2, 3].map((k) => ({
    label: k === 2 ? 'b' : 'a',
    fromMs: k,
    toMs: k + 1,
    isOpenStart: false,
    isOpenEnd: false,
  }));
  expect(forWidth(segments, 100)).toMatchObject([{ label: 'a', fromMs: 1, toMs: 4, joined: 3 }]);
});

test('what held before anything was told is shown, but not over what was', () => {
  const holding = [{ question: 'default', label: 'open', sinceMs: 50 }];
  expect(lanesOf([], 100, 1_000, holding)[0]?.segments).toEqual([
    { label: 'open', fromMs: 100, toMs: 1_000, isOpenStart: true, isOpenEnd: true },
  ]);
  const told = lanesOf([event(1, 500, 'end', 'open'), event(2, 500, 'begin', 'closed')], 100, 1_000, holding);
  expect(told[0]?.segments.map(({ label }) => label)).toEqual(['open', 'closed']);
});

test('where nobody told the end of anything, it held until it was last heard of', () => {
  const messages = [event(1, 200, 'begin', 'open'), event(300, 800, 'begin', 'closed')];
  expect(lanesOf(messages, 0, 1_000, [], [350])[0]?.segments.map(({ fromMs, toMs }) => [fromMs, toMs])).toEqual([
    [200, 350],
    [800, 1_000],
  ]);
});
