import { describe, expect, test } from 'vitest';
import { LabelWatch } from '../../src/alerts/label-watch.ts';
import { parseWhen } from '../../src/alerts/parse-when.ts';
import { sentence } from '../../src/alerts/rule.ts';
import { StateWatch } from '../../src/alerts/state-watch.ts';
import { wallClock } from '../../src/alerts/time-of-day.ts';
import type { CameraState } from '../../src/types.ts';

type Message = Parameters<LabelWatch['label']>[0];
/** Seconds, label, confidence, stream. */
type Frame = readonly [number, string, number, number?];

/** Seconds at which alerts are raised. */
function raisedAt(
  text: string,
  frames: readonly Frame[],
  repeatAfterSeconds: number | null = null,
  lastMs = new Map<string, number>(),
): number[] {
  const when = parseWhen(text);
  if (when.head.kind === 'state') throw new Error('a rule about labels is expected');
  const parts = { wall: wallClock('UTC'), gapSeconds: () => 10, answers: () => null, lastMs };
  const watch = new LabelWatch({ id: 'r', when, repeatAfterSeconds }, when.head, parts);
  return frames.flatMap(([ptsSeconds, label, confidence, stream = 1], at) => {
    const fields = { camera: 'gate', question: 'q', stable: null, view: { kind: 'frame', box: [0, 0, 1, 1] } };
    const message = {
      ...fields,
      type: 'label',
      ptsSeconds,
      label,
      confidence,
      stream,
      arrivedAtMs: 0,
      epoch: 'e',
      seq: at,
    };
    return watch.label(message as unknown as Message, ptsSeconds * 1000) === null ? [] : [ptsSeconds];
  });
}

const cars = (...seconds: number[]): Frame[] => seconds.map((second) => [second, 'car', 0.9]);

test.each<[string, string, Frame[], number[]]>([
  ['exactly so long', 'car > 0.8 for 3s', cars(0, 1, 2, 3, 4), [3]],
  ['not above the confidence', 'car > 0.9 for 3s', cars(0, 1, 2, 3), []],
  ['at the confidence', 'car >= 0.9 for 3s', cars(0, 1, 2, 3), [3]],
  ['a flicker begins anew', 'car > 0.8 for 3s', [...cars(0, 1), [2, 'van', 0.9], ...cars(3, 4, 5, 6)], [6]],
  ['another stream begins anew', 'car > 0.8 for 3s', [...cars(0, 1, 2), [3, 'car', 0.9, 2], [6, 'car', 0.9, 2]], [6]],
  ['a gap begins anew', 'car > 0.8 for 3s', cars(0, 1, 12, 14, 15), [15]],
  ['another camera', 'car on yard', cars(0), []],
  ['its question', 'car on gate/q', cars(0), [0]],
  ['another question', 'car on gate/r', cars(0), []],
  ['absence', 'no car for 3s', [...cars(0), [0, 'van', 1], [1, 'van', 1], [3, 'van', 1], [4, 'van', 1]], [4]],
])('%s', (_name, text, frames, expected) => {
  expect(raisedAt(text, frames)).toEqual(expected);
});

test('what goes on is told again after a while, and not before', () => {
  expect(raisedAt('car > 0.5', cars(0, 2, 5, 7, 10), 5)).toEqual([0, 5, 10]);
});

test('what was told before a restart is not told again before its time', () => {
  const before = new Map([
    ['gate/q', -2_000],
    ['yard/q', 0],
  ]);
  expect(raisedAt('car > 0.5', cars(0, 2, 3, 7, 8), 5, before)).toEqual([3, 8]);
  expect(raisedAt('car > 0.5', cars(0), null, before)).toEqual([0]);
});

test.each([
  ['default', 'r: car (0.90) on gate'],
  ['kind', 'r: car (0.90) on gate/kind'],
  ['door/open', 'r: car (0.90) on gate/door/open'],
])('the text of an alert about the question %s is %s', (question, text) => {
  const when = parseWhen('car > 0.5');
  const told = { rule: 'r', camera: 'gate', question, label: 'car', confidence: 0.9, track: null, stream: 1 };
  expect(sentence('r', when.head, { ...told, atMs: 0, sinceMs: 0, ptsSeconds: 0, epoch: 'e', seq: 1 }, 0)).toBe(text);
});

describe('the state of a camera', () => {
  /** Seconds at which alerts are raised. @param states by second @param until seconds, each of which is looked at */
  function raisedAt(text: string, states: Readonly<Record<number, CameraState>>, until: number, from = 0): number[] {
    const when = parseWhen(text);
    if (when.head.kind !== 'state') throw new Error('a rule about states is expected');
    const parts = { wall: wallClock('UTC'), gapSeconds: () => 10, answers: () => null };
    const watch = new StateWatch({ id: 'r', when, repeatAfterSeconds: null }, when.head, parts);
    const origin = { camera: 'gate', epoch: 'e', seq: 1 };
    const raised: number[] = [];
    for (let second = 0; second <= until; second++) {
      const at = [second * 1000, (from + second) * 1000] as const;
      const state = states[second];
      const found = state === undefined ? watch.tick(...at) : [watch.status({ state }, origin, ...at)];
      if (found.some((finding) => finding !== null)) raised.push(second);
    }
    return raised;
  }

  test.each<[string, string, Record<number, CameraState>, number[]]>([
    ['lasts by the clock', 'camera gate is failed for 30s', { 1: 'failed' }, [31]],
    ['is over in time', 'camera gate is failed for 30s', { 1: 'failed', 30: 'live' }, []],
    ['goes on in another that counts', 'camera gate is not live for 30s', { 1: 'failed', 20: 'stalled' }, [31]],
    ['comes again', 'camera gate is failed', { 1: 'failed', 5: 'live', 9: 'failed' }, [1, 9]],
    ['is not that of a camera that is gone', 'camera gate is not live for 30s', { 1: 'failed', 9: 'removed' }, []],
    ['is another camera’s', 'camera yard is failed', { 1: 'failed' }, []],
  ])('%s', (_name, text, states, expected) => {
    expect(raisedAt(text, states, 60)).toEqual(expected);
  });

  test('counts from the begin of its hours', () => {
    const from = 21 * 3600 + 59 * 60 + 50; // 21:59:50
    expect(raisedAt('camera gate is failed for 30s between 22:00 and 06:00', { 1: 'failed' }, 60, from)).toEqual([40]);
  });
});
