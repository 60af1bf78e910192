/** A buffer of a `FramePool`, to be given back once. */
export interface PooledBuffer {
  readonly pixels: Uint8Array;
  release(): void;
}

/**
 * A fixed number of equal buffers in shared memory, so that frames reach the inference threads without being copied and
 * nothing is allocated per frame. Three suffice for a camera: one is filled, one waits, one is classified.
 */
export class FramePool {
  readonly #free: Uint8Array[];
  readonly bytes: number;
  readonly capacity: number;

  constructor(bytes: number, capacity = 3) {
    this.bytes = bytes;
    this.capacity = capacity;
    this.#free = Array.from({ length: capacity }, () => new Uint8Array(new SharedArrayBuffer(bytes)));
  }

  get freeCount(): number {
    return this.#free.length;
  }

  /** A buffer, or `null` while all are in use. */
  acquire(): PooledBuffer | null {
    const pixels = this.#free.pop();
    if (pixels === undefined) return null;
    let released = false;
    return {
      pixels,
      release: () => {
        if (released) return;
        released = true;
        this.#free.push(pixels);
      },
    };
  }
}
