import { createHash } from 'node:crypto';
import { closeSync, mkdirSync, openSync, readSync, unlinkSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Frame, Raster } from '../types.ts';
import { guarded } from './column.ts';

/** Frames of equal size in a file that is gone with the process. */
export class FrameStore {
  readonly #fd: number;
  readonly #keys: string[] = [];
  #size = { width: 0, height: 0 };

  readonly #path: string;

  /** @throws WeirError `cache-failed` */
  constructor(path: string) {
    this.#path = path;
    this.#fd = guarded(path, () => {
      mkdirSync(dirname(path), { recursive: true });
      const fd = openSync(path, 'w+');
      unlinkSync(path); // it stays readable while it is open
      return fd;
    });
  }

  /** @returns false for a frame of another size, which is left out @throws WeirError `cache-failed` */
  append({ width, height, pixels }: Frame): boolean {
    if (this.#keys.length === 0) this.#size = { width, height };
    if (width !== this.#size.width || height !== this.#size.height) return false;
    guarded(this.#path, () => {
      const written = writeSync(this.#fd, pixels, 0, pixels.length, this.#keys.length * pixels.length);
      if (written < pixels.length) throw new Error(`only ${written} of ${pixels.length} bytes could be written`);
    });
    this.#keys.push(createHash('sha256').update(`${width}x${height}`).update(pixels).digest('hex'));
    return true;
  }

  /** Of the first frame, and so of all. */
  get size(): { readonly width: number; readonly height: number } {
    return this.#size;
  }

  keyOf(index: number): string {
    return this.#keys[index] ?? '';
  }

  close(): void {
    closeSync(this.#fd);
  }

  load(index: number): Raster {
    const { width, height } = this.#size;
    const pixels = new Uint8Array(new SharedArrayBuffer(width * height * 3));
    readSync(this.#fd, pixels, 0, pixels.length, index * pixels.length);
    return { width, height, pixels };
  }
}
