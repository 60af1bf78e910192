import { FEATURE_SIDE } from '../features/extractor.ts';

const BLOCK = 8;
const BLOCKS = FEATURE_SIDE / BLOCK;
const PIXELS = BLOCK * BLOCK;
/** Variance that noise makes: in a block without texture it decides, and the correlation is none. */
const NOISE = 4;

/**
 * How unlike the background's a raster's structure is, whatever the light: 1 less the mean, over the more textured half of 8 × 8
 * blocks, of the correlation of brightness with the background's. What stands in a scene hides some blocks; another scene, black and
 * noise agree nowhere. Keeps its buffers; not re-entrant.
 */
export class Structure {
  readonly #blocks: readonly number[];
  readonly #background: Float64Array;
  readonly #squares: Float64Array;
  readonly #block = new Float64Array(PIXELS);

  /** @param background `uint8 [48][48][3]` */
  constructor(background: Uint8Array) {
    this.#background = new Float64Array(BLOCKS * BLOCKS * PIXELS);
    this.#squares = new Float64Array(BLOCKS * BLOCKS);
    for (let b = 0; b < BLOCKS * BLOCKS; b++) {
      const own = this.#background.subarray(b * PIXELS, (b + 1) * PIXELS);
      this.#squares[b] = centredBlock(background, b, own);
    }
    this.#blocks = [...this.#squares.keys()]
      .sort((a, b) => (this.#squares[b] ?? 0) - (this.#squares[a] ?? 0) || a - b)
      .slice(0, (BLOCKS * BLOCKS) / 2);
  }

  /** From 0, the same, over 1, nothing in common, to 2. */
  unlike(raster: Uint8Array): number {
    let sum = 0;
    const block = this.#block;
    for (const b of this.#blocks) {
      const squares = centredBlock(raster, b, block);
      let product = 0;
      const from = b * PIXELS;
      for (let i = 0; i < PIXELS; i++) product += (block[i] as number) * (this.#background[from + i] as number);
      sum += product / (Math.sqrt(squares * (this.#squares[b] as number)) + PIXELS * NOISE);
    }
    return 1 - sum / this.#blocks.length;
  }
}

/** Writes a block's brightness less its mean, and gives the sum of its squares. */
function centredBlock(raster: Uint8Array, block: number, into: Float64Array): number {
  const top = Math.floor(block / BLOCKS) * BLOCK;
  const left = (block % BLOCKS) * BLOCK;
  let sum = 0;
  for (let y = 0, i = 0; y < BLOCK; y++) {
    let at = ((top + y) * FEATURE_SIDE + left) * 3;
    for (let x = 0; x < BLOCK; x++, i++, at += 3) {
      const brightness = ((raster[at] as number) + (raster[at + 1] as number) + (raster[at + 2] as number)) / 3;
      into[i] = brightness;
      sum += brightness;
    }
  }
  let squares = 0;
  const mean = sum / PIXELS;
  for (let i = 0; i < PIXELS; i++) {
    const value = (into[i] as number) - mean;
    into[i] = value;
    squares += value * value;
  }
  return squares;
}
