import { CELLS } from './luma.ts';

/** Differences are counted in bins of one unit between these. */
const REACH = 512;
const BINS = 2 * REACH;
/** Half the width of the window that finds the most frequent difference. */
const WINDOW = 5;

/**
 * The change of light between a frame and the background: the most frequent difference of their levels. What moves covers
 * less than the largest part that changed alike, so exposure, clouds and mains flicker are found beside it.
 */
export class GainFinder {
  readonly #counts = new Int32Array(BINS);

  /**
   * @param values levels of the frame, float32 [CELLS]
   * @param background float32 [CELLS]
   * @param leftOut cells that are not 0 here are not counted, uint8 [CELLS]
   * @returns units to be taken off the frame; NaN where every cell is left out
   */
  find(values: Float32Array, background: Float32Array, leftOut: Uint8Array): number {
    const counts = this.#counts.fill(0);
    for (let i = 0; i < CELLS; i++) {
      if (leftOut[i] !== 0) continue;
      const bin = Math.floor((values[i] as number) - (background[i] as number)) + REACH;
      if (bin >= 0 && bin < BINS) counts[bin] = (counts[bin] as number) + 1;
    }
    let inWindow = 0;
    for (let bin = 0; bin < 2 * WINDOW; bin++) inWindow += counts[bin] as number;
    let best = -1;
    let bestStart = 0;
    for (let start = 0; ; start++) {
      if (inWindow > best) {
        best = inWindow;
        bestStart = start;
      }
      if (start + 2 * WINDOW >= BINS) break;
      inWindow += (counts[start + 2 * WINDOW] as number) - (counts[start] as number);
    }
    if (best <= 0) return Number.NaN;
    let sum = 0;
    for (let bin = bestStart; bin < bestStart + 2 * WINDOW; bin++) {
      sum += (counts[bin] as number) * (bin - REACH + 0.5);
    }
    return sum / best;
  }
}
