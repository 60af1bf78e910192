import { differs, LIT, STRONG } from './change.ts';
import { addContour } from './contour.ts';
import { CELLS, LUMA_HEIGHT, LUMA_WIDTH } from './luma.ts';
import type { Comparison, Part } from './part.ts';
import { blockOf, KEPT, SIMILAR } from './structure.ts';

/** Most connected parts of a frame; the picture has no room for so many things that count. */
const MOST_PARTS = 200;
/** Number of cells in the map that differ and belong to no part. */
const SPECK = 255;
/** Cells with fewer between them belong together. */
const NEAR = 2;
/** A part has at least so many cells, and so many that differ strongly. */
const LEAST_CELLS = 6;
const LEAST_STRONG = 3;
/** A part with a larger share of cells whose structure is kept is light. */
const MOST_KEPT = 0.7;
/** A part in the midst of so many times as many LIT cells, whose light is about its own, is the rest of a shadow. */
const SHADOW = { reach: 6, cells: 3, strength: 1.4 } as const;

/** Finds connected parts of the cells that differ: grown from strong ones over weak ones. Keeps its buffers. */
export class PartFinder {
  /** Number of the part that a cell belongs to, 0: it does not differ; uint8 [CELLS]. */
  readonly map = new Uint8Array(CELLS);
  readonly #before = new Uint8Array(CELLS);
  readonly #parts: Part[] = [];
  readonly #pool: Part[] = [];
  readonly #stack = new Int32Array(CELLS);

  /** @returns the parts; valid until the next call */
  find(comparison: Comparison): readonly Part[] {
    const { map } = this;
    const { changes } = comparison;
    const parts = this.#parts;
    this.#before.set(map);
    map.fill(0);
    parts.length = 0;
    for (let i = 0; i < CELLS && parts.length < MOST_PARTS; i++) {
      if (changes[i] !== STRONG || map[i] !== 0) continue;
      const part = this.#take(parts.length);
      this.#grow(i, part, comparison);
      if (isThingLike(part) && !isInShadow(part, comparison)) parts.push(part);
      else this.#erase(part);
    }
    return parts;
  }

  #take(index: number): Part {
    const part = this.#pool[index] ?? { ...EMPTY };
    this.#pool[index] = part;
    Object.assign(part, EMPTY);
    part.id = index + 1;
    return part;
  }

  #grow(start: number, part: Part, comparison: Comparison): void {
    const { map } = this;
    const { changes, kinds, difference } = comparison;
    const stack = this.#stack;
    let depth = 0;
    stack[depth++] = start;
    map[start] = part.id;
    while (depth > 0) {
      const cell = stack[--depth] as number;
      const y = Math.floor(cell / LUMA_WIDTH);
      const x = cell - y * LUMA_WIDTH;
      part.cells++;
      part.difference += difference[cell] as number;
      if (changes[cell] === STRONG) part.strong++;
      if (this.#before[cell] !== 0) part.stayed++;
      const kind = kinds[blockOf(x, y)];
      if (kind === KEPT || kind === SIMILAR) part.kept++;
      if (x < part.left) part.left = x;
      if (x >= part.right) part.right = x + 1;
      if (y < part.top) part.top = y;
      if (y >= part.bottom) part.bottom = y + 1;
      addContour(part, cell, x, y, comparison);
      const top = Math.max(0, y - NEAR);
      const bottom = Math.min(LUMA_HEIGHT - 1, y + NEAR);
      const left = Math.max(0, x - NEAR);
      const right = Math.min(LUMA_WIDTH - 1, x + NEAR);
      for (let v = top; v <= bottom; v++) {
        for (let at = v * LUMA_WIDTH + left, end = at + right - left; at <= end; at++) {
          if (map[at] !== 0 || !differs(changes[at])) continue;
          map[at] = part.id;
          stack[depth++] = at;
        }
      }
    }
  }

  /** Cells of what is no part are not found again in this frame. */
  #erase(part: Part): void {
    for (let y = part.top; y < part.bottom; y++) {
      for (let at = y * LUMA_WIDTH + part.left, end = y * LUMA_WIDTH + part.right; at < end; at++) {
        if (this.map[at] === part.id) this.map[at] = SPECK;
      }
    }
  }
}

const EMPTY: Part = {
  left: LUMA_WIDTH,
  top: LUMA_HEIGHT,
  right: 0,
  bottom: 0,
  cells: 0,
  strong: 0,
  kept: 0,
  stayed: 0,
  difference: 0,
  edgesNow: 0,
  edgesBefore: 0,
  id: 0,
};

function isThingLike({ cells, strong, kept }: Part): boolean {
  return cells >= LEAST_CELLS && strong >= LEAST_STRONG && kept <= MOST_KEPT * cells;
}

/** Whether a part is what a shadow or a light left over, where the background's edges cross its border. */
function isInShadow(part: Part, { changes, difference }: Comparison): boolean {
  const { reach, cells, strength } = SHADOW;
  const left = Math.max(0, part.left - reach);
  const right = Math.min(LUMA_WIDTH, part.right + reach);
  const bottom = Math.min(LUMA_HEIGHT, part.bottom + reach);
  let lit = 0;
  let sum = 0;
  for (let y = Math.max(0, part.top - reach); y < bottom; y++) {
    for (let at = y * LUMA_WIDTH + left, end = at + right - left; at < end; at++) {
      if (changes[at] !== LIT) continue;
      lit++;
      sum += difference[at] as number;
    }
  }
  if (lit < cells * part.cells) return false;
  const light = sum / lit;
  const own = (part.difference / part.cells) * Math.sign(light);
  return own > 0 && own < strength * Math.abs(light);
}
