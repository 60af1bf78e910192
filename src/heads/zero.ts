import { FEATURE_SIDE } from '../features/extractor.ts';

/** Id of rung zero: no network, a head on what a small raster shows beside the learnt background. */
export const ZERO = 'zero';

/** Values of a raster. */
export const RASTER_SIZE = FEATURE_SIDE * FEATURE_SIDE * 3;

const BLOCK = 4;
const BLOCKS = FEATURE_SIDE / BLOCK;

/** Computes rung zero's embedding. Keeps its buffers; not re-entrant. */
export class ZeroEmbedder {
  readonly dimensions = BLOCKS * BLOCKS * 3;
  readonly #background: Uint8Array;
  readonly #embedding: Float32Array;

  /** @param background `uint8 [48][48][3]`, of `learnBackground` */
  constructor(background: Uint8Array) {
    this.#background = background;
    this.#embedding = new Float32Array(this.dimensions);
  }

  /**
   * @param raster `uint8 [48][48][3]`
   * @returns `float32 [dimensions]`, valid until the next call
   */
  embed(raster: Uint8Array): Float32Array {
    const embedding = this.#embedding.fill(0);
    for (let y = 0, at = 0; y < FEATURE_SIDE; y++) {
      for (let x = 0; x < FEATURE_SIDE; x++) {
        const block = (Math.floor(y / BLOCK) * BLOCKS + Math.floor(x / BLOCK)) * 3;
        for (let c = 0; c < 3; c++, at++) {
          const difference = ((raster[at] ?? 0) - (this.#background[at] ?? 0)) / (255 * BLOCK * BLOCK);
          embedding[block + c] = (embedding[block + c] ?? 0) + difference;
        }
      }
    }
    return embedding;
  }
}
