import { expect, test } from 'vitest';
import { cameraLine, helloLines } from '../../src/commands/watch-words.ts';

test('who connects is told what a camera suffers from already', () => {
  const cameras = [
    { id: 'gate', state: 'live' as const, reason: '', degraded: ['moved', 'too-slow'] },
    { id: 'yard', state: 'stalled' as const, reason: 'no frame', degraded: [] },
  ];
  expect(helloLines('ws://x', ['gate', 'yard', 'shed'], { cameras })).toEqual([
    'connected to ws://x: gate is live (degraded: moved, too-slow), yard is stalled (no frame)',
    'it has no camera shed; it has gate, yard',
  ]);
});

test('the end of a trouble is told as that', () => {
  const troubled = new Set<string>();
  const live = { camera: 'gate', state: 'live' as const, reason: '' };
  expect(cameraLine({ ...live, degraded: [] }, troubled)).toBe('camera gate is live');
  expect(cameraLine({ ...live, degraded: ['moved'] }, troubled)).toBe('camera gate is live (degraded: moved)');
  expect(cameraLine({ ...live, degraded: [] }, troubled)).toBe('camera gate is live (no longer degraded)');
  expect(cameraLine({ ...live, degraded: [] }, troubled)).toBe('camera gate is live');
});
