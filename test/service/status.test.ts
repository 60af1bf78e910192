import { describe, expect, test } from 'vitest';
import { Pulse } from '../../src/service/pulse.ts';
import { statusLine } from '../../src/service/status-line.ts';
import type { CameraState } from '../../src/types.ts';

describe('the status line', () => {
  const quiet = { labelsPerSecond: 0, p95Ms: null };
  test.each<[CameraState[], string]>([
    [[], 'no camera configured, 0.0 labels/s, pinned'],
    [['live'], '1 camera live, 0.0 labels/s, pinned'],
    [['failed', 'live', 'live'], '3 cameras: 2 live, 1 failed, 0.0 labels/s, pinned'],
    [['stalled', 'stalled'], '2 cameras stalled, 0.0 labels/s, pinned'],
  ])('%j: %s', (states, line) => {
    expect(statusLine(states, quiet, 'pinned')).toBe(line);
  });

  test('has figures and the state of the clocks', () => {
    const states: CameraState[] = ['live', 'live', 'live'];
    const pulse = { labelsPerSecond: 14.93, p95Ms: 41.2 };
    expect(statusLine(states, pulse, 'pinned')).toBe('3 cameras live, 14.9 labels/s, p95 41 ms, pinned');
    expect(statusLine(states, pulse, 'unreadable')).toMatch(/, clocks unreadable$/);
  });
});

describe('the pulse', () => {
  test('counts the labels of the last whole seconds, and forgets older ones', () => {
    const pulse = new Pulse(50_000);
    expect(pulse.read(50_000)).toEqual({ labelsPerSecond: 0, p95Ms: null });
    for (let n = 0; n < 200; n++) pulse.label(50_000 + n * 100, n < 100 ? 1_000 : n);
    const { labelsPerSecond, p95Ms } = pulse.read(70_000);
    expect(labelsPerSecond).toBe(10);
    expect(p95Ms).toBe(195);
    expect(pulse.read(75_000).labelsPerSecond).toBe(5);
    expect(pulse.read(90_000)).toEqual({ labelsPerSecond: 0, p95Ms: null });
  });

  test('gives a rate in its first seconds, too', () => {
    const pulse = new Pulse(1_500);
    for (let n = 0; n < 5; n++) pulse.label(1_500 + n * 50, 7);
    expect(pulse.read(1_750).labelsPerSecond).toBeCloseTo(20);
  });
});
