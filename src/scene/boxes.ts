import type { Box } from '../types.ts';
import type { CellBox } from './cell-box.ts';
import { LUMA_HEIGHT, LUMA_WIDTH } from './luma.ts';

/** Width and height in pixels. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/** The longer side of a box of cells, in pixels of the source. */
export function sidePixels(box: CellBox, source: Size): number {
  return Math.max(
    ((box.right - box.left) * source.width) / LUMA_WIDTH,
    ((box.bottom - box.top) * source.height) / LUMA_HEIGHT,
  );
}

/**
 * A square of source pixels around a box of cells, with a margin of `marginRatio` of its side on each side, at least
 * `leastPixels` wide. At a border it is shifted inside; where it is larger than the picture it is cut.
 *
 * @returns ratios of the picture
 */
export function squareAround(box: CellBox, source: Size, marginRatio: number, leastPixels: number): Box {
  const side = Math.max(leastPixels, sidePixels(box, source) * (1 + 2 * marginRatio));
  const [x, width] = span((box.left + box.right) / (2 * LUMA_WIDTH), side / source.width);
  const [y, height] = span((box.top + box.bottom) / (2 * LUMA_HEIGHT), side / source.height);
  return [x, y, width, height];
}

/** Begin and length of a stretch of 0..1 around a middle. */
function span(middle: number, length: number): readonly [number, number] {
  if (length >= 1) return [0, 1];
  return [Math.min(1 - length, Math.max(0, middle - length / 2)), length];
}
