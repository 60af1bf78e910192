/** Size of the luma frame that the scene is watched on; the source's aspect ratio need not be kept. */
export const LUMA_WIDTH = 160;
export const LUMA_HEIGHT = 90;
export const CELLS = LUMA_WIDTH * LUMA_HEIGHT;

/** Weights of the smoothing add up to this. */
const WEIGHTS = 16;
/** Grey levels added before the logarithm: they tame the noise of dark parts, and stand for a camera's black level. */
export const BLACK_OFFSET = 16;
export const MIDDLE = 128;
/** One unit is one grey level at middle grey. */
export const UNITS = MIDDLE + BLACK_OFFSET;

/** Logarithmic brightness of a weighted sum of grey levels, in units. */
const LEVELS = Float32Array.from({ length: 255 * WEIGHTS + 1 }, (_, sum) => levelOf(sum / WEIGHTS));

/** Logarithmic brightness of a grey level, in units: light that grows by a factor adds a constant. */
export function levelOf(grey: number): number {
  return UNITS * Math.log((grey + BLACK_OFFSET) / UNITS);
}

/**
 * Luma of an RGB raster (ITU-R BT.601, integers).
 *
 * @param rgb uint8 [pixels][3]
 * @param into uint8 [pixels]
 */
export function toLuma(rgb: Uint8Array, into: Uint8Array): void {
  for (let i = 0, at = 0; i < into.length; i++, at += 3) {
    const sum = 77 * (rgb[at] as number) + 150 * (rgb[at + 1] as number) + 29 * (rgb[at + 2] as number);
    into[i] = (sum + 128) >> 8;
  }
}

/** Smooths a luma frame and takes its logarithm: light that grows by a factor adds a constant. */
export class LevelPlane {
  /** float32 [LUMA_HEIGHT][LUMA_WIDTH], units. */
  readonly values = new Float32Array(CELLS);
  readonly #rows = new Uint16Array(CELLS);

  /** @param luma uint8 [LUMA_HEIGHT][LUMA_WIDTH] */
  take(luma: Uint8Array): void {
    const rows = this.#rows;
    for (let y = 0, i = 0; y < LUMA_HEIGHT; y++) {
      const last = i + LUMA_WIDTH - 1;
      for (; i <= last; i++) {
        const middle = luma[i] as number;
        const left = i === last - LUMA_WIDTH + 1 ? middle : (luma[i - 1] as number);
        rows[i] = left + 2 * middle + (i === last ? middle : (luma[i + 1] as number));
      }
    }
    for (let i = 0; i < CELLS; i++) {
      const middle = rows[i] as number;
      const above = i < LUMA_WIDTH ? middle : (rows[i - LUMA_WIDTH] as number);
      const below = i >= CELLS - LUMA_WIDTH ? middle : (rows[i + LUMA_WIDTH] as number);
      this.values[i] = LEVELS[above + 2 * middle + below] as number;
    }
  }
}

/** Standard deviation of a luma frame, in grey levels. */
export function contrastOf(luma: Uint8Array): number {
  let sum = 0;
  let squares = 0;
  for (let i = 0; i < luma.length; i++) {
    const value = luma[i] as number;
    sum += value;
    squares += value * value;
  }
  const mean = sum / luma.length;
  return Math.sqrt(Math.max(0, squares / luma.length - mean * mean));
}
