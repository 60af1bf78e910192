import type { Box, Raster, Rung, WorkingSize } from '../types.ts';
import { Resizer } from './resize.ts';

type Size = Pick<Raster, 'width' | 'height'>;

/** The size at which frames are kept for these rungs. */
export function workingSizeFor(rungs: readonly Pick<Rung, 'input'>[]): WorkingSize {
  const width = Math.max(...rungs.map(({ input }) => input.width));
  const height = Math.max(...rungs.map(({ input }) => input.height));
  return { aspect: rungs.every(({ input }) => input.fit === 'stretch') ? 'stretch' : 'keep', width, height };
}

/** An image file's picture at the working size, as ffmpeg makes it of a frame; never enlarged. */
export function toWorkingSize(raster: Raster, working: WorkingSize, resizer: Resizer): Raster {
  const size = sizeAt(raster, working);
  return resized(raster, size, sharedPixels(size), resizer);
}

/**
 * Makes a function that gives frames at the working size, as `toWorkingSize` does, but into one buffer: valid until the next
 * call. A frame of that size is given back as it is.
 */
export function workingSizer(working: WorkingSize): (frame: Raster) => Raster {
  const resizer = new Resizer();
  let pixels = new Uint8Array(new SharedArrayBuffer(0));
  return (frame) => {
    const size = sizeAt(frame, working);
    if (size.width === frame.width && size.height === frame.height) return frame;
    if (pixels.length !== size.width * size.height * 3) pixels = sharedPixels(size);
    return resized(frame, size, pixels, resizer);
  };
}

function sharedPixels({ width, height }: Size): Uint8Array<SharedArrayBuffer> {
  return new Uint8Array(new SharedArrayBuffer(width * height * 3));
}

function resized(raster: Raster, { width, height }: Size, pixels: Uint8Array, resizer: Resizer): Raster {
  resizer.resize(raster, { pixels, offsetBytes: 0, strideBytes: width * 3, width, height });
  return { width, height, pixels };
}

/** Size that a picture of some size has at the working size. */
export function sizeAt(raster: Size, working: WorkingSize): Size {
  if (working.aspect === 'stretch') {
    return { width: Math.min(raster.width, working.width), height: Math.min(raster.height, working.height) };
  }
  const side = Math.max(working.width, working.height);
  const scale = Math.min(1, side / Math.min(raster.width, raster.height));
  return { width: Math.round(raster.width * scale), height: Math.round(raster.height * scale) };
}

/** A part of a frame, in ratios of it, and the size that is needed of the part. */
export interface NeededPart {
  readonly box: Box;
  readonly size: WorkingSize;
}

/** The size at which frames are kept so that each of several parts of them is as large as it needs to be. */
export function workingSizeForParts(parts: readonly NeededPart[]): WorkingSize {
  const least = parts.map(({ box: [, , w, h], size: { aspect, width, height } }) => {
    // Which side of the part is the shorter one depends on the source.
    const shorter = Math.max(width, height) / Math.min(w, h);
    return aspect === 'keep' ? { width: shorter, height: shorter } : { width: width / w, height: height / h };
  });
  // Sides of a part are rounded to pixels.
  const width = Math.ceil(Math.max(...least.map((size) => size.width)) - 1e-6);
  const height = Math.ceil(Math.max(...least.map((size) => size.height)) - 1e-6);
  if (parts.every(({ size }) => size.aspect === 'stretch')) return { aspect: 'stretch', width, height };
  const side = Math.max(width, height);
  return { aspect: 'keep', width: side, height: side };
}
