import type { Box, Raster, RungInput, RungView } from '../types.ts';
import { type PixelRect, Resizer } from './resize.ts';

/** Side of the `centre` view in ratios of the frame: the middle 7/8, ImageNet's usual 224 of 256. */
const CENTRE_RATIO = 0.875;
/** Grey bars of `letterbox`: the value that the models' normalisation maps to zero. */
const LETTERBOX_GREY = 127;

/** What a rung needs to know of its input; a `Rung` is one. */
export interface InputSpec {
  readonly input: RungInput;
  readonly view: RungView;
}

/**
 * Turns frames into rungs' inputs. Keeps scratch buffers: one instance per thread, not re-entrant.
 */
export class InputPreparer {
  readonly #resizer = new Resizer();

  /**
   * Writes the rung's input, `uint8 [input.height][input.width][3]` RGB, into `target`.
   *
   * @param box the part of the frame to look at, in ratios
   */
  prepare(frame: Raster, box: Box, spec: InputSpec, target: Uint8Array): void {
    const { width, height, fit } = spec.input;
    const stride = width * 3;
    let rect = boxToRect(frame, spec.view === 'centre' ? centreOf(box) : box);
    const mirror = spec.view === 'mirror';
    if (fit === 'crop') rect = cropToAspect(rect, width / height);
    if (fit !== 'letterbox') {
      this.#resizer.resize(
        frame,
        { pixels: target, offsetBytes: 0, strideBytes: stride, width, height },
        { rect, mirror },
      );
      return;
    }
    const scale = Math.min(width / rect.width, height / rect.height);
    const innerWidth = Math.max(1, Math.min(width, Math.round(rect.width * scale)));
    const innerHeight = Math.max(1, Math.min(height, Math.round(rect.height * scale)));
    const left = (width - innerWidth) >> 1;
    const top = (height - innerHeight) >> 1;
    target.fill(LETTERBOX_GREY, 0, stride * height);
    const offsetBytes = top * stride + left * 3;
    this.#resizer.resize(
      frame,
      { pixels: target, offsetBytes, strideBytes: stride, width: innerWidth, height: innerHeight },
      { rect, mirror },
    );
  }
}

/** The whole pixels that a box covers: at least one, inside the raster. */
export function boxToRect(raster: Raster, box: Box): PixelRect {
  const x = Math.min(raster.width - 1, Math.max(0, Math.round(box[0] * raster.width)));
  const y = Math.min(raster.height - 1, Math.max(0, Math.round(box[1] * raster.height)));
  const right = Math.min(raster.width, Math.max(x + 1, Math.round((box[0] + box[2]) * raster.width)));
  const bottom = Math.min(raster.height, Math.max(y + 1, Math.round((box[1] + box[3]) * raster.height)));
  return { x, y, width: right - x, height: bottom - y };
}

function centreOf([x, y, width, height]: Box): Box {
  const margin = (1 - CENTRE_RATIO) / 2;
  return [x + width * margin, y + height * margin, width * CENTRE_RATIO, height * CENTRE_RATIO];
}

/** The largest centred part of `rect` with the given width over height. */
function cropToAspect(rect: PixelRect, aspect: number): PixelRect {
  const width = Math.max(1, Math.min(rect.width, Math.round(rect.height * aspect)));
  const height = Math.max(1, Math.min(rect.height, Math.round(rect.width / aspect)));
  return { x: rect.x + ((rect.width - width) >> 1), y: rect.y + ((rect.height - height) >> 1), width, height };
}
