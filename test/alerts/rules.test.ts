import { expect, test } from 'vitest';
import { LabelWatch } from '../../src/alerts/label-watch.ts';
import { parseWhen } from '../../src/alerts/parse-when.ts';
import { wallClock } from '../../src/alerts/time-of-day.ts';

type Message = Parameters<LabelWatch['label']>[0];
/** Seconds, label, confidence, stream. */
type Frame = readonly [number, string, number, number?];

/** Seconds at which alerts are raised. */
function raisedAt(text: string, frames: readonly Frame[], repeatAfterSeconds: number | null = null): number[] {
  const when = parseWhen(text);
  if (when.head.kind === 'state') throw new Error('a rule about labels is expected');
  const parts = { wall: wallClock('UTC'), gapSeconds: () => 10, answers: () => null };
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
  ['absence', 'no car for 3s', [...cars(0), [0, 'van', 1], [1, 'van', 1], [3, 'van', 1], [4, 'van', 1]], [4]],
])('%s', (_name, text, frames, expected) => {
  expect(raisedAt(text, frames)).toEqual(expected);
});

test('what goes on is told again after a while, and not before', () => {
  expect(raisedAt('car > 0.5', cars(0, 2, 5, 7, 10), 5)).toEqual([0, 5, 10]);
});
