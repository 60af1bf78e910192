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

/** Whether a cell differs otherwise than by light. */
export function differs(change: number | undefined): boolean {
  return change === STRONG || change === WEAK;
}

/** Differences count from so many units and so many times the cell's noise. */
const WEAK_FROM = { units: 5, noise: 3 } as const;
const STRONG_FROM = { units: 10, noise: 4.5 } as const;

/** Where exposure changed, what is far brighter or darker than most of the picture answers otherwise: so much more is expected of its cells, of the change and per unit. */
const TONE = { ratio: 0.3, units: 100 } as const;

/** Windows that may vouch for a cell are centred this far from it, so that the shadow's border finds one inside. */
const REACH = 3;
/** So many of them must vouch: one may do so by chance. */
const WITNESSES = 2;
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

/** A light's border is so many cells wide, for what windows cannot vouch for. */
const BORDER = 4;

/**
 * Marks cells that differ as LIT where a window over them keeps the background's structure in another light that fits theirs,
 * and as DIM in the middle of a smooth change. What is flat and dark keeps its outline, so that it is found still.
 *
 * @returns how many cells still differ otherwise
 */
export function markLit(structure: Structure, difference: Float32Array, changes: Uint8Array): number {
  let left = 0;
  let hasLit = false;
  for (let y = 0, i = 0; y < LUMA_HEIGHT; y++) {
    for (let x = 0; x < LUMA_WIDTH; x++, i++) {
      if (changes[i] === SAME) continue;
      if (isLit(structure, difference[i] as number, x, y)) {
        changes[i] = LIT;
        hasLit = true;
      } else if (structure.kinds[blockOf(x, y)] === SMOOTH) changes[i] = DIM;
      else left++;
    }
  }
  if (!hasLit) return left;
  spread(difference, changes);
  for (let step = 0; step < BORDER; step++) left -= widen(difference, changes);
  return left;
}

/** Marks DIM cells that hang together with LIT ones: one light covers both. */
function spread(difference: Float32Array, changes: Uint8Array): void {
  for (let i = 0; i < CELLS; i++) spreadTo(i, difference, changes);
  for (let i = CELLS - 1; i >= 0; i--) spreadTo(i, difference, changes);
}

function spreadTo(cell: number, difference: Float32Array, changes: Uint8Array): void {
  if (changes[cell] !== DIM) return;
  const x = cell % LUMA_WIDTH;
  if (isBesideLight(cell, x, difference, changes)) changes[cell] = LIT;
}

/** Marks cells beside LIT ones where the light is no stronger. @returns how many */
function widen(difference: Float32Array, changes: Uint8Array): number {
  let count = 0;
  for (let y = 0, i = 0; y < LUMA_HEIGHT; y++) {
    for (let x = 0; x < LUMA_WIDTH; x++, i++) {
      if (!differs(changes[i])) continue;
      if (!isBesideLight(i, x, difference, changes)) continue;
      changes[i] = NEXT;
      count++;
    }
  }
  if (count > 0) for (let i = 0; i < CELLS; i++) if (changes[i] === NEXT) changes[i] = LIT;
  return count;
}

/** Cells that are LIT from the next step on. */
const NEXT = 255;

/** Whether one of a cell's eight neighbours is LIT by a light that fits. */
function isBesideLight(cell: number, x: number, difference: Float32Array, changes: Uint8Array): boolean {
  const d = difference[cell] as number;
  const first = x > 0 ? -1 : 0;
  const last = x + 1 < LUMA_WIDTH ? 1 : 0;
  for (let row = -LUMA_WIDTH; row <= LUMA_WIDTH; row += LUMA_WIDTH) {
    for (let step = first; step <= last; step++) {
      const beside = cell + row + step;
      if (changes[beside] === LIT && isOfLight(d, difference[beside] as number)) return true;
    }
  }
  return false;
}

/** Whether a difference is between none and that of a light. */
function isOfLight(d: number, light: number): boolean {
  const along = light < 0 ? -d : d;
  return along > -SAME_LIGHT.units && along < Math.abs(light) * (1 + SAME_LIGHT.ratio) + SAME_LIGHT.units;
}

function isLit({ kinds, means }: Structure, d: number, x: number, y: number): boolean {
  const top = Math.max(0, y - REACH);
  const bottom = Math.min(LUMA_HEIGHT - 1, y + REACH);
  const left = Math.max(0, x - REACH);
  const right = Math.min(LUMA_WIDTH - 1, x + REACH);
  let count = 0;
  for (let v = top; v <= bottom; v += Math.max(1, v < y ? y - v : bottom - y)) {
    for (let u = left; u <= right; u += Math.max(1, u < x ? x - u : right - x)) {
      const at = blockOf(u, v);
      if (kinds[at] !== KEPT) continue;
      const mean = means[at] as number;
      if (Math.abs(mean) >= LEAST_LIGHT && isOfLight(d, mean) && ++count === WITNESSES) return true;
    }
  }
  return false;
}
