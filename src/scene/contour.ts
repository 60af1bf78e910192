import { differs } from './change.ts';
import { LUMA_HEIGHT, LUMA_WIDTH } from './luma.ts';
import type { Comparison, Part } from './part.ts';

/** How far outside a contour the surroundings are looked at, in cells. */
const OUTSIDE = 2;

const STEPS = [1, -1, LUMA_WIDTH, -LUMA_WIDTH] as const;

/** Adds the steps across the contour beside a cell, where it is part of one and the surroundings do not differ. */
export function addContour(
  part: Part,
  cell: number,
  x: number,
  y: number,
  { changes, values, level }: Comparison,
): void {
  for (let k = 0; k < 4; k++) {
    const along = k < 2 ? x : y;
    const limit = k < 2 ? LUMA_WIDTH : LUMA_HEIGHT;
    const isInside = k % 2 === 0 ? along + OUTSIDE < limit : along >= OUTSIDE;
    if (!isInside) continue;
    const step = STEPS[k] as number;
    const outside = cell + OUTSIDE * step;
    if (differs(changes[cell + step]) || differs(changes[outside])) continue;
    part.edgesNow += Math.abs((values[cell] as number) - (values[outside] as number));
    part.edgesBefore += Math.abs((level[cell] as number) - (level[outside] as number));
  }
}

/**
 * Contrast of a part's contour now against before, -1..1: a thing has an edge where the background has none. Below 0: what was
 * there left, and its picture is still expected.
 */
export function edgesOf({ edgesNow, edgesBefore }: Part): number {
  const sum = edgesNow + edgesBefore;
  return sum === 0 ? 0 : (edgesNow - edgesBefore) / sum;
}
