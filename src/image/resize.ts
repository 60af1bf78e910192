import type { Raster } from '../types.ts';
import { RESIZE_KERNEL } from './resize-kernel.ts';

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

/** `kernels/resize.ts` as WebAssembly; addresses are byte offsets in its memory. */
interface Kernel {
  readonly memory: WebAssembly.Memory;
  interpolate(
    source: number,
    rowBytes: number,
    below: number,
    columns: number,
    rows: number,
    scratch: number,
    target: number,
    targetStride: number,
    width: number,
    height: number,
  ): void;
  halveBoth(source: number, stride: number, target: number, width: number, height: number): void;
  halveAcross(source: number, stride: number, target: number, width: number, height: number): void;
  halveDown(source: number, stride: number, target: number, width: number, height: number): void;
}

/** A picture in the kernel's memory, rows without padding. */
interface KernelPicture {
  readonly address: number;
  readonly width: number;
  readonly height: number;
}

const CHANNELS = 3;
const WEIGHT_ONE = 256;
const PAGE_BYTES = 65_536;
/** The kernel may read and write this far beyond a row's end. */
const SLACK_BYTES = 32;
const MAX_SIDE = 65_535;

/**
 * The one resampling of Weir: training, evaluation and the daemon all go through it, so that a rung sees the same pixels
 * everywhere. Exact 2x2 box halving while the source is at least twice the target, then bilinear interpolation between
 * pixel centres (edges clamped, weights of 1/256). Integer arithmetic throughout: the same bytes on every machine.
 *
 * A resizer keeps its memory and tables, so that nothing is allocated per frame once it has seen a size. Not re-entrant.
 */
export class Resizer {
  readonly #kernel: Kernel;
  readonly #tables = new Map<number, Int32Array>();
  /** The kernel's memory; replaced when it grows. */
  #bytes = new Uint8Array(0);
  #used = 0;

  constructor() {
    this.#kernel = new WebAssembly.Instance(compiled()).exports as unknown as Kernel;
  }

  resize(source: Raster, target: ResizeTarget, options: ResizeOptions = {}): void {
    const rect = options.rect ?? { x: 0, y: 0, width: source.width, height: source.height };
    const mirror = options.mirror === true;
    if (rect.width === target.width && rect.height === target.height && !mirror) {
      return copyRows(
        source.pixels,
        rectOffset(source, rect),
        source.width * CHANNELS,
        target,
        target.offsetBytes,
        target.strideBytes,
        rect,
      );
    }
    this.#reserve(rect, target);
    let picture = this.#load(source, rect);
    for (;;) {
      const across = picture.width >= 2 * target.width;
      const down = picture.height >= 2 * target.height;
      if (!across && !down) break;
      picture = this.#halve(picture, across, down);
    }
    if (picture.width !== target.width || picture.height !== target.height || mirror) {
      picture = this.#interpolate(picture, target, mirror);
    }
    const rowBytes = target.width * CHANNELS;
    copyRows(
      this.#bytes,
      picture.address,
      rowBytes,
      { pixels: target.pixels },
      target.offsetBytes,
      target.strideBytes,
      picture,
    );
  }

  /** Makes room for everything that one call needs. */
  #reserve(rect: PixelRect, target: ResizeTarget): void {
    const needed =
      4 * rect.width * rect.height * CHANNELS + // the source, and its halves, quarters …
      target.width * target.height * CHANNELS +
      8 * (target.width + target.height) + // tables
      2 * rect.width * CHANNELS + // a row of uint16
      10 * SLACK_BYTES;
    const missing = needed - this.#kernel.memory.buffer.byteLength;
    if (missing > 0) this.#kernel.memory.grow(Math.ceil(missing / PAGE_BYTES));
    if (this.#bytes.buffer !== this.#kernel.memory.buffer) this.#bytes = new Uint8Array(this.#kernel.memory.buffer);
    this.#used = 0;
  }

