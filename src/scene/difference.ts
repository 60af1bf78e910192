import { Exposure, LEVEL_UNIT, LEVELS, SIDE } from './exposure.ts';
import { toLuma } from './luma.ts';

const CELLS = SIDE * SIDE;
/** Sums over 3x3 pixels, for a mean of one unit. */
const SUM_UNIT = 9 * LEVEL_UNIT;

/** Light that differs by more units than this is a change of the scene itself: a lamp was lit, and nobody waits for the camera. */
const MOST_LIGHT = 40;
/** An earlier pixel this bright was cut off: in less light it may have any brightness between. */
const CUT_OFF = 252;

/** A place differs at the edge of what counts, score 1, by so many units, and so many times its noise. */
const EDGE = { units: 4, noise: 4.5 } as const;
/**
 * A place's noise is about the mean of what it differs by from one frame to the next; no frame counts as more than twice what is
 * known, so that what passes now and then is no noise. What passes often would be after a while: what a place differs by beyond its
 * edge is learnt only up to `passing`. It is learnt faster from a camera's first frames, and then from every second
 * one, for that takes half the time of a comparison. In units.
 */
const NOISE = { rate: 0.04, early: 0.4, earlyFrames: 32, first: 1, least: 0.1, passing: 3, most: 6 } as const;
/** A score is told up to this. */
const MOST_SCORE = 1e6;

/**
 * How much a scene differs from the frame of it that was classified last. The small raster's brightness is compared place by
 * place, each the mean of 3x3 pixels, after the light that changed for most of the picture is taken off; a place counts by how
 * far it is outside of its own noise (sensor, compression, leaves), learnt from one frame to the next. The largest place is the
 * score, so a small thing that enters counts as much as a large one. Keeps its buffers.
 */
export class DifferenceDetector {
  #values = new Uint8Array(CELLS);
  #before = new Uint8Array(CELLS);
  readonly #reference = new Uint8Array(CELLS);
  /** As sums, by the last pixel of a place's middle row. */
  readonly #noise = new Float32Array(CELLS).fill(NOISE.first * SUM_UNIT);
  /** By the last of three pixels. */
  readonly #across = new Int32Array(CELLS);
  readonly #exposure = new Exposure();
  #hasReference = false;
  #hasBefore = false;
  #seconds = Number.NaN;
  #frames = 0;

  /**
   * Compares a frame with the reference, and learns noise from it.
   *
   * @param raster RGB, uint8 [48][48][3]
   * @param ptsSeconds presentation time; where it does not grow, nothing is known of what was before
   * @returns 0 for the same picture, about 1 at the edge of noise; `Infinity` where there is nothing to compare with
   */
  score(raster: Uint8Array, ptsSeconds: number): number {
    if (raster.length !== CELLS * 3) throw new RangeError(`a raster has ${CELLS * 3} values, not ${raster.length}`);
    if (!(ptsSeconds > this.#seconds)) this.reset();
    this.#seconds = ptsSeconds;
    const values = this.#before;
    this.#before = this.#values;
    this.#values = values;
    toLuma(raster, values);
    const learns = this.#frames < NOISE.earlyFrames || this.#frames % 2 === 0;
    if (this.#hasBefore && learns) this.#learn();
    this.#frames++;
    this.#hasBefore = true;
    return this.#hasReference ? this.#compare() : Infinity;
  }

  /** The frame that was scored last was classified: the next ones are compared with it. */
  keep(): void {
    this.#reference.set(this.#values);
    this.#hasReference = this.#hasBefore;
  }

  /** Forgets all frames, as where another stream begins; what is known of noise stays. */
  reset(): void {
    this.#hasReference = false;
    this.#hasBefore = false;
    this.#seconds = Number.NaN;
  }

  #compare(): number {
    const light = Math.abs(this.#sumAcross(this.#reference)) / LEVEL_UNIT;
    const across = this.#across;
    const noise = this.#noise;
    let most = 0;
    for (let y = 1; y < SIDE - 1; y++) {
      for (let i = y * SIDE + 2, end = i + SIDE - 2; i < end; i++) {
        const sum = Math.abs((across[i - SIDE] as number) + (across[i] as number) + (across[i + SIDE] as number));
        const edge = EDGE.units * SUM_UNIT + EDGE.noise * (noise[i] as number);
        if (sum > most * edge) most = sum / edge;
      }
    }
    return Math.min(MOST_SCORE, light > MOST_LIGHT ? Math.max(most, light / MOST_LIGHT) : most);
  }

  /** Moves each place's noise toward what it differs by. */
  #learn(): void {
    this.#sumAcross(this.#before);
    const across = this.#across;
    const noise = this.#noise;
    const rate = Math.max(NOISE.rate, NOISE.early / (1 + this.#frames / 4));
    for (let y = 1; y < SIDE - 1; y++) {
      for (let i = y * SIDE + 2, end = i + SIDE - 2; i < end; i++) {
        const sum = Math.abs((across[i - SIDE] as number) + (across[i] as number) + (across[i + SIDE] as number));
        const known = noise[i] as number;
        const moved = known + rate * Math.min(known, sum - known);
        const isPassing = sum > EDGE.units * SUM_UNIT + EDGE.noise * known;
        const most = isPassing ? Math.max(known, NOISE.passing * SUM_UNIT) : NOISE.most * SUM_UNIT;
        noise[i] = Math.min(most, Math.max(NOISE.least * SUM_UNIT, moved));
      }
    }
  }

  /**
   * Sums of three differences beside each other, each by its last pixel, after the light is taken off.
   *
   * @returns by how much the light changed, in levels
   */
  #sumAcross(earlier: Uint8Array): number {
    const values = this.#values;
    const light = this.#exposure.find(earlier, values);
    const { expected } = this.#exposure;
    const across = this.#across;
    for (let y = 0; y < SIDE; y++) {
      let left = 0;
      let middle = 0;
      for (let i = y * SIDE, end = i + SIDE; i < end; i++) {
        const from = earlier[i] as number;
        const rest = (LEVELS[values[i] as number] as number) - (expected[from] as number);
        const right = from >= CUT_OFF && rest > 0 ? 0 : rest;
        across[i] = left + middle + right;
        left = middle;
        middle = right;
      }
    }
    return light;
  }
}
