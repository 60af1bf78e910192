import type { Raster } from '../types.ts';

/** Pixels beyond the border are those mirrored at it, the border itself not repeated (OpenCV's BORDER_REFLECT_101). */
const PAD = 1;

/**
 * What several features read of one raster, computed at most once per raster and kept in reused memory. All planes are
 * `[height][width]`, luma is 0..255 (ITU-R BT.601, rounded as OpenCV's RGB2GRAY does).
 */
export class Planes {
  readonly width: number;
  readonly height: number;
  readonly luma: Uint8Array;
  /** Sobel derivatives of luma (Sobel & Feldman 1968), 3x3, in luma units times 8 pixels. */
  readonly gradientX: Int16Array;
  readonly gradientY: Int16Array;
  #pixels: Uint8Array = new Uint8Array(0);
  #hasGradients = false;

  constructor(width: number, height: number) {
    this.width = width;
    this.height = height;
    this.luma = new Uint8Array(width * height);
    this.gradientX = new Int16Array(width * height);
    this.gradientY = new Int16Array(width * height);
  }

  /** `uint8 [height][width][3]` RGB. */
  get pixels(): Uint8Array {
    return this.#pixels;
  }

  /** @throws RangeError if the raster has another size than the planes */
  load({ width, height, pixels }: Raster): void {
    if (width !== this.width || height !== this.height) {
      throw new RangeError(`features of ${this.width}x${this.height} pixels, given ${width}x${height}`);
    }
    this.#pixels = pixels;
    this.#hasGradients = false;
    const { luma } = this;
    for (let i = 0, at = 0; i < luma.length; i++, at += 3) {
      luma[i] =
        ((pixels[at] ?? 0) * 9798 + (pixels[at + 1] ?? 0) * 19_235 + (pixels[at + 2] ?? 0) * 3735 + 16_384) >> 15;
    }
  }

  /** Fills `gradientX` and `gradientY`. */
  needGradients(): void {
    if (this.#hasGradients) return;
    this.#hasGradients = true;
    const { width, height, luma, gradientX, gradientY } = this;
    for (let y = 0; y < height; y++) {
      const above = mirrored(y - PAD, height) * width;
      const here = y * width;
      const below = mirrored(y + PAD, height) * width;
      for (let x = 0; x < width; x++) {
        const left = mirrored(x - PAD, width);
        const right = mirrored(x + PAD, width);
        const nw = luma[above + left] ?? 0;
        const ne = luma[above + right] ?? 0;
        const sw = luma[below + left] ?? 0;
        const se = luma[below + right] ?? 0;
        gradientX[here + x] = ne + 2 * (luma[here + right] ?? 0) + se - nw - 2 * (luma[here + left] ?? 0) - sw;
        gradientY[here + x] = sw + 2 * (luma[below + x] ?? 0) + se - nw - 2 * (luma[above + x] ?? 0) - ne;
      }
    }
  }
}

/** The index that stands for one at most one step outside of `0..length - 1`. */
export function mirrored(index: number, length: number): number {
  if (index < 0) return Math.min(1, length - 1);
  return index >= length ? Math.max(0, length - 2) : index;
}
