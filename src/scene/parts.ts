import { STRONG, WEAK } from './change.ts';
import { CELLS, LUMA_HEIGHT, LUMA_WIDTH } from './luma.ts';
import { blockOf, KEPT, SIMILAR } from './structure.ts';

/** Most connected parts of a frame; the picture has no room for so many things that count. */
const MOST_PARTS = 200;
/** Cells with fewer between them belong together. */
const NEAR = 2;
/** A part has at least so many cells, and so many that differ strongly. */
const LEAST_CELLS = 6;
const LEAST_STRONG = 3;
/** A part with a larger share of cells whose structure is kept is light. */
const MOST_KEPT = 0.7;
/** How far outside a contour the surroundings are looked at, in cells. */
const OUTSIDE = 2;

/** Something that differs from the background: cells that hang together, or several such parts. */
export interface Part {
  /** In cells; right and bottom are beyond the last. */
  left: number;
  top: number;
  right: number;
  bottom: number;
  cells: number;
  strong: number;
  /** Cells whose surroundings keep the background's structure. */
  kept: number;
  /** Steps of the level across its contour, in the frame and in the background, units. */
  edgesNow: number;
  edgesBefore: number;
  /** Number in the map, from 1; 0 once it was joined to another part. */
  id: number;
}

/** Finds connected parts of the cells that differ: grown from strong ones over weak ones. Keeps its buffers. */
export class PartFinder {
  /** Number of the part that a cell belongs to, 0: none; uint8 [CELLS]. */
  readonly map = new Uint8Array(CELLS);
  readonly parts: Part[] = [];
  readonly #pool: Part[] = [];
  readonly #stack = new Int32Array(CELLS);

  /**
   * @param changes uint8 [CELLS]
   * @param kinds of the windows, see `Structure`
   * @param values levels of the frame, float32 [CELLS]
   * @param background float32 [CELLS]
   * @returns the parts; valid until the next call
   */
  find(changes: Uint8Array, kinds: Uint8Array, values: Float32Array, background: Float32Array): readonly Part[] {
    const { map, parts } = this;
    map.fill(0);
    parts.length = 0;
    for (let i = 0; i < CELLS && parts.length < MOST_PARTS; i++) {
      if (changes[i] !== STRONG || map[i] !== 0) continue;
      const part = this.#take(parts.length);
      this.#grow(i, part, changes, kinds, values, background);
      if (isThingLike(part)) parts.push(part);
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

  #grow(
    start: number,
    part: Part,
    changes: Uint8Array,
    kinds: Uint8Array,
    values: Float32Array,
    background: Float32Array,
  ): void {
    const { map } = this;
    const stack = this.#stack;
    let depth = 0;
    stack[depth++] = start;
    map[start] = part.id;
    while (depth > 0) {
      const cell = stack[--depth] as number;
      const y = Math.floor(cell / LUMA_WIDTH);
      const x = cell - y * LUMA_WIDTH;
      part.cells++;
      if (changes[cell] === STRONG) part.strong++;
      const kind = kinds[blockOf(x, y)];
      if (kind === KEPT || kind === SIMILAR) part.kept++;
      if (x < part.left) part.left = x;
      if (x >= part.right) part.right = x + 1;
      if (y < part.top) part.top = y;
      if (y >= part.bottom) part.bottom = y + 1;
      addContour(part, cell, x, y, changes, values, background);
      const top = Math.max(0, y - NEAR);
      const bottom = Math.min(LUMA_HEIGHT - 1, y + NEAR);
      const left = Math.max(0, x - NEAR);
      const right = Math.min(LUMA_WIDTH - 1, x + NEAR);
      for (let v = top; v <= bottom; v++) {
        for (let at = v * LUMA_WIDTH + left, end = at + right - left; at <= end; at++) {
          if (map[at] !== 0 || !isPart(changes[at])) continue;
          map[at] = part.id;
          stack[depth++] = at;
        }
      }
    }
  }

  /** Specks keep their cells from being found again in this frame, under no part's number. */
  #erase(part: Part): void {
    for (let y = part.top; y < part.bottom; y++) {
      for (let at = y * LUMA_WIDTH + part.left, end = y * LUMA_WIDTH + part.right; at < end; at++) {
        if (this.map[at] === part.id) this.map[at] = SPECK;
      }
    }
  }
}

/** Cells of specks in the map. */
export const SPECK = 255;

const EMPTY: Part = {
  left: LUMA_WIDTH,
  top: LUMA_HEIGHT,
  right: 0,
  bottom: 0,
  cells: 0,
  strong: 0,
  kept: 0,
  edgesNow: 0,
  edgesBefore: 0,
  id: 0,
};

function isThingLike({ cells, strong, kept }: Part): boolean {
  return cells >= LEAST_CELLS && strong >= LEAST_STRONG && kept <= MOST_KEPT * cells;
}

function isPart(change: number | undefined): boolean {
  return change === STRONG || change === WEAK;
}

const STEPS = [1, -1, LUMA_WIDTH, -LUMA_WIDTH] as const;

function addContour(
  part: Part,
  cell: number,
  x: number,
  y: number,
  changes: Uint8Array,
  values: Float32Array,
  background: Float32Array,
): void {
  for (let k = 0; k < 4; k++) {
    const along = k < 2 ? x : y;
    const limit = k < 2 ? LUMA_WIDTH : LUMA_HEIGHT;
    const beyond = k % 2 === 0 ? along + OUTSIDE < limit : along >= OUTSIDE;
    if (!beyond) continue;
    const step = STEPS[k] as number;
    const outside = cell + OUTSIDE * step;
    if (isPart(changes[cell + step]) || isPart(changes[outside])) continue;
    part.edgesNow += Math.abs((values[cell] as number) - (values[outside] as number));
    part.edgesBefore += Math.abs((background[cell] as number) - (background[outside] as number));
  }
}

/** Joins parts of one thing: those nearer than a sixteenth of the larger one's side. Changes the boxes and the map of ids. */
export function joinNear(parts: Part[], alias: Uint8Array): void {
  alias.fill(0);
  for (const part of parts) alias[part.id] = part.id;
  for (let joined = true; joined; ) {
    joined = false;
    for (let a = 0; a < parts.length; a++) {
      for (let b = a + 1; b < parts.length; b++) {
        const one = parts[a] as Part;
        const other = parts[b] as Part;
        if (!isNear(one, other)) continue;
        join(one, other);
        for (let id = 1; id < alias.length; id++) if (alias[id] === other.id) alias[id] = one.id;
        parts[b] = parts[parts.length - 1] as Part;
        parts.length--;
        joined = true;
        b--;
      }
    }
  }
}

function isNear(one: Part, other: Part): boolean {
  const gapX = Math.max(one.left, other.left) - Math.min(one.right, other.right);
  const gapY = Math.max(one.top, other.top) - Math.min(one.bottom, other.bottom);
  const side = Math.max(one.right - one.left, one.bottom - one.top, other.right - other.left, other.bottom - other.top);
  return Math.max(gapX, gapY) <= Math.min(4, 1 + side / 16);
}

function join(into: Part, from: Part): void {
  into.left = Math.min(into.left, from.left);
  into.top = Math.min(into.top, from.top);
  into.right = Math.max(into.right, from.right);
  into.bottom = Math.max(into.bottom, from.bottom);
  into.cells += from.cells;
  into.strong += from.strong;
  into.kept += from.kept;
  into.edgesNow += from.edgesNow;
  into.edgesBefore += from.edgesBefore;
}
