import { LUMA_HEIGHT, LUMA_WIDTH } from './luma.ts';

/** Windows are compared on blocks of 2x2 cells. */
export const BLOCK_COLUMNS = LUMA_WIDTH / 2;
export const BLOCK_ROWS = LUMA_HEIGHT / 2;
const BLOCKS = BLOCK_COLUMNS * BLOCK_ROWS;
/** A window is a block and its eight neighbours. */
const RADIUS = 1;
const CELLS_PER_BLOCK = 4;
/** A window has structure if the squares of its gradients are on average above this, units², and above their noise. */
const LEAST_STRUCTURE = 1.5;
/** Squares of gradients that noise makes in smoothed cells, of the square of its mean absolute deviation. */
const GRADIENT_NOISE = 2;
/** Structure is kept where so little of it is in what differs: light that grows by a factor adds a constant to all levels. */
const KEPT_BELOW = 0.35;
/** Correlation of gradients from which a window is at least similar. */
const SIMILAR_FROM = 0.5;
/** Light falls off smoothly: squares of its gradients, units², beside this share of what it took; it takes more than it adds. */
const SMOOTH_BELOW = { squares: 2, slope: 0.08, most: 20 } as const;
const SMOOTH_RANGE = [-100, 60] as const;

/** What a window shows: no structure to tell by, the background's, something like it, another one; or a smooth change of light. */
export const FLAT = 0;
export const KEPT = 1;
export const SIMILAR = 2;
export const LOST = 3;
export const SMOOTH = 4;

/** Shares of a frame's windows. */
export interface StructureShares {
  /** With structure, of all windows. */
  readonly structured: number;
  /** Whose structure is another one, of those. */
  readonly lost: number;
  /** Whose structure is still like the background's, of those that differ in light or structure. */
  readonly keptOfChanged: number;
}

/** Of a frame that is like the background. */
export const UNCHANGED: StructureShares = { structured: 1, lost: 0, keptOfChanged: 0 };

/** Block of a cell. */
export const blockOf = (x: number, y: number): number => (y >> 1) * BLOCK_COLUMNS + (x >> 1);

/**
 * Compares the gradients of a frame with the background's, window by window, so that shadows and light are told from things:
 * these change the structure (compare J. C. S. Jacques et al., "Background subtraction and shadow detection in grayscale
 * video sequences", SIBGRAPI 2005, who correlate grey levels instead).
 */
export class Structure {
  /** FLAT … SMOOTH of the window around each block, uint8 [BLOCK_ROWS][BLOCK_COLUMNS]. */
  readonly kinds = new Uint8Array(BLOCKS);
  /** Mean difference in that window, units, float32, same shape. */
  readonly means = new Float32Array(BLOCKS);
  /** Sums over the cells of a block: squares of the background's gradients, of the difference's, their products, the difference, the squares of the noise. */
  readonly #own = new Float32Array(BLOCKS);
  readonly #other = new Float32Array(BLOCKS);
  readonly #both = new Float32Array(BLOCKS);
  readonly #plain = new Float32Array(BLOCKS);
  readonly #noise = new Float32Array(BLOCKS);

  /**
   * @param level of the background, float32 [CELLS]
   * @param noise of the background, float32 [CELLS]
   * @param difference of the frame's levels from it, without the gain, float32 [CELLS]
   */
  compare(level: Float32Array, noise: Float32Array, difference: Float32Array): StructureShares {
    this.#sumBlocks(level, noise, difference);
    let structured = 0;
    let lost = 0;
    let changed = 0;
    let kept = 0;
    for (let y = 0, i = 0; y < BLOCK_ROWS; y++) {
      for (let x = 0; x < BLOCK_COLUMNS; x++, i++) {
        const kind = this.#window(x, y);
        this.kinds[i] = kind;
        if (kind === FLAT || kind === SMOOTH) continue;
        structured++;
        if (kind === LOST) lost++;
        else if (
          kind === KEPT &&
          Math.abs(this.means[i] as number) < 4 + 2 * (noise[2 * y * LUMA_WIDTH + 2 * x] as number)
        )
          continue;
        else kept++;
        changed++;
      }
    }
    return {
      structured: structured / BLOCKS,
      lost: structured === 0 ? 0 : lost / structured,
      keptOfChanged: changed === 0 ? 0 : kept / changed,
    };
  }

