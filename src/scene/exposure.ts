import { BLACK_OFFSET, levelOf, MIDDLE, UNITS } from './luma.ts';

/** Side of the small raster that is compared, pixels; `FEATURE_SIDE` of the features. */
export const SIDE = 48;
const GREYS = 256;

/** Whole numbers, this many for a unit. */
export const LEVEL_UNIT = 16;
/** Level of each grey level. */
export const LEVELS = Int32Array.from({ length: GREYS }, (_, grey) => Math.round(levelOf(grey) * LEVEL_UNIT));

/** The same for parts of a grey level, as far as a picture can show them. */
const FINE = 8;
const FINE_LEVELS = Int32Array.from({ length: FINE * (GREYS - 1) + 1 }, (_, at) =>
  Math.round(levelOf(at / FINE) * LEVEL_UNIT),
);

/** Every so many pixels across and down are enough to find the light. */
const EVERY = 2;
/** Differences of levels are counted in bins of two units. */
const BINS_OF = Int32Array.from({ length: GREYS }, (_, grey) => Math.round((levelOf(grey) - levelOf(0)) / 2));
const REACH = (BINS_OF[GREYS - 1] as number) + 1;
/** Half the width of the window that finds the most frequent difference, in bins. */
const WINDOW = 2;
/** What differs by more grey levels from the light found so far moved: its first estimate, and the refined one. */
const INLIER = [20, 6] as const;
/** As many pixels, dark and bright, speak for light that only grows by a factor. */
const PRIOR = { pixels: 3, dark: 64, bright: 192 } as const;
/** Beyond these a pixel is cut off, and says nothing of the light. */
const CUT_OFF = { dark: 2, bright: 252 } as const;

/**
 * The light that changed between two pictures for most of what they show: `grey' = gain · grey + offset`. A camera's exposure, mains
 * flicker, dusk and its black level are of that form. It begins at the most frequent change, so that what moves beside it does not
 * matter, and is refined by least squares on what fits. Keeps its buffers.
 */
export class Exposure {
  /** By grey level of the earlier picture: the level to be expected in the later one. */
  readonly expected = new Int32Array(GREYS);
  readonly #counts = new Int32Array(2 * REACH);

  /**
   * @param before luma, uint8 [48][48]
   * @param now luma, uint8 [48][48]
   * @returns by how much middle grey changed, in levels
   */
  find(before: Uint8Array, now: Uint8Array): number {
    const units = this.#mostFrequent(before, now);
    let gain = Math.exp(units / UNITS);
    let offset = BLACK_OFFSET * (gain - 1);
    const [priorGain, priorOffset] = [gain, offset];
    for (const inlier of INLIER) {
      let n = 2 * PRIOR.pixels;
      let sumX = PRIOR.pixels * (PRIOR.dark + PRIOR.bright);
      let sumXX = PRIOR.pixels * (PRIOR.dark ** 2 + PRIOR.bright ** 2);
      let sumY = priorGain * sumX + priorOffset * n;
      let sumXY = priorGain * sumXX + priorOffset * sumX;
      for (let y = 0; y < SIDE; y += EVERY) {
        for (let i = y * SIDE, end = i + SIDE; i < end; i += EVERY) {
          const from = before[i] as number;
          const to = now[i] as number;
          if (from <= CUT_OFF.dark || from >= CUT_OFF.bright || to <= CUT_OFF.dark || to >= CUT_OFF.bright) continue;
          const rest = to - gain * from - offset;
          if (rest > inlier || rest < -inlier) continue;
          n++;
          sumX += from;
          sumXX += from * from;
          sumY += to;
          sumXY += from * to;
        }
      }
      gain = (n * sumXY - sumX * sumY) / (n * sumXX - sumX * sumX);
      offset = (sumY - gain * sumX) / n;
    }
    const { expected } = this;
    for (let grey = 0; grey < GREYS; grey++) {
      const fine = Math.max(0, Math.min(FINE_LEVELS.length - 1, (gain * grey + offset) * FINE + 0.5));
      expected[grey] = FINE_LEVELS[fine | 0] as number;
    }
    return (this.expected[MIDDLE] as number) - (LEVELS[MIDDLE] as number);
  }

  /** Units, to the width of a bin. */
  #mostFrequent(before: Uint8Array, now: Uint8Array): number {
    const counts = this.#counts.fill(0);
    for (let y = 0; y < SIDE; y += EVERY) {
      for (let i = y * SIDE, end = i + SIDE; i < end; i += EVERY) {
        const bin = (BINS_OF[now[i] as number] as number) - (BINS_OF[before[i] as number] as number) + REACH;
        counts[bin] = (counts[bin] as number) + 1;
      }
    }
    let inWindow = 0;
    for (let bin = 0; bin <= 2 * WINDOW; bin++) inWindow += counts[bin] as number;
    let best = -1;
    let middle = REACH;
    for (let at = WINDOW; at + WINDOW + 1 < counts.length; at++) {
      // Of equally frequent ones the least change is meant.
      if (inWindow > best || (inWindow === best && Math.abs(at - REACH) < Math.abs(middle - REACH))) {
        best = inWindow;
        middle = at;
      }
      inWindow += (counts[at + WINDOW + 1] as number) - (counts[at - WINDOW] as number);
    }
    let sum = 0;
    for (let bin = middle - WINDOW; bin <= middle + WINDOW; bin++) sum += (counts[bin] as number) * (bin - REACH);
    return (2 * sum) / best;
  }
}
