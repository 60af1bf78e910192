import { createHash } from 'node:crypto';
import { closeSync, mkdirSync, openSync, readSync, unlinkSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { WeirError } from '../errors.ts';
import type { CameraState, Frame, Raster } from '../types.ts';
import { guarded } from './column.ts';
import type { Sample } from './sample.ts';

/** Folds are made of whole blocks of time, so many per source. */
const BLOCKS = 20;
/** Frames this near to another block are left out: they show what its frames show. */
const MARGIN_SECONDS = 1;

/** Something that gives frames; a `CameraDecoder` is one. */
export interface FootageSource {
  start(): Promise<void>;
  stop(): Promise<void>;
}

export interface FootageOptions {
  /** Names the source in samples. */
  readonly id: string;
  /** Makes the source; its frames and states come through the callbacks. */
  readonly open: (callbacks: {
    onFrame: (frame: Frame) => undefined;
    onState: (state: CameraState, reason: string) => void;
  }) => FootageSource;
  /** Folder for the frames' pixels while they are needed. */
  readonly scratch: string;
  readonly mostFrames: number;
  /** A source without an end is read for so long. */
  readonly mostSeconds: number;
  readonly onProgress: (frames: number) => void;
  readonly stop?: AbortSignal;
}

/**
 * Frames of a user's own camera or recording as samples without a truth. Their groups are blocks of time, so that neighbouring
 * frames never stand on both sides of a split.
 *
 * @throws WeirError `footage-failed` if the source cannot be read, `footage-short` if it gives too little to be split,
 * `cache-failed` if its frames cannot be kept; the reason of `stop` when that is aborted
 */
export async function readFootage(options: FootageOptions): Promise<Sample[]> {
  const { id, mostFrames, mostSeconds } = options;
  const store = new FrameStore(join(options.scratch, `footage-${process.pid}-${id}.frames`));
  const times: number[] = [];
  let failure = '';
  let unkept: unknown = null;
  let over = () => {};
  const enough = new Promise<void>((resolve) => {
    over = resolve;
  });
  let stream = -1;
  let offsetSeconds = 0;
  const source = options.open({
    onFrame: (frame) => {
      if (times.length < mostFrames && unkept === null) {
        // Times go on where a source begins anew.
        if (frame.stream !== stream)
          offsetSeconds = times.length === 0 ? 0 : (times.at(-1) ?? 0) + 60 - frame.ptsSeconds;
        stream = frame.stream;
        try {
          if (store.append(frame)) times.push(frame.ptsSeconds + offsetSeconds);
        } catch (error) {
          unkept = error;
          over();
        }
        options.onProgress(times.length);
      }
      frame.release();
      if (times.length >= mostFrames || (times.at(-1) ?? 0) - (times[0] ?? 0) > mostSeconds) over();
      return undefined;
    },
    onState: (state, reason) => {
      if (state === 'failed') {
        failure = reason;
        over();
      }
    },
  });
  const { stop } = options;
  stop?.addEventListener('abort', over, { once: true });
  try {
    if (!stop?.aborted) await Promise.race([source.start(), enough]);
    await source.stop();
    stop?.throwIfAborted();
    if (unkept !== null) throw unkept;
    if (times.length === 0) {
      throw new WeirError('footage-failed', `${id}: ${failure || 'it gave no frame'}`, { remedy: 'check the source' });
    }
    return toSamples(id, times, store);
  } catch (error) {
    store.close();
    throw error;
  } finally {
    stop?.removeEventListener('abort', over);
  }
}

function toSamples(id: string, times: readonly number[], store: FrameStore): Sample[] {
  const first = times[0] ?? 0;
  const blockSeconds = ((times.at(-1) ?? 0) - first) / BLOCKS;
  if (blockSeconds < 4 * MARGIN_SECONDS) {
    throw new WeirError(
      'footage-short',
      `${id}: ${Math.round(blockSeconds * BLOCKS)} s are too short to be split by time`,
      {
        remedy: `give at least ${4 * MARGIN_SECONDS * BLOCKS} s`,
      },
    );
  }
  return times.flatMap((time, index): Sample[] => {
    const block = Math.min(BLOCKS - 1, Math.floor((time - first) / blockSeconds));
    const toBorder = Math.min(time - first - block * blockSeconds, first + (block + 1) * blockSeconds - time);
    const isInner =
      (block === 0 && time - first < blockSeconds / 2) ||
      (block === BLOCKS - 1 && time - first > (block + 0.5) * blockSeconds);
    if (toBorder < MARGIN_SECONDS && !isInner) return [];
    return [
      {
        key: store.keyOf(index),
        name: `${id} at ${time.toFixed(2)} s`,
        condition: id,
        truth: null,
        group: `${id}/${block}`,
        load: async () => store.load(index),
      },
    ];
  });
}

/** Frames of equal size in a file that is gone with the process. */
class FrameStore {
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
