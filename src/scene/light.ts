import { DIM, differs, LIT } from './change.ts';
import { CELLS, LUMA_HEIGHT, LUMA_WIDTH } from './luma.ts';
import { blockOf, KEPT, SMOOTH, type Structure } from './structure.ts';

/** Windows that may vouch for a cell are centred this far from it, so that the shadow's border finds one inside. */
const REACH = 3;
/** So many of them must vouch: one may do so by chance. */
const WITNESSES = 2;
/** Light within a shadow varies by so many units, and by this share of what it took. */
const SAME_LIGHT = { units: 6, ratio: 0.3 } as const;
/** A shadow takes, or a light adds, at least so many units. */
const LEAST_LIGHT = 3;

/** A light's border is so many cells wide, for what windows cannot vouch for. */
const BORDER = 4;
/** Cells that are LIT from the next step on. */
const NEXT = 255;

/**
 * Marks cells that differ as LIT where a window over them keeps the background's structure in another light that fits theirs,
 * and as DIM in the middle of a smooth change. What is flat and dark keeps its outline, so that it is found still.
 *
 * @param changes SAME … DIM, uint8 [CELLS]
 * @param cells those that differ, in order
 * @param count how many these are
 * @returns how many cells still differ otherwise
 */
export function markLit(
  structure: Structure,
  difference: Float32Array,
  changes: Uint8Array,
  cells: Int32Array,
  count: number,
): number {
  let left = 0;
  let hasLit = false;
  for (let k = 0; k < count; k++) {
    const cell = cells[k] as number;
    const y = Math.floor(cell / LUMA_WIDTH);
    const x = cell - y * LUMA_WIDTH;
    if (isLit(structure, difference[cell] as number, x, y)) {
      changes[cell] = LIT;
      hasLit = true;
    } else if (structure.kinds[blockOf(x, y)] === SMOOTH) changes[cell] = DIM;
    else left++;
  }
  if (!hasLit) return left;
  spread(difference, changes, cells, count);
  for (let step = 0; step < BORDER; step++) left -= widen(difference, changes, cells, count);
  return left;
}

/** Marks DIM cells that hang together with LIT ones: one light covers both. */
function spread(difference: Float32Array, changes: Uint8Array, cells: Int32Array, count: number): void {
  for (let k = 0; k < count; k++) spreadTo(cells[k] as number, difference, changes);
  for (let k = count - 1; k >= 0; k--) spreadTo(cells[k] as number, difference, changes);
}

function spreadTo(cell: number, difference: Float32Array, changes: Uint8Array): void {
  if (changes[cell] === DIM && isBesideLight(cell, difference, changes)) changes[cell] = LIT;
}

/** Marks cells beside LIT ones where the light is no stronger. @returns how many */
function widen(difference: Float32Array, changes: Uint8Array, cells: Int32Array, count: number): number {
  let widened = 0;
  for (let k = 0; k < count; k++) {
    const cell = cells[k] as number;
    if (!differs(changes[cell]) || !isBesideLight(cell, difference, changes)) continue;
    changes[cell] = NEXT;
    widened++;
  }
  if (widened === 0) return 0;
  for (let k = 0; k < count; k++) {
    const cell = cells[k] as number;
    if (changes[cell] === NEXT) changes[cell] = LIT;
  }
  return widened;
}

/** Whether one of a cell's eight neighbours is LIT by a light that fits. */
function isBesideLight(cell: number, difference: Float32Array, changes: Uint8Array): boolean {
  const d = difference[cell] as number;
  const x = cell % LUMA_WIDTH;
  const left = x > 0 ? 1 : 0;
  const right = x + 1 < LUMA_WIDTH ? 1 : 0;
  const top = cell >= LUMA_WIDTH ? cell - LUMA_WIDTH : cell;
  const bottom = cell < CELLS - LUMA_WIDTH ? cell + LUMA_WIDTH : cell;
  for (let middle = top; middle <= bottom; middle += LUMA_WIDTH) {
    for (let beside = middle - left; beside <= middle + right; beside++) {
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
