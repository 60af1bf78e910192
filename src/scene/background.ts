import { CELLS } from './luma.ts';

/** Frames that a background is learnt from: the median of each cell. */
const SAMPLES = 9;
/** Least noise of a cell, units: quantisation and compression. */
const LEAST_NOISE = 0.6;
/** What a cell is taken to vary by, at most: something that passed counts no more. */
const MOST_DEVIATION = 30;

/** Seconds in which a cell's background follows what is seen there, by what is seen. */
const FOLLOW_SECONDS = { still: 8, lit: 12 } as const;
/** Seconds in which a cell's noise follows. It grows faster than it falls, so that what sways is soon expected to. */
const NOISE_SECONDS = { still: 20, restless: 6 } as const;

/** What a cell of the background is, units. */
export class Background {
  /** Expected level, float32 [CELLS]. */
  readonly level = new Float32Array(CELLS);
  /** Mean absolute deviation from it, float32 [CELLS]. */
  readonly noise = new Float32Array(CELLS);
  /** What was expected before something that stood there for long became the background; NaN where there was nothing. */
  readonly #before = new Float32Array(CELLS).fill(Number.NaN);
  readonly #samples = new Float32Array(SAMPLES * CELLS);
  readonly #sorted = new Float32Array(SAMPLES);
  #count = 0;
  /** Whether any cell may come back to what was there before. */
  hasPast = false;
  /** Over the picture, when it was learnt: mean level, and how much levels vary, units. */
  meanLevel = 0;
  contrast = 0;

  /** Forgets what was gathered for learning, not the background. */
  restart(): void {
    this.#count = 0;
  }

  /** Gathers a frame for learning. @returns whether there are enough now */
  gather(values: Float32Array): boolean {
    if (this.#count < SAMPLES) this.#samples.set(values, this.#count++ * CELLS);
    return this.#count === SAMPLES;
  }

  /** Learns the background anew: the median of what was gathered. */
  learn(): void {
    const { level, noise } = this;
    const samples = this.#samples;
    const sorted = this.#sorted;
    for (let i = 0; i < CELLS; i++) {
      for (let k = 0; k < SAMPLES; k++) {
        const value = samples[k * CELLS + i] as number;
        let at = k;
        for (; at > 0 && (sorted[at - 1] as number) > value; at--) sorted[at] = sorted[at - 1] as number;
        sorted[at] = value;
      }
      level[i] = sorted[SAMPLES >> 1] as number;
    }
    noise.fill(0);
    for (let k = 0; k < SAMPLES; k++) {
      const light = this.#lightOf(k);
      for (let i = 0; i < CELLS; i++) {
        const deviation = Math.abs((samples[k * CELLS + i] as number) - (level[i] as number) - light);
        noise[i] = (noise[i] as number) + Math.min(deviation, MOST_DEVIATION) / SAMPLES;
      }
    }
    for (let i = 0; i < CELLS; i++) noise[i] = Math.max(LEAST_NOISE, noise[i] as number);
    this.#before.fill(Number.NaN);
    this.hasPast = false;
    this.#count = 0;
    this.#describe();
  }

  /** How much brighter a gathered frame is than the background, leaving out what is far off. */
  #lightOf(sample: number): number {
    let sum = 0;
    let count = 0;
    for (let i = 0; i < CELLS; i++) {
      const difference = (this.#samples[sample * CELLS + i] as number) - (this.level[i] as number);
      if (Math.abs(difference) > MOST_DEVIATION) continue;
      sum += difference;
      count++;
    }
    return count < CELLS / 2 ? 0 : sum / count;
  }

  /** A cell that shows the background. */
  still(cell: number, difference: number, seconds: number): void {
    const noise = this.noise[cell] as number;
    const clipped = Math.max(-3 * noise, Math.min(3 * noise, difference));
    this.level[cell] = (this.level[cell] as number) + clipped * Math.min(0.5, seconds / FOLLOW_SECONDS.still);
    const growth = (Math.abs(difference) - noise) * Math.min(0.5, seconds / NOISE_SECONDS.still);
    this.noise[cell] = Math.max(LEAST_NOISE, noise + growth);
  }

  /** A cell that shows the background in other light. */
  lit(cell: number, difference: number, seconds: number): void {
    this.level[cell] = (this.level[cell] as number) + difference * Math.min(0.5, seconds / FOLLOW_SECONDS.lit);
  }

  /** A cell that differs, and nothing that is followed is there: rain, leaves, flicker. Its noise grows, its level hardly moves. */
  restless(cell: number, difference: number, seconds: number): void {
    const noise = this.noise[cell] as number;
    const share = Math.min(0.5, seconds / NOISE_SECONDS.restless);
    this.noise[cell] = noise + Math.max(0, Math.min(Math.abs(difference), MOST_DEVIATION) - noise) * share;
    const clipped = Math.max(-3 * noise, Math.min(3 * noise, difference));
    this.level[cell] = (this.level[cell] as number) + clipped * Math.min(0.5, seconds / FOLLOW_SECONDS.still);
  }

  /** Takes what is seen in a cell for the background at once. What was expected until now is remembered if it may come back. */
  absorb(cell: number, value: number, mayComeBack: boolean): void {
    this.#before[cell] = mayComeBack ? (this.level[cell] as number) : Number.NaN;
    if (mayComeBack) this.hasPast = true;
    this.level[cell] = value;
  }

  /** Whether a cell shows again what was there before something stood there. */
  isAsBefore(cell: number, value: number): boolean {
    return Math.abs(value - (this.#before[cell] as number)) < 5 + 3 * (this.noise[cell] as number);
  }

  /** Mean and standard deviation of the levels over the picture. */
  #describe(): void {
    let sum = 0;
    let squares = 0;
    for (const value of this.level) {
      sum += value;
      squares += value * value;
    }
    this.meanLevel = sum / CELLS;
    this.contrast = Math.sqrt(Math.max(0, squares / CELLS - this.meanLevel ** 2));
  }
}
