import { expect, test } from 'vitest';
import { lanesOf } from '../../../src/web/camera/timeline.ts';
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

test('an answer of which no event tells holds between those of which events tell', () => {
  const other = (seq: number, atMs: number) =>
    ({
      type: 'label',
      seq,
      question: 'default',
      changed: true,
      view: { kind: 'frame' },
      label: 'other',
      stable: { label: 'other', sinceMs: atMs },
      arrivedAtMs: atMs + 300,
    }) as unknown as Message;
  // What ended is told after what began.
  const messages = [event(1, 100, 'begin', 'fruit'), other(2, 400), event(3, 400, 'end', 'fruit')];
  const [lane] = lanesOf([...messages, event(4, 700, 'begin', 'drink')], 0, 1_000);
  expect(lane?.segments.map(({ label, fromMs, toMs }) => [label, fromMs, toMs])).toEqual([
    ['fruit', 100, 400],
    ['other', 400, 700],
    ['drink', 700, 1_000],
  ]);
});

test('what a label and an event both tell counts once', () => {
  const label = {
    type: 'label',
    seq: 1,
    question: 'default',
    changed: true,
    view: { kind: 'frame' },
    label: 'open',
    stable: { label: 'open', sinceMs: 200 },
    arrivedAtMs: 500,
  } as unknown as Message;
  expect(lanesOf([label, event(2, 200, 'begin', 'open')], 0, 1_000)[0]?.segments).toHaveLength(1);
});
