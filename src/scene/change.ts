import type { Background } from './background.ts';
import { CELLS, LUMA_HEIGHT, LUMA_WIDTH } from './luma.ts';
import { blockOf, KEPT, SMOOTH, type Structure } from './structure.ts';

/** What a cell shows: the background; a weak or strong difference; the background in other light. */
export const SAME = 0;
export const WEAK = 1;
export const STRONG = 2;
export const LIT = 3;
/** In a light that changed smoothly, with nothing to tell whether the structure was kept. */
export const DIM = 4;

/** Differences count from so many units and so many times the cell's noise. */
const WEAK_FROM = { units: 5, noise: 3 } as const;
const STRONG_FROM = { units: 10, noise: 4.5 } as const;

/** Where exposure changed, what is far brighter or darker than most of the picture answers otherwise: so much more is expected of its cells, of the change and per unit. */
const TONE = { ratio: 0.3, units: 100 } as const;

/** Windows that may vouch for a cell are centred this far from it, so that the shadow's border finds one inside. */
const REACH = 3;
/** Light within a shadow varies by so many units, and by this share of what it took. */
const SAME_LIGHT = { units: 6, ratio: 0.3 } as const;
/** A shadow takes, or a light adds, at least so many units. */
const LEAST_LIGHT = 3;

/**
 * Writes what each cell differs by, and how much that is.
 *
 * @param usualGain what the gain is on average
 * @param difference float32 [CELLS], units
 * @param changes SAME, WEAK or STRONG, uint8 [CELLS]
 * @returns how many cells differ
 */
export function findChanges(
  values: Float32Array,
  background: Background,
  gain: number,
  usualGain: number,
  difference: Float32Array,
  changes: Uint8Array,
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
      count++;
    }
  }
  return count;
}

/**
 * Marks cells that differ as LIT where a window over them keeps the background's structure in another light that fits theirs,
 * and as DIM in the middle of a smooth change. What is flat and dark keeps its outline, so that it is found still.
 *
 * @returns how many cells still differ otherwise
 */
export function markLit(structure: Structure, difference: Float32Array, changes: Uint8Array): number {
  let left = 0;
  for (let y = 0, i = 0; y < LUMA_HEIGHT; y++) {
    for (let x = 0; x < LUMA_WIDTH; x++, i++) {
      if (changes[i] === SAME) continue;
      if (isLit(structure, difference[i] as number, x, y)) changes[i] = LIT;
      else if (structure.kinds[blockOf(x, y)] === SMOOTH) changes[i] = DIM;
      else left++;
    }
  }
  return left;
}

function isLit({ kinds, means }: Structure, d: number, x: number, y: number): boolean {
  const top = Math.max(0, y - REACH);
  const bottom = Math.min(LUMA_HEIGHT - 1, y + REACH);
  const left = Math.max(0, x - REACH);
  const right = Math.min(LUMA_WIDTH - 1, x + REACH);
  for (let v = top; v <= bottom; v += Math.max(1, v < y ? y - v : bottom - y)) {
    for (let u = left; u <= right; u += Math.max(1, u < x ? x - u : right - x)) {
      const at = blockOf(u, v);
      if (kinds[at] !== KEPT) continue;
      const mean = means[at] as number;
      const size = Math.abs(mean);
      if (size < LEAST_LIGHT) continue;
      const along = mean < 0 ? -d : d;
      if (along > -SAME_LIGHT.units && along < size * (1 + SAME_LIGHT.ratio) + SAME_LIGHT.units) return true;
    }
  }
  return false;
}
