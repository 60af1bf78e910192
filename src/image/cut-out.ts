import type { Box, Raster, WorkingSize } from '../types.ts';
import { boxToRect } from './prepare.ts';
import { Resizer } from './resize.ts';
import { sizeAt } from './working-size.ts';

const CHANNELS = 3;

/**
 * Makes a function that cuts a part out of frames and scales it to a working size, never up, into one buffer of shared memory: valid until
 * the next call. It is scaled as frames are that are of the part alone.
 *
 * @param box the part, in ratios of the frame
 * @param working `null`: the part keeps its size
 */
export function cutter(box: Box, working: WorkingSize | null): (frame: Raster) => Raster {
  const resizer = new Resizer();
  let pixels = new Uint8Array(new SharedArrayBuffer(0));
  return (frame) => {
    const rect = boxToRect(frame, box);
    const { width, height } = working === null ? rect : sizeAt(rect, working);
    const bytes = width * height * CHANNELS;
    if (pixels.length !== bytes) pixels = new Uint8Array(new SharedArrayBuffer(bytes));
    const stride = width * CHANNELS;
    if (width === rect.width && height === rect.height) {
      for (let row = 0; row < height; row++) {
        const from = ((rect.y + row) * frame.width + rect.x) * CHANNELS;
        pixels.set(frame.pixels.subarray(from, from + stride), row * stride);
      }
    } else {
      resizer.resize(frame, { pixels, offsetBytes: 0, strideBytes: stride, width, height }, { rect });
    }
    return { width, height, pixels };
  };
}
