import { describe, expect, test } from 'vitest';
import { type Expectation, unknownCameras, type WatchedCamera } from '../../src/service/known.ts';
import type { CameraState } from '../../src/types.ts';

const NOW = 100_000;
const frame = (agoMs: number, limitMs = 5_000): Expectation => ({
  what: 'its next frame',
  sinceMs: NOW - agoMs,
  limitMs,
});
const camera = (state: CameraState, ...expectations: Expectation[]): WatchedCamera => ({
  camera: 'gate',
  state,
  expectations,
});

describe('what is known of a camera', () => {
  test.each<[string, WatchedCamera, boolean]>([
    ['live, with a frame a moment ago', camera('live', frame(10)), true],
    ['live, silent beyond its limit: its own watch is acting', camera('live', frame(7_000)), true],
    ['live, silent for exactly twice its limit', camera('live', frame(10_000)), true],
    ['live, silent for longer than that', camera('live', frame(10_001)), false],
    ['live, with a frame in hand', camera('live', frame(59_000, 30_000)), true],
    ['live, with a frame in hand that is never answered', camera('live', frame(10), frame(60_001, 30_000)), false],
    ['live, but nobody waits for a frame', camera('live'), false],
    ['connecting within its time', camera('connecting', frame(9_000, 10_000)), true],
    ['connecting, overdue by twice its limit', camera('connecting', frame(20_001, 10_000)), false],
    ['connecting, forgotten', camera('connecting'), false],
    ['stalled, its next try scheduled', camera('stalled', frame(400, 500)), true],
    ['stalled, its next try overdue', camera('stalled', frame(1_001, 500)), false],
    ['stalled, no try scheduled', camera('stalled'), false],
    ['failed, its next try scheduled', camera('failed', frame(29_000, 30_000)), true],
    ['failed, its next try overdue', camera('failed', frame(61_000, 30_000)), false],
    ['failed for good', camera('failed'), true],
    ['ended', camera('ended'), true],
    ['paused', camera('paused'), true],
    ['removed, whatever it still waited for', camera('removed', frame(99_000)), true],
  ])('%s', (_, watched, isKnown) => {
    expect(unknownCameras([watched], NOW)).toHaveLength(isKnown ? 0 : 1);
  });

  test('is told in words, of every camera that it is missing for', () => {
    const lost = { ...camera('connecting', frame(25_000, 10_000)), camera: 'yard' };
    expect(unknownCameras([camera('live', frame(10)), lost, camera('stalled')], NOW)).toEqual([
      'yard is connecting and waits for its next frame since 25.0 s, allowed are 10.0 s',
      'gate is stalled and waits for nothing',
    ]);
    expect(unknownCameras([], NOW)).toEqual([]);
  });
});