  #sumBlocks(level: Float32Array, noise: Float32Array, difference: Float32Array): void {
    for (let y = 0, block = 0; y < BLOCK_ROWS; y++) {
      for (let x = 0; x < BLOCK_COLUMNS; x++, block++) {
        let own = 0;
        let other = 0;
        let both = 0;
        let plain = 0;
        let noises = 0;
        for (let k = 0; k < CELLS_PER_BLOCK; k++) {
          const row = 2 * y + (k >> 1);
          const column = 2 * x + (k & 1);
          const i = row * LUMA_WIDTH + column;
          const right = column + 1 < LUMA_WIDTH ? i + 1 : i;
          const down = row + 1 < LUMA_HEIGHT ? i + LUMA_WIDTH : i;
          const b = level[i] as number;
          const d = difference[i] as number;
          const bx = (level[right] as number) - b;
          const by = (level[down] as number) - b;
          const dx = (difference[right] as number) - d;
          const dy = (difference[down] as number) - d;
          const n = noise[i] as number;
          own += bx * bx + by * by;
          other += dx * dx + dy * dy;
          both += bx * dx + by * dy;
          plain += d;
          noises += n * n;
        }
        this.#own[block] = own;
        this.#other[block] = other;
        this.#both[block] = both;
        this.#plain[block] = plain;
        this.#noise[block] = noises;
      }
    }
  }

  #window(x: number, y: number): number {
    const left = Math.max(0, x - RADIUS);
    const right = Math.min(BLOCK_COLUMNS - 1, x + RADIUS);
    const top = Math.max(0, y - RADIUS);
    const bottom = Math.min(BLOCK_ROWS - 1, y + RADIUS);
    let own = 0;
    let other = 0;
    let both = 0;
    let plain = 0;
    let noises = 0;
    for (let v = top; v <= bottom; v++) {
      for (let at = v * BLOCK_COLUMNS + left, end = at + right - left; at <= end; at++) {
        own += this.#own[at] as number;
        other += this.#other[at] as number;
        both += this.#both[at] as number;
        plain += this.#plain[at] as number;
        noises += this.#noise[at] as number;
      }
    }
    const cells = (right - left + 1) * (bottom - top + 1) * CELLS_PER_BLOCK;
    const mean = plain / cells;
    this.means[y * BLOCK_COLUMNS + x] = mean;
    return kindOf(own / cells, other / cells, both / cells, (GRADIENT_NOISE * noises) / cells, mean);
  }
}

/** @param own,other,both mean squares of the background's gradients, of the difference's, and their mean product */
function kindOf(own: number, other: number, both: number, noise: number, mean: number): number {
  const isStructured = own > LEAST_STRUCTURE + noise;
  if (own > LEAST_STRUCTURE + 2 * noise && other - noise < KEPT_BELOW * own) return KEPT;
  if (isSmooth(other - noise, mean)) return SMOOTH;
  if (!isStructured) return FLAT;
  return own + both > SIMILAR_FROM * Math.sqrt(own * Math.max(0, own + 2 * both + other)) ? SIMILAR : LOST;
}

function isSmooth(squares: number, mean: number): boolean {
  if (mean < SMOOTH_RANGE[0] || mean > SMOOTH_RANGE[1]) return false;
  return squares < Math.min(SMOOTH_BELOW.most, SMOOTH_BELOW.squares + (SMOOTH_BELOW.slope * mean) ** 2);
}
