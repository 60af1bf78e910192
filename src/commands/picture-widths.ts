import { jpegOfSize } from '../image/file.ts';
import type { Raster } from '../types.ts';

/** Different widths of one picture that are kept. */
const MOST_WIDTHS = 8;
const WIDTH_STEP = 16;

/** One picture as JPEGs of the widths that are asked for, each encoded once for all who ask. */
export class PictureWidths {
  #raster: Raster | null;
  readonly #shown: { readonly width: number; readonly height: number };
  readonly #usual: number;
  readonly #encoded = new Map<number, Promise<Uint8Array>>();

  /**
   * @param raster its pixels must not be written to any more
   * @param shown size of what it shows, in pixels: its shape, where it was stretched, and the largest that is asked of it
   */
  constructor(raster: Raster, shown: { readonly width: number; readonly height: number } = raster) {
    this.#raster = raster;
    this.#shown = shown;
    this.#usual = Math.max(raster.width, Math.round((raster.height * shown.width) / shown.height));
  }

  /** Whether widths that were not asked for yet can be had. */
  get isWhole(): boolean {
    return this.#raster !== null;
  }

  /** Lets the pixels go; what was encoded stays. */
  release(): void {
    this.#raster = null;
  }

  /** @param asked in pixels; left out: as large as it is @returns `null` where nothing was encoded before it was let go */
  jpeg(asked = this.#usual): Promise<Uint8Array> | null {
    const { width: most, height } = this.#shown;
    const stepped = asked === this.#usual ? asked : Math.ceil(asked / WIDTH_STEP) * WIDTH_STEP;
    const width = Math.max(1, Math.min(stepped, most));
    const known = this.#encoded.get(width);
    if (known !== undefined) return known;
    if (this.#raster === null || this.#encoded.size >= MOST_WIDTHS) return [...this.#encoded.values()].at(-1) ?? null;
    const jpeg = jpegOfSize(this.#raster, { width, height: Math.max(1, Math.round((width * height) / most)) });
    this.#encoded.set(width, jpeg);
    return jpeg;
  }
}
