import { writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ExampleStore } from '../../src/examples/store.ts';
import { EncodingTurn, ExampleTaker } from '../../src/examples/taker.ts';
import type { Frame } from '../../src/types.ts';
import { temporaryFolder } from '../support/clips.ts';
import { LIMITS } from './support.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let nowMs = 0;
const turn = new EncodingTurn();
let store: ExampleStore;
let taker: ExampleTaker;
let failures: string[];
beforeEach(async () => {
  folder = await temporaryFolder();
  nowMs = 1_000_000;
  turn.isTaken = false;
  failures = [];
  const limits = { ...LIMITS, maxFrames: 100, randomRatio: 0, maxAgeMs: 1e9 };
  store = await ExampleStore.open({ folder: folder.path, limits, nowMs: () => nowMs, onNotice: () => {} });
  taker = new ExampleTaker({
    store,
    turn,
    working: { aspect: 'stretch', width: 8, height: 8 },
    clock: { monotonicMs: () => nowMs, unixMs: () => nowMs },
    random: () => 0.5,
    onFailure: (reason) => failures.push(reason),
  });
});
afterEach(async () => {
  await taker.settled();
  await store.close();
  await folder.remove();
});

const frame = (value: number, side = 8): Frame => ({
  camera: 'gate',
  stream: 2,
  ptsSeconds: 7,
  arrivedAtMs: nowMs - 5,
  arrivedMs: nowMs - 5,
  width: side,
  height: side,
  pixels: new Uint8Array(new SharedArrayBuffer(side * side * 3)).fill(value),
  release: () => {},
});
const answers = (right: number, classId = 'open') => [
  { question: 'default', label: classId, classId, confidence: 0.5, right },
];

test('an unsure frame is kept with its pixels, its times and what was answered', async () => {
  const given = frame(77);
  taker.offer(given, () => answers(0.79));
  given.pixels.fill(0); // the next frame is written over it
  await taker.settled();
  expect(store.set.examples).toMatchObject([
    { takenAtMs: nowMs - 5, stream: 2, ptsSeconds: 7, reason: 'unsure', width: 8, answers: answers(0.79) },
  ]);
  const { pixels } = await store.pixels(store.set.examples[0]?.id ?? '');
  expect(pixels.every((value) => value === 77)).toBe(true);
});

test.each([
  ['sure', 0.8, 'open', 0],
  ['sure that it is like nothing taught', 0.99, 'other', 1],
])('a frame that is %s', async (_what, right, classId, kept) => {
  taker.offer(frame(77), () => answers(right, classId));
  await taker.settled();
  expect(store.set.size).toBe(kept);
});

test('the same picture is not kept twice, and none too near to the last', async () => {
  for (const [value, afterMs] of [
    [77, 0],
    [77, 2_000],
    [120, 500],
    [120, 600],
  ] as const) {
    nowMs += afterMs;
    taker.offer(frame(value), () => answers(0.1));
    await taker.settled();
  }
  // The second was the same; the third came half a second after it, the fourth more than one.
  expect(store.set.examples.map(({ takenAtMs }) => takenAtMs)).toEqual([999_995, 1_003_095]);
});

test('while one picture is encoded no other is looked at, of whatever camera', async () => {
  taker.offer(frame(10), () => answers(0.1));
  expect(turn.isTaken).toBe(true);
  nowMs += 5_000;
  taker.offer(frame(200), () => answers(0.1));
  await taker.settled();
  expect(turn.isTaken).toBe(false);
  expect(store.set.size).toBe(1);
});

test('a frame larger than any rung looks at is kept at that size', async () => {
  taker.offer(frame(90, 32), () => answers(0.1));
  await taker.settled();
  expect(store.set.examples).toMatchObject([{ width: 8, height: 8 }]);
});

test('a disk that cannot be written to costs the example, and is told', async () => {
  await folder.remove();
  await writeFile(folder.path, 'no folder any more'); // as good as full: nothing can be written there
  taker.offer(frame(90), () => answers(0.1));
  await taker.settled();
  expect(failures).toEqual([expect.stringContaining('cannot write')]);
  expect(turn.isTaken).toBe(false);
  expect(store.set.size).toBe(0);
});
