import type { Label } from '../src/types.ts';
import { DEFAULT_QUESTION } from '../src/words.ts';

/** Cameras of the subscribers' benchmark, and how many frames a second each has. */
export const CAMERAS = ['gate', 'yard', 'road', 'dock'] as const;
export const RATE_HZ = 5;
export const LABELS_PER_SECOND = CAMERAS.length * RATE_HZ;

/**
 * The n-th label of the run, as large as real ones are: two rungs, five classes.
 *
 * @param nowMs Unix time
 */
export function labelOf(n: number, nowMs: number): Label {
  return {
    camera: CAMERAS[n % CAMERAS.length] ?? 'gate',
    question: DEFAULT_QUESTION,
    stream: 1,
    ptsSeconds: n / LABELS_PER_SECOND,
    arrivedAtMs: nowMs - 31.25,
    decidedAtMs: nowMs - 0.125,
    view: { kind: 'frame', box: [0, 0, 1, 1] },
    label: 'sports car, sport car',
    classId: 'n04285008',
    confidence: 0.8125,
    top: ['n04285008', 'n03100240', 'n03459775', 'n02974003', 'n04037443'].map((classId, rank) => ({
      label: `one of the classes of the ladder, ${rank}`,
      classId,
      confidence: 0.8125 / (rank + 1),
    })),
    stable: { label: 'sports car, sport car', sinceMs: nowMs - 5_000 },
    changed: false,
    path: [
      { rung: 'lite0@160-int8', waitMs: 0.25, runMs: 4.5, confidence: 0.4375 },
      { rung: 'lite2@300-int8', waitMs: 0.5, runMs: 25.5, confidence: 0.8125 },
    ],
    stop: 'accepted',
    budgetMs: 100,
    spentMs: 31.125,
    operatingPoint: 'balanced',
    clock: { state: 'floating', source: 'linux' },
  };
}

/** Which label of the run it is: the inverse of `labelOf`. */
export function numberOf({ ptsSeconds }: Pick<Label, 'ptsSeconds'>): number {
  return Math.round(ptsSeconds * LABELS_PER_SECOND);
}
