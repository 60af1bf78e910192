import type { CameraState, ClockStateName } from '../types.ts';
import type { PulseReading } from './pulse.ts';

const ORDER: readonly CameraState[] = ['live', 'connecting', 'stalled', 'failed', 'ended', 'paused', 'removed'];

/** The line that `systemctl status` shows: `3 cameras live, 14.9 labels/s, p95 41 ms, pinned`. */
export function statusLine(states: readonly CameraState[], pulse: PulseReading, clock: ClockStateName): string {
  const p95 = pulse.p95Ms === null ? [] : [`p95 ${Math.round(pulse.p95Ms)} ms`];
  const clocks = clock === 'unreadable' ? 'clocks unreadable' : clock;
  return [camerasInWords(states), `${pulse.labelsPerSecond.toFixed(1)} labels/s`, ...p95, clocks].join(', ');
}

function camerasInWords(states: readonly CameraState[]): string {
  if (states.length === 0) return 'no camera configured';
  const noun = states.length === 1 ? 'camera' : 'cameras';
  const counts = ORDER.map((state) => ({ state, count: states.filter((other) => other === state).length }));
  const told = counts.filter(({ count }) => count > 0);
  const [first, ...others] = told;
  if (first === undefined) return `${states.length} ${noun}`;
  if (others.length === 0) return `${states.length} ${noun} ${first.state}`;
  return `${states.length} ${noun}: ${told.map(({ state, count }) => `${count} ${state}`).join(', ')}`;
}
