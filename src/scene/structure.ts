import { CELLS, LUMA_HEIGHT, LUMA_WIDTH } from './luma.ts';

/** Windows of 7x7 cells. */
const RADIUS = 3;
/** A window has structure if the squares of its gradients are on average above this, units², and above their noise. */
const LEAST_STRUCTURE = 1.5;
/** Squares of gradients that noise makes in smoothed cells, of the square of its mean absolute deviation. */
const GRADIENT_NOISE = 2;
/** Structure is kept where so little of it is in what differs: light that grows by a factor adds a constant to all levels. */
const KEPT_BELOW = 0.35;
/** Correlation of gradients from which a window is at least similar. */
const SIMILAR_FROM = 0.5;

/** What a window shows: no structure to tell by, the background's, something like it, another one. */
export const FLAT = 0;
export const KEPT = 1;
export const SIMILAR = 2;
export const LOST = 3;

/** Shares of a frame's windows with structure. */
export interface StructureShares {
  /** With structure, of all windows. */
  readonly structured: number;
  /** Whose structure is another one, of those. */
  readonly lost: number;
  /** That differ in light or structure, of those. */
  readonly changed: number;
  /** Whose structure is still like the background's, of those that differ. */
  readonly keptOfChanged: number;
}

/**
 * Compares the gradients of a frame with the background's, window by window, so that shadows and light are told from things:
 * these change the structure (compare J. C. S. Jacques et al., "Background subtraction and shadow detection in grayscale
 * video sequences", SIBGRAPI 2005, who correlate grey levels instead).
 */
export class Structure {
  /** FLAT … LOST of the window around each cell, uint8 [CELLS]. */
  readonly kinds = new Uint8Array(CELLS);
  /** Mean difference in that window, units, float32 [CELLS]. */
  readonly means = new Float32Array(CELLS);
  shares: StructureShares = { structured: 0, lost: 0, changed: 0, keptOfChanged: 0 };
  readonly #fields = Array.from({ length: 4 }, () => new Float32Array(CELLS));
  readonly #columns = Array.from({ length: 4 }, () => new Float64Array(LUMA_WIDTH));

  /**
   * @param level of the background, float32 [CELLS]
   * @param noise of the background, float32 [CELLS]
   * @param difference of the frame's levels from it, without the gain, float32 [CELLS]
   */
  compare(level: Float32Array, noise: Float32Array, difference: Float32Array): void {
    this.#gradients(level, difference);
    for (const column of this.#columns) column.fill(0);
    for (let y = 0; y < RADIUS; y++) this.#addRow(y, 1);
    let structured = 0;
    let lost = 0;
    let changed = 0;
    let kept = 0;
    for (let y = 0; y < LUMA_HEIGHT; y++) {
      if (y + RADIUS < LUMA_HEIGHT) this.#addRow(y + RADIUS, 1);
      if (y > RADIUS) this.#addRow(y - RADIUS - 1, -1);
      this.#row(y, noise);
      for (let i = y * LUMA_WIDTH, end = i + LUMA_WIDTH; i < end; i++) {
        const kind = this.kinds[i] as number;
        if (kind === FLAT) continue;
        structured++;
        if (kind === LOST) lost++;
        if (kind === KEPT && Math.abs(this.means[i] as number) < 4 + 2 * (noise[i] as number)) continue;
        changed++;
        if (kind !== LOST) kept++;
      }
    }
    this.shares = {
      structured: structured / CELLS,
      lost: structured === 0 ? 0 : lost / structured,
      changed: structured === 0 ? 0 : changed / structured,
      keptOfChanged: changed === 0 ? 0 : kept / changed,
    };
  }

  #gradients(level: Float32Array, difference: Float32Array): void {
    const [own, other, both, plain] = this.#fields as [Float32Array, Float32Array, Float32Array, Float32Array];
    for (let y = 0, i = 0; y < LUMA_HEIGHT; y++) {
      const down = y + 1 < LUMA_HEIGHT ? LUMA_WIDTH : 0;
      for (let x = 0; x < LUMA_WIDTH; x++, i++) {
        const right = x + 1 < LUMA_WIDTH ? 1 : 0;
        const b = level[i] as number;
        const d = difference[i] as number;
        const bx = (level[i + right] as number) - b;
        const by = (level[i + down] as number) - b;
        const dx = (difference[i + right] as number) - d;
        const dy = (difference[i + down] as number) - d;
        own[i] = bx * bx + by * by;
        other[i] = dx * dx + dy * dy;
        both[i] = bx * dx + by * dy;
        plain[i] = d;
      }
    }
  }

  #addRow(y: number, sign: number): void {
    for (let k = 0; k < 4; k++) {
      const field = this.#fields[k] as Float32Array;
      const column = this.#columns[k] as Float64Array;
      for (let x = 0, i = y * LUMA_WIDTH; x < LUMA_WIDTH; x++, i++) {
        column[x] = (column[x] as number) + sign * (field[i] as number);
      }
    }
  }

  /** Slides the window along a row. */
  #row(y: number, noise: Float32Array): void {
    const [own, other, both, plain] = this.#columns as [Float64Array, Float64Array, Float64Array, Float64Array];
    const rows = Math.min(LUMA_HEIGHT - 1, y + RADIUS) - Math.max(0, y - RADIUS) + 1;
    let b = 0;
    let d = 0;
    let bd = 0;
    let mean = 0;
    for (let x = 0; x < RADIUS; x++) {
      b += own[x] as number;
      d += other[x] as number;
      bd += both[x] as number;
      mean += plain[x] as number;
    }
    for (let x = 0, i = y * LUMA_WIDTH; x < LUMA_WIDTH; x++, i++) {
      const into = x + RADIUS;
      if (into < LUMA_WIDTH) {
        b += own[into] as number;
        d += other[into] as number;
        bd += both[into] as number;
        mean += plain[into] as number;
      }
      const out = x - RADIUS - 1;
      if (out >= 0) {
        b -= own[out] as number;
        d -= other[out] as number;
        bd -= both[out] as number;
        mean -= plain[out] as number;
      }
      const cells = rows * (Math.min(LUMA_WIDTH - 1, into) - Math.max(0, out + 1) + 1);
      this.means[i] = mean / cells;
      const noiseSquares = GRADIENT_NOISE * (noise[i] as number) ** 2 * cells;
      this.kinds[i] = kindOf(b, d, bd, noiseSquares, cells);
    }
  }
}

/** @param b,d,bd sums of the squares of the background's gradients, of the difference's, and of their products */
function kindOf(b: number, d: number, bd: number, noiseSquares: number, cells: number): number {
  if (b < LEAST_STRUCTURE * cells + noiseSquares) return FLAT;
  if (d - noiseSquares < KEPT_BELOW * b) return KEPT;
  return b + bd > SIMILAR_FROM * Math.sqrt(b * Math.max(0, b + 2 * bd + d)) ? SIMILAR : LOST;
}