  #allocate(bytes: number): number {
    const address = this.#used;
    this.#used += (bytes + SLACK_BYTES + 15) & ~15;
    return address;
  }

  #load(source: Raster, rect: PixelRect): KernelPicture {
    const { width, height } = rect;
    const address = this.#allocate(width * height * CHANNELS);
    const rowBytes = source.width * CHANNELS;
    copyRows(
      source.pixels,
      rectOffset(source, rect),
      rowBytes,
      { pixels: this.#bytes },
      address,
      width * CHANNELS,
      rect,
    );
    return { address, width, height };
  }

  #halve(from: KernelPicture, across: boolean, down: boolean): KernelPicture {
    const width = across ? from.width >> 1 : from.width;
    const height = down ? from.height >> 1 : from.height;
    const address = this.#allocate(width * height * CHANNELS);
    const { halveBoth, halveAcross, halveDown } = this.#kernel;
    const halve = across && down ? halveBoth : across ? halveAcross : halveDown;
    halve(from.address, from.width * CHANNELS, address, width, height);
    return { address, width, height };
  }

  #interpolate(from: KernelPicture, { width, height }: ResizeTarget, mirror: boolean): KernelPicture {
    const rowBytes = from.width * CHANNELS;
    const columns = this.#store(this.#table(from.width, width, CHANNELS, mirror));
    const rows = this.#store(this.#table(from.height, height, rowBytes, false));
    const scratch = this.#allocate(2 * rowBytes);
    const address = this.#allocate(width * height * CHANNELS);
    const below = from.height > 1 ? rowBytes : 0;
    const { address: source } = from;
    this.#kernel.interpolate(source, rowBytes, below, columns, rows, scratch, address, width * CHANNELS, width, height);
    return { address, width, height };
  }

  #store(table: Int32Array): number {
    const address = this.#allocate(table.byteLength);
    new Int32Array(this.#bytes.buffer, address, table.length).set(table);
    return address;
  }

  #table(from: number, to: number, step: number, mirror: boolean): Int32Array {
    const key = ((from * MAX_SIDE + to) * MAX_SIDE + step) * 2 + (mirror ? 1 : 0);
    let table = this.#tables.get(key);
    if (table === undefined) {
      table = sampleTable(from, to, step, mirror);
      this.#tables.set(key, table);
    }
    return table;
  }
}

let kernelModule: WebAssembly.Module | undefined;

function compiled(): WebAssembly.Module {
  kernelModule ??= new WebAssembly.Module(Buffer.from(RESIZE_KERNEL, 'base64'));
  return kernelModule;
}

/** Per target pixel: offset of the first of its two source pixels (`step` bytes each), and the weight of the second. */
function sampleTable(from: number, to: number, step: number, mirror: boolean): Int32Array {
  const table = new Int32Array(2 * to);
  for (let i = 0; i < to; i++) {
    const position = Math.min(Math.max(((i + 0.5) * from) / to - 0.5, 0), from - 1);
    const index = Math.min(Math.floor(position), Math.max(from - 2, 0));
    const at = mirror ? to - 1 - i : i;
    table[2 * at] = index * step;
    table[2 * at + 1] = Math.round((position - index) * WEIGHT_ONE);
  }
  return table;
}

function rectOffset(source: Raster, { x, y }: PixelRect): number {
  return (y * source.width + x) * CHANNELS;
}

function copyRows(
  from: Uint8Array,
  fromOffset: number,
  fromStride: number,
  to: { readonly pixels: Uint8Array },
  toOffset: number,
  toStride: number,
  { width, height }: { readonly width: number; readonly height: number },
): void {
  const rowBytes = width * CHANNELS;
  if (fromStride === rowBytes && toStride === rowBytes) {
    to.pixels.set(from.subarray(fromOffset, fromOffset + rowBytes * height), toOffset);
    return;
  }
  for (let y = 0; y < height; y++) {
    const offset = fromOffset + y * fromStride;
    to.pixels.set(from.subarray(offset, offset + rowBytes), toOffset + y * toStride);
  }
}
