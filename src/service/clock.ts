import type { Clock } from '../types.ts';

/** The real clocks. `performance.now` has another origin in every thread: only the main thread compares its readings. */
export const SYSTEM_CLOCK: Clock = {
  monotonicMs: () => performance.now(),
  unixMs: () => Date.now(),
};
