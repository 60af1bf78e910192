import type { Background } from './background.ts';
import { CELLS } from './luma.ts';

/** What a cell shows: the background; a weak or strong difference; the background in other light. */
export const SAME = 0;
export const WEAK = 1;
export const STRONG = 2;
export const LIT = 3;
/** In a light that changed smoothly, with nothing to tell whether the structure was kept. */
export const DIM = 4;

/** Whether a cell differs otherwise than by light. */
export function differs(change: number | undefined): boolean {
  return change === STRONG || change === WEAK;
}

/** Differences count from so many units and so many times the cell's noise. */
const WEAK_FROM = { units: 5, noise: 3 } as const;
const STRONG_FROM = { units: 10, noise: 4.5 } as const;

/** Where exposure changed, what is far brighter or darker than most of the picture answers otherwise: so much more is expected of its cells, of the change and per unit. */
const TONE = { ratio: 0.3, units: 100 } as const;

/**
 * Writes what each cell differs by, and how much that is.
 *
 * @param usualGain what the gain is on average
 * @param difference float32 [CELLS], units
 * @param changes SAME, WEAK or STRONG, uint8 [CELLS]
 * @param cells those that differ, in order, int32 [CELLS]
 * @returns how many cells differ
 */
export function findChanges(
  values: Float32Array,
  background: Background,
  gain: number,
  usualGain: number,
  difference: Float32Array,
  changes: Uint8Array,
  cells: Int32Array,
): number {
  const { level, noise, meanLevel } = background;
  const tone = (TONE.ratio * Math.abs(gain - usualGain)) / TONE.units;
  let count = 0;
  for (let i = 0; i < CELLS; i++) {
    const b = level[i] as number;
    const d = (values[i] as number) - b - gain;
    difference[i] = d;
    const size = Math.abs(d) - tone * Math.min(TONE.units, Math.abs(b - meanLevel));
    const n = noise[i] as number;
    if (size <= WEAK_FROM.units + WEAK_FROM.noise * n) changes[i] = SAME;
    else {
      changes[i] = size > STRONG_FROM.units + STRONG_FROM.noise * n ? STRONG : WEAK;
      cells[count++] = i;
    }
  }
  return count;
}
