/** Side of the small raster that is compared, pixels; `FEATURE_SIDE` of the features. */
const SIDE = 48;
const CELLS = SIDE * SIDE;
/** Levels are logarithmic, so that light that grows by a factor adds a constant; one unit is one grey level at middle grey. */
const BLACK_OFFSET = 16;
const MIDDLE = 128;
const UNITS = MIDDLE + BLACK_OFFSET;
const LEVELS = Float32Array.from({ length: 256 }, (_, luma) => UNITS * Math.log((luma + BLACK_OFFSET) / UNITS));

/** Light that differs by more units than this is a change of the scene itself: a lamp was lit, and nobody waits for the camera. */
const MOST_GAIN = 40;
/** Half the reach of the differences among which the most frequent is sought, in units, and the width of a bin. */
const REACH = 256;
/** Half the width of the window that finds it. */
const WINDOW = 3;

/** A place differs at the edge of what counts, score 1, by so many units, and so many times its noise. */
const EDGE = { units: 4, noise: 3.5 } as const;
/** How fast noise is learnt, per frame, and by how much more than is known a frame may count. */
const NOISE = { rate: 0.04, first: 1, most: 8, clip: { factor: 3, units: 0.5 } } as const;
/** A score is told up to this. */
const MOST_SCORE = 1e6;

/**
 * How much a scene differs from the frame of it that was classified last. The small raster's brightness is compared place by
 * place, each the mean of 3x3 pixels, after the light that changed for most of the picture is taken off; a place counts by how
 * far it is outside of its own noise (sensor, compression, leaves), learnt from one frame to the next. The largest place is the
 * score, so a small thing that enters counts as much as a large one. Keeps its buffers.
 */
export class DifferenceDetector {
  readonly #values = new Float32Array(CELLS);
  readonly #before = new Float32Array(CELLS);
  readonly #reference = new Float32Array(CELLS);
  readonly #noise = new Float32Array(CELLS).fill(NOISE.first);
  readonly #across = new Float32Array(CELLS);
  readonly #counts = new Int32Array(2 * REACH);
  #hasReference = false;
  #hasBefore = false;
  #seconds = Number.NaN;

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
    const values = this.#values;
    for (let i = 0, at = 0; i < CELLS; i++, at += 3) {
      const sum = 77 * (raster[at] as number) + 150 * (raster[at + 1] as number) + 29 * (raster[at + 2] as number);
      values[i] = LEVELS[(sum + 128) >> 8] as number;
    }
    if (this.#hasBefore) this.#learn();
    this.#before.set(values);
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
    const gain = this.#gainFrom(this.#reference);
    let most = Math.abs(gain) / MOST_GAIN;
    this.#sumAcross(this.#reference);
    const across = this.#across;
    for (let y = 1; y < SIDE - 1; y++) {
      for (let i = y * SIDE + 1, end = i + SIDE - 2; i < end; i++) {
        const mean = ((across[i - SIDE] as number) + (across[i] as number) + (across[i + SIDE] as number)) / 9;
        const score = Math.abs(mean - gain) / (EDGE.units + EDGE.noise * (this.#noise[i] as number));
        if (score > most) most = score;
      }
    }
    return Math.min(most, MOST_SCORE);
  }

  /** Noise is what places differ by from one frame to the next. What moves differs by more, and counts as little more than is known. */
  #learn(): void {
    const gain = this.#gainFrom(this.#before);
    this.#sumAcross(this.#before);
    const across = this.#across;
    const noise = this.#noise;
    const { rate, most, clip } = NOISE;
    for (let y = 1; y < SIDE - 1; y++) {
      for (let i = y * SIDE + 1, end = i + SIDE - 2; i < end; i++) {
        const mean = ((across[i - SIDE] as number) + (across[i] as number) + (across[i + SIDE] as number)) / 9;
        const known = noise[i] as number;
        const seen = Math.min(Math.abs(mean - gain), clip.factor * known + clip.units);
        noise[i] = Math.min(most, known + rate * (seen - known));
      }
    }
  }

  /** Sums of three differences beside each other, of all but the border's columns. */
  #sumAcross(other: Float32Array): void {
    const values = this.#values;
    const across = this.#across;
    for (let y = 0; y < SIDE; y++) {
      const row = y * SIDE;
      let left = (values[row] as number) - (other[row] as number);
      let middle = (values[row + 1] as number) - (other[row + 1] as number);
      for (let i = row + 1; i < row + SIDE - 1; i++) {
        const right = (values[i + 1] as number) - (other[i + 1] as number);
        across[i] = left + middle + right;
        left = middle;
        middle = right;
      }
    }
  }

  /** The light that changed: the most frequent difference, so that what moves beside it does not matter. */
  #gainFrom(other: Float32Array): number {
    const values = this.#values;
    const counts = this.#counts.fill(0);
    for (let i = 0; i < CELLS; i++) {
      const bin = Math.floor((values[i] as number) - (other[i] as number) + 0.5) + REACH;
      if (bin >= 0 && bin < 2 * REACH) counts[bin] = (counts[bin] as number) + 1;
    }
    let inWindow = 0;
    for (let bin = 0; bin < 2 * WINDOW; bin++) inWindow += counts[bin] as number;
    let best = 0;
    let bestStart = REACH - WINDOW;
    for (let start = 0; start + 2 * WINDOW < 2 * REACH; start++) {
      if (inWindow > best) {
        best = inWindow;
        bestStart = start;
      }
      inWindow += (counts[start + 2 * WINDOW] as number) - (counts[start] as number);
    }
    if (best === 0) return 0;
    let sum = 0;
    for (let bin = bestStart; bin < bestStart + 2 * WINDOW; bin++) sum += (counts[bin] as number) * (bin - REACH);
    return sum / best;
  }
}
