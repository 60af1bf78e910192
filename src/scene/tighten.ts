import { LUMA_HEIGHT, LUMA_WIDTH } from './luma.ts';
import type { PartMap } from './part.ts';

/** Cells belong to the body of a thing that differ by this share of its mean; the rest is its glow, or a soft shadow around it. */
const FIRM_RATIO = 0.3;
/** A row or column at a side of the box is left out if it has less of the body than this share of the fullest one. */
const LEAST_FILL = 0.1;

/** Draws the boxes of parts in to their bodies. Keeps its buffers. */
export class Tightener {
  readonly #columns = new Uint16Array(LUMA_WIDTH);
  readonly #rows = new Uint16Array(LUMA_HEIGHT);
  /** Sums of the differences of each part, and its cells, by id. */
  readonly #sums = new Float64Array(256);
  readonly #cells = new Int32Array(256);

  /** @param difference by cell, units */
  tighten(found: PartMap, difference: Float32Array): void {
    if (found.parts.length === 0) return;
    const { parts, map, alias } = found;
    const sums = this.#sums.fill(0);
    const cells = this.#cells.fill(0);
    for (let i = 0; i < map.length; i++) {
      const id = alias[map[i] as number] as number;
      if (id === 0) continue;
      sums[id] = (sums[id] as number) + Math.abs(difference[i] as number);
      cells[id] = (cells[id] as number) + 1;
    }
    for (const part of parts) {
      const least = (FIRM_RATIO * (sums[part.id] as number)) / Math.max(1, cells[part.id] as number);
      this.#count(part, found, difference, least);
      [part.left, part.right] = filled(this.#columns, part.left, part.right);
      [part.top, part.bottom] = filled(this.#rows, part.top, part.bottom);
    }
  }

  /** Counts the cells of a part's body by row and column. */
  #count(part: PartMap['parts'][number], { map, alias }: PartMap, difference: Float32Array, least: number): void {
    const columns = this.#columns.fill(0);
    const rows = this.#rows.fill(0);
    for (let y = part.top; y < part.bottom; y++) {
      for (let x = part.left; x < part.right; x++) {
        const i = y * LUMA_WIDTH + x;
        if (alias[map[i] as number] !== part.id || Math.abs(difference[i] as number) < least) continue;
        columns[x] = (columns[x] as number) + 1;
        rows[y] = (rows[y] as number) + 1;
      }
    }
  }
}

/** The part of a stretch between the first and the last place that is filled enough. */
function filled(counts: Uint16Array, from: number, to: number): readonly [number, number] {
  let most = 0;
  for (let k = from; k < to; k++) most = Math.max(most, counts[k] as number);
  const least = Math.max(1, LEAST_FILL * most);
  let first = from;
  let end = to;
  while (first < end - 1 && (counts[first] as number) < least) first++;
  while (end > first + 1 && (counts[end - 1] as number) < least) end--;
  return [first, end];
}
