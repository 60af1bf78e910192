import { SIDE } from './exposure.ts';

/** Blocks of 8x8 pixels are recognised on their own, so that things may cover some of them. */
const BLOCK = 8;
const BLOCKS_ACROSS = SIDE / BLOCK;
const BLOCKS = BLOCKS_ACROSS ** 2;
/** The camera may shake or sag by so many pixels. */
const SHIFT = 1;
/** A block can be recognised if the squares of its gradients are on average above this, grey levels². */
const LEAST_STRUCTURE = 12;
/** With fewer such blocks nothing can be said of a background. */
const LEAST_BLOCKS = 4;
/** Correlation of gradients from which a block is recognised. */
const RECOGNISED_FROM = 0.5;
/** Seconds over which a block's recognition is averaged: what covers it will have moved on. */
const AVERAGE_SECONDS = 15;
/** A block counts as the taught one if it was recognised in this share of that time. */
const COUNTS_FROM = 0.25;
/** Shares of blocks that count below which the camera was moved, and above which it is back. */
const MOVED_BELOW = 0.35;
const SAME_FROM = 0.55;
/** Seconds for which that must last. */
const LASTING_SECONDS = 20;
/** Frames farther apart count as this. */
const MOST_SECONDS = 2;

export type Likeness = 'same' | 'moved';

/**
 * Whether a camera still shows the scene that it was taught with. Compares gradients block by block, so that neither light nor
 * things in front of half of the scene matter, and answers anew only after tens of seconds.
 */
export class SceneWatch {
  readonly #taught: Gradients;
  readonly #seen = new Gradients();
  readonly #candidates: readonly number[];
  readonly #recognised = new Float64Array(BLOCKS).fill(1);
  #likeness: Likeness = 'same';
  #lastingSeconds = 0;
  #seconds = Number.NaN;

  /** @param background RGB of the empty scene, uint8 [48][48][3] */
  constructor(background: Uint8Array) {
    checkSize(background);
    this.#taught = new Gradients();
    this.#taught.take(background);
    this.#candidates = Array.from({ length: BLOCKS }, (_, block) => block).filter(
      (block) => this.#taught.energyOf(block) / BLOCK ** 2 >= LEAST_STRUCTURE,
    );
  }

  /** Whether the background has enough structure to be recognised; without, the answer stays `same`. */
  get isTellable(): boolean {
    return this.#candidates.length >= LEAST_BLOCKS;
  }

  /**
   * @param raster RGB, uint8 [48][48][3]
   * @param seconds presentation time; where it jumps, the frames count as neighbours
   */
  observe(raster: Uint8Array, seconds: number): Likeness {
    checkSize(raster);
    const elapsed = seconds - this.#seconds;
    this.#seconds = seconds;
    if (!(elapsed > 0) || !this.isTellable) return this.#likeness;
    this.#seen.take(raster);
    if (!this.#seen.hasStructure(this.#candidates.length)) return this.#likeness;
    this.#remember(Math.min(elapsed, MOST_SECONDS));
    return this.#likeness;
  }

  #remember(elapsed: number): void {
    const share = elapsed / AVERAGE_SECONDS;
    let counting = 0;
    for (const block of this.#candidates) {
      const before = this.#recognised[block] as number;
      const now = bestCorrelation(this.#taught, this.#seen, block) >= RECOGNISED_FROM ? 1 : 0;
      const average = before + (now - before) * share;
      this.#recognised[block] = average;
      if (average >= COUNTS_FROM) counting++;
    }
    const ratio = counting / this.#candidates.length;
    const isOther = this.#likeness === 'same' ? ratio < MOVED_BELOW : ratio > SAME_FROM;
    this.#lastingSeconds = isOther ? this.#lastingSeconds + elapsed : 0;
    if (this.#lastingSeconds < LASTING_SECONDS) return;
    this.#likeness = this.#likeness === 'same' ? 'moved' : 'same';
    this.#lastingSeconds = 0;
  }
}

/** Gradients of a raster's luma. */
class Gradients {
  readonly x = new Float32Array(SIDE * SIDE);
  readonly y = new Float32Array(SIDE * SIDE);
  readonly #luma = new Float32Array(SIDE * SIDE);

  take(raster: Uint8Array): void {
    const luma = this.#luma;
    for (let i = 0, at = 0; i < luma.length; i++, at += 3) {
      luma[i] =
        0.299 * (raster[at] as number) + 0.587 * (raster[at + 1] as number) + 0.114 * (raster[at + 2] as number);
    }
    for (let row = 0, i = 0; row < SIDE; row++) {
      const above = row === 0 ? 0 : -SIDE;
      const below = row === SIDE - 1 ? 0 : SIDE;
      for (let column = 0; column < SIDE; column++, i++) {
        const left = column === 0 ? 0 : -1;
        const right = column === SIDE - 1 ? 0 : 1;
        this.x[i] = ((luma[i + right] as number) - (luma[i + left] as number)) / 2;
        this.y[i] = ((luma[i + below] as number) - (luma[i + above] as number)) / 2;
      }
    }
  }

  /** Sum of the squares in a block. */
  energyOf(block: number): number {
    let sum = 0;
    const start = startOf(block);
    for (let row = 0; row < BLOCK; row++) {
      for (let i = start + row * SIDE, end = i + BLOCK; i < end; i++) {
        sum += (this.x[i] as number) ** 2 + (this.y[i] as number) ** 2;
      }
    }
    return sum;
  }

  /** Whether there is enough to see: half as many blocks with structure as were taught. Dark or covered, nothing is said. */
  hasStructure(taught: number): boolean {
    let count = 0;
    for (let block = 0; block < BLOCKS; block++) if (this.energyOf(block) / BLOCK ** 2 >= LEAST_STRUCTURE / 4) count++;
    return count >= taught / 2;
  }
}

const startOf = (block: number): number =>
  Math.floor(block / BLOCKS_ACROSS) * BLOCK * SIDE + (block % BLOCKS_ACROSS) * BLOCK;

/** The best correlation of the gradients of a taught block with the frame's, shifted by at most `SHIFT`. */
function bestCorrelation(taught: Gradients, seen: Gradients, block: number): number {
  const start = startOf(block);
  const firstRow = Math.floor(start / SIDE);
  const firstColumn = start % SIDE;
  let best = 0;
  for (let dy = -SHIFT; dy <= SHIFT; dy++) {
    if (firstRow + dy < 0 || firstRow + BLOCK + dy > SIDE) continue;
    for (let dx = -SHIFT; dx <= SHIFT; dx++) {
      if (firstColumn + dx < 0 || firstColumn + BLOCK + dx > SIDE) continue;
      best = Math.max(best, correlation(taught, seen, start, dy * SIDE + dx));
    }
  }
  return best;
}

function correlation(taught: Gradients, seen: Gradients, start: number, shift: number): number {
  let both = 0;
  let one = 0;
  let other = 0;
  for (let row = 0; row < BLOCK; row++) {
    for (let i = start + row * SIDE, end = i + BLOCK; i < end; i++) {
      const tx = taught.x[i] as number;
      const ty = taught.y[i] as number;
      const sx = seen.x[i + shift] as number;
      const sy = seen.y[i + shift] as number;
      both += tx * sx + ty * sy;
      one += tx * tx + ty * ty;
      other += sx * sx + sy * sy;
    }
  }
  return one === 0 || other === 0 ? 0 : both / Math.sqrt(one * other);
}

function checkSize(raster: Uint8Array): void {
  const size = SIDE * SIDE * 3;
  if (raster.length !== size) throw new RangeError(`a raster has ${size} values, not ${raster.length}`);
}
