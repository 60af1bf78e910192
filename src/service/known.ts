import type { CameraState } from '../types.ts';

/** What is to come next, and how long it may take; on the monotonic clock. */
export interface Expectation {
  /** In words that follow `waits for`: `its next frame`. */
  readonly what: string;
  readonly sinceMs: number;
  readonly limitMs: number;
}

/** A camera as the watchdog sees it. */
export interface WatchedCamera {
  readonly camera: string;
  readonly state: CameraState;
  /** All that it waits for. */
  readonly expectations: readonly Expectation[];
}

/** From here on a camera is overdue: time for its own watch to have acted, and to have been slow at it. */
const OVERDUE_FACTOR = 2;

/**
 * Of which cameras nothing is known, each with the reason in words; empty while all is well. A camera is known while what it waits
 * for (its first frame, its next one, its next try, the label of the frame in hand) is not overdue by twice its limit, and when
 * nothing more is to come of it. A camera that ought to wait for something and does not is not known either: it was forgotten.
 */
export function unknownCameras(cameras: readonly WatchedCamera[], nowMs: number): string[] {
  return cameras.flatMap(({ camera, state, expectations }) => {
    if (state === 'ended' || state === 'paused' || state === 'removed') return [];
    // What failed for good waits for nothing.
    if (expectations.length === 0) return state === 'failed' ? [] : [`${camera} is ${state} and waits for nothing`];
    const late = expectations.find(({ sinceMs, limitMs }) => nowMs - sinceMs > OVERDUE_FACTOR * limitMs);
    if (late === undefined) return [];
    const seconds = (ms: number) => (ms / 1000).toFixed(1);
    const taken = seconds(nowMs - late.sinceMs);
    return [
      `${camera} is ${state} and waits for ${late.what} since ${taken} s, allowed are ${seconds(late.limitMs)} s`,
    ];
  });
}
