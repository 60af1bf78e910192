import { expect, test } from 'vitest';
import { CameraModel } from '../../../src/web/store/camera.ts';
import type { LabelMessage } from '../../../src/web/wire.ts';

const said = (label: string | null, confidence: number | null, stable: string | null, track?: number) =>
  ({
    question: 'default',
    view: { kind: 'frame', ...(track === undefined ? {} : { track }) },
    label,
    confidence,
    stable: stable === null ? null : { label: stable, sinceMs: 1_000 },
    arrivedAtMs: 2_000,
  }) as unknown as LabelMessage;

const sureAfter = (...messages: readonly LabelMessage[]) => {
  const camera = new CameraModel('gate');
  for (const message of messages) camera.label(message);
  return camera.inOrder[0]?.sure ?? [...camera.objects.values()][0]?.sure ?? null;
};

test.each([
  ['of the newest frame that says what holds', [said('cat', 0.9, 'cat'), said('cat', 0.8, 'cat')], 0.8],
  ['never of one that says something else', [said('cat', 0.9, 'cat'), said('lemon', 0.54, 'cat')], 0.9],
  ['none while no frame said so', [said('lemon', 0.54, 'cat')], null],
  ['none of what held before', [said('cat', 0.9, 'cat'), said('cat', 0.7, 'lemon')], null],
  ['of the newest frame while nothing holds', [said('cat', 0.9, null), said('lemon', 0.2, null)], 0.2],
  ['of a frame before, where nothing moves', [said('cat', 0.9, 'cat'), said(null, null, 'cat')], 0.9],
  ['of an object as well', [said('car', 0.7, 'car', 3), said('bus', 0.3, 'car', 3)], 0.7],
])('how sure what holds is: %s', (_, messages, sure) => {
  expect(sureAfter(...messages)).toBe(sure);
});
