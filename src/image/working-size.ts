import type { Raster, Rung, WorkingSize } from '../types.ts';
import { Resizer } from './resize.ts';

/** The size at which frames are kept for these rungs. */
export function workingSizeFor(rungs: readonly Pick<Rung, 'input'>[]): WorkingSize {
  const width = Math.max(...rungs.map(({ input }) => input.width));
  const height = Math.max(...rungs.map(({ input }) => input.height));
  return { aspect: rungs.every(({ input }) => input.fit === 'stretch') ? 'stretch' : 'keep', width, height };
}

/** An image file's picture at the working size, as ffmpeg makes it of a frame; never enlarged. */
export function toWorkingSize(raster: Raster, working: WorkingSize, resizer: Resizer): Raster {
  const { width, height } = sizeAt(raster, working);
  const pixels = new Uint8Array(new SharedArrayBuffer(width * height * 3));
  resizer.resize(raster, { pixels, offsetBytes: 0, strideBytes: width * 3, width, height });
  return { width, height, pixels };
}

/**
 * Makes a function that gives frames at the working size, by the same steps as `toWorkingSize` and into one buffer: valid until the
 * next call. A frame of that size is given back as it is.
 */
export function workingSizer(working: WorkingSize): (frame: Raster) => Raster {
  const resizer = new Resizer();
  let pixels = new Uint8Array(new SharedArrayBuffer(0));
  return (frame) => {
    const { width, height } = sizeAt(frame, working);
    if (width === frame.width && height === frame.height) return frame;
    const bytes = width * height * 3;
    if (pixels.length !== bytes) pixels = new Uint8Array(new SharedArrayBuffer(bytes));
    resizer.resize(frame, { pixels, offsetBytes: 0, strideBytes: width * 3, width, height });
    return { width, height, pixels };
  };
}

/** Size that a picture of some size has at the working size. */
export function sizeAt(
  raster: Pick<Raster, 'width' | 'height'>,
  working: WorkingSize,
): { width: number; height: number } {
  if (working.aspect === 'stretch') {
    return { width: Math.min(raster.width, working.width), height: Math.min(raster.height, working.height) };
  }
  const side = Math.max(working.width, working.height);
  const scale = Math.min(1, side / Math.min(raster.width, raster.height));
  return { width: Math.round(raster.width * scale), height: Math.round(raster.height * scale) };
}
