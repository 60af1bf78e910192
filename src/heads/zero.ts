import { FEATURE_SIDE } from '../features/extractor.ts';
import { LightFit } from './light.ts';
import { Structure } from './structure.ts';

/** Values of a raster. */
export const RASTER_SIZE = FEATURE_SIDE * FEATURE_SIDE * 3;

/** The raster in cells of 4 × 4 pixels, the smallest thing that is looked at. */
const CELL = 4;
const CELLS = FEATURE_SIDE / CELL;
/** Blocks of 2 × 2 cells, and regions of 2 × 2 blocks. */
const BLOCKS = CELLS / 2;
const REGIONS = BLOCKS / 2;
/** A difference of so many steps of brightness is one. */
const UNIT = 64;
/** Mean square of differences that noise alone makes, in units: below it the root is not steep. */
const NOISE = 1e-4;
/** What kind of difference it is (brighter, redder …) counts less than that there is one: it generalises worse. */
const SIGNED_SHARE = 0.3;

/**
 * Computes rung zero's embedding: how much each part of the frame differs from the background once the frame's light is taken
 * out (root of mean square, of 6 × 6 blocks and 3 × 3 regions), in which colour (signed root of the mean, of blocks), and last, which
 * tells no class from another, how unlike the background's its structure is. Keeps its buffers; not re-entrant.
 */
export class ZeroEmbedder {
  readonly dimensions = BLOCKS * BLOCKS + REGIONS * REGIONS + BLOCKS * BLOCKS * 3 + 1;
  readonly #background: Uint8Array;
  readonly #backgroundCells: Float64Array;
  readonly #cells = new Float64Array(CELLS * CELLS * 3);
  readonly #structure: Structure;
  readonly #light = new LightFit(CELLS * CELLS);
  readonly #energy = new Float64Array(BLOCKS * BLOCKS);
  readonly #difference = new Float64Array(BLOCKS * BLOCKS * 3);
  readonly #embedding: Float32Array;

  /** @param background `uint8 [48][48][3]`, of `learnBackground` */
  constructor(background: Uint8Array) {
    this.#background = background;
    this.#backgroundCells = new Float64Array(CELLS * CELLS * 3);
    intoCells(background, this.#backgroundCells);
    this.#structure = new Structure(background);
    this.#embedding = new Float32Array(this.dimensions);
  }

  /**
   * @param raster `uint8 [48][48][3]`
   * @returns `float32 [dimensions]`, valid until the next call
   */
  embed(raster: Uint8Array): Float32Array {
    intoCells(raster, this.#cells);
    this.#light.fit(this.#cells, this.#backgroundCells);
    this.#compare(raster);
    const pixels = (CELL * 2) ** 2;
    const embedding = this.#embedding;
    let at = 0;
    for (let b = 0; b < BLOCKS * BLOCKS; b++) {
      embedding[at++] = Math.sqrt((this.#energy[b] as number) / pixels + NOISE);
    }
    for (let y = 0; y < REGIONS; y++) {
      for (let x = 0; x < REGIONS; x++) {
        const b = 2 * y * BLOCKS + 2 * x;
        const energy = this.#energy;
        const sum =
          (energy[b] as number) +
          (energy[b + 1] as number) +
          (energy[b + BLOCKS] as number) +
          (energy[b + BLOCKS + 1] as number);
        embedding[at++] = Math.sqrt(sum / (4 * pixels) + NOISE);
      }
    }
    for (let i = 0; i < this.#difference.length; i++) {
      const mean = (this.#difference[i] as number) / pixels;
      embedding[at++] = SIGNED_SHARE * Math.sign(mean) * Math.sqrt(Math.abs(mean));
    }
    embedding[at] = this.#structure.unlike(raster);
    return embedding;
  }

  /** Sums, by block, the differences to the background and their squares. */
  #compare(raster: Uint8Array): void {
    const { gain, offset } = this.#light;
    const background = this.#background;
    const energy = this.#energy.fill(0);
    const difference = this.#difference.fill(0);
    const side = CELL * 2;
    for (let y = 0, at = 0; y < FEATURE_SIDE; y++) {
      const row = Math.floor(y / side) * BLOCKS;
      for (let x = 0; x < FEATURE_SIDE; x++) {
        const block = row + Math.floor(x / side);
        let squares = 0;
        for (let c = 0; c < 3; c++, at++) {
          const light = (gain[c] as number) * (raster[at] as number) + (offset[c] as number);
          const away = (light - (background[at] as number)) / UNIT;
          difference[block * 3 + c] = (difference[block * 3 + c] as number) + away;
          squares += away * away;
        }
        energy[block] = (energy[block] as number) + squares;
      }
    }
  }
}

/** Means of cells. */
function intoCells(raster: Uint8Array, cells: Float64Array): void {
  cells.fill(0);
  for (let y = 0, at = 0; y < FEATURE_SIDE; y++) {
    const row = Math.floor(y / CELL) * CELLS;
    for (let x = 0; x < FEATURE_SIDE; x++) {
      const cell = (row + Math.floor(x / CELL)) * 3;
      for (let c = 0; c < 3; c++, at++) cells[cell + c] = (cells[cell + c] as number) + (raster[at] as number);
    }
  }
  for (let i = 0; i < cells.length; i++) cells[i] = (cells[i] as number) / (CELL * CELL);
}
