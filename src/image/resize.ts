import type { Raster } from '../types.ts';

/** A rectangle in whole pixels. */
export interface PixelRect {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Where the resampled picture goes: `uint8 [height][width][3]` inside a larger row of `strideBytes`. */
export interface ResizeTarget {
  readonly pixels: Uint8Array;
  readonly offsetBytes: number;
  readonly strideBytes: number;
  readonly width: number;
  readonly height: number;
}

export interface ResizeOptions {
  /** Part of the source to take; the whole of it by default. Must lie inside the source. */
  readonly rect?: PixelRect;
  /** Swap left and right. */
  readonly mirror?: boolean;
}

const CHANNELS = 3;
/** Two weights multiplied and 255 stay below 2^31. */
const WEIGHT_BITS = 11;
const WEIGHT_ONE = 1 << WEIGHT_BITS;
const SHIFT = 2 * WEIGHT_BITS;
const HALF = 1 << (SHIFT - 1);
const MAX_SIDE = 1 << 16;

/**
 * The one resampling of Weir: training, evaluation and the daemon all go through it, so that a rung sees the same pixels
 * everywhere. Exact 2x2 box halving while the source is at least twice the target, then bilinear interpolation between
 * pixel centres (edges clamped). Integer arithmetic throughout: the same bytes on every machine.
 *
 * A resizer keeps its scratch buffers, so that nothing is allocated per frame once it has seen a size. Not re-entrant.
 */
export class Resizer {
  readonly #tables = new Map<number, SampleTable>();
  readonly #scratch: [Uint8Array, Uint8Array] = [new Uint8Array(0), new Uint8Array(0)];

  resize(source: Raster, target: ResizeTarget, options: ResizeOptions = {}): void {
    const rect = options.rect ?? { x: 0, y: 0, width: source.width, height: source.height };
    let view: PixelView = {
      pixels: source.pixels,
      offset: (rect.y * source.width + rect.x) * CHANNELS,
      stride: source.width * CHANNELS,
      width: rect.width,
      height: rect.height,
    };
    for (let pass = 0; ; pass++) {
      const across = view.width >= 2 * target.width;
      const down = view.height >= 2 * target.height;
      if (!across && !down) break;
      view = this.#halve(view, across, down, pass % 2 === 0 ? 0 : 1);
    }
    if (view.width === target.width && view.height === target.height && options.mirror !== true) copy(view, target);
    else this.#interpolate(view, target, options.mirror === true);
  }

  #halve(view: PixelView, across: boolean, down: boolean, which: 0 | 1): PixelView {
    const width = across ? view.width >> 1 : view.width;
    const height = down ? view.height >> 1 : view.height;
    const stride = width * CHANNELS;
    if (this.#scratch[which].length < stride * height) this.#scratch[which] = new Uint8Array(stride * height);
    const to = this.#scratch[which];
    const from = view.pixels;
    const right = across ? CHANNELS : 0;
    const below = down ? view.stride : 0;
    const step = across ? 2 * CHANNELS : CHANNELS;
    for (let y = 0; y < height; y++) {
      let a = view.offset + (down ? 2 * y : y) * view.stride;
      let o = y * stride;
      for (let x = 0; x < width; x++, a += step, o += CHANNELS) {
        const b = a + right;
        const c = a + below;
        const d = b + below;
        to[o] = (px(from, a) + px(from, b) + px(from, c) + px(from, d) + 2) >> 2;
        to[o + 1] = (px(from, a + 1) + px(from, b + 1) + px(from, c + 1) + px(from, d + 1) + 2) >> 2;
        to[o + 2] = (px(from, a + 2) + px(from, b + 2) + px(from, c + 2) + px(from, d + 2) + 2) >> 2;
      }
    }
    return { pixels: to, offset: 0, stride, width, height };
  }

  /** Four neighbours at once: in JavaScript faster than a horizontal and a vertical pass (fewer stores, no row buffers). */
  #interpolate(view: PixelView, target: ResizeTarget, mirror: boolean): void {
    const columns = this.#table(view.width, target.width, mirror);
    const rows = this.#table(view.height, target.height, false);
    const { pixels: from, stride } = view;
    const { pixels: to, width } = target;
    const right = view.width > 1 ? CHANNELS : 0;
    const below = view.height > 1 ? stride : 0;
    for (let y = 0; y < target.height; y++) {
      const base = view.offset + px(rows.index, y) * stride;
      const lower = px(rows.weight, y);
      const upper = WEIGHT_ONE - lower;
      let o = target.offsetBytes + y * target.strideBytes;
      for (let x = 0; x < width; x++, o += CHANNELS) {
        const a = base + px(columns.index, x) * CHANNELS;
        const b = a + right;
        const c = a + below;
        const d = b + below;
        const w = px(columns.weight, x);
        const v = WEIGHT_ONE - w;
        const wa = upper * v;
        const wb = upper * w;
        const wc = lower * v;
        const wd = lower * w;
        to[o] = (px(from, a) * wa + px(from, b) * wb + px(from, c) * wc + px(from, d) * wd + HALF) >> SHIFT;
        to[o + 1] =
          (px(from, a + 1) * wa + px(from, b + 1) * wb + px(from, c + 1) * wc + px(from, d + 1) * wd + HALF) >> SHIFT;
        to[o + 2] =
          (px(from, a + 2) * wa + px(from, b + 2) * wb + px(from, c + 2) * wc + px(from, d + 2) * wd + HALF) >> SHIFT;
      }
    }
  }

  #table(from: number, to: number, mirror: boolean): SampleTable {
    const key = (from * MAX_SIDE + to) * 2 + (mirror ? 1 : 0);
    let table = this.#tables.get(key);
    if (table === undefined) {
      table = sampleTable(from, to, mirror);
      this.#tables.set(key, table);
    }
    return table;
  }
}

interface PixelView {
  readonly pixels: Uint8Array;
  readonly offset: number;
  readonly stride: number;
  readonly width: number;
  readonly height: number;
}

/** Per target pixel: the first of its two source neighbours and the fixed-point weight of the second. */
interface SampleTable {
  readonly index: Int32Array;
  readonly weight: Int32Array;
}

function sampleTable(from: number, to: number, mirror: boolean): SampleTable {
  const table = { index: new Int32Array(to), weight: new Int32Array(to) };
  for (let i = 0; i < to; i++) {
    const position = Math.min(Math.max(((i + 0.5) * from) / to - 0.5, 0), from - 1);
    const index = Math.min(Math.floor(position), Math.max(from - 2, 0));
    const at = mirror ? to - 1 - i : i;
    table.index[at] = index;
    table.weight[at] = Math.round((position - index) * WEIGHT_ONE);
  }
  return table;
}

/** An element that is in range by construction, so that `noUncheckedIndexedAccess` needs no branch in the inner loops. */
function px(array: Uint8Array | Int32Array, index: number): number {
  return array[index] as number;
}

function copy(view: PixelView, target: ResizeTarget): void {
  const length = target.width * CHANNELS;
  if (view.stride === length && target.strideBytes === length) {
    const all = length * target.height;
    target.pixels.set(view.pixels.subarray(view.offset, view.offset + all), target.offsetBytes);
    return;
  }
  for (let y = 0; y < target.height; y++) {
    const from = view.offset + y * view.stride;
    target.pixels.set(view.pixels.subarray(from, from + length), target.offsetBytes + y * target.strideBytes);
  }
}
