import { Writable } from 'node:stream';
import { WeirError } from '../errors.ts';
import { FramePool, type PooledBuffer } from './frame-pool.ts';
import { NutDemuxer } from './nut.ts';

/** Below this there is nothing to see. */
const MIN_SIDE = 16;

/** A frame that the framer has put together. Its buffer must be released by whoever takes it. */
export interface FramedPicture {
  readonly ptsSeconds: number;
  readonly width: number;
  readonly height: number;
  readonly buffer: PooledBuffer;
}

/**
 * The end of ffmpeg's pipe: takes NUT bytes in any chunking and gives whole frames. While `onPicture`'s promise is
 * pending nothing more is read, so that ffmpeg waits (back-pressure). A frame for which no buffer is free is skipped.
 *
 * Fails with `too-small` on pictures in which there is nothing to see.
 */
export class Framer extends Writable {
  readonly #demuxer: NutDemuxer;
  readonly #onPicture: (picture: FramedPicture) => Promise<void> | undefined;
  readonly #onSkipped: () => void;
  #pool: FramePool | null = null;
  #size = { width: 0, height: 0 };
  #ptsSeconds = 0;
  #filling: PooledBuffer | null = null;
  #complete: PooledBuffer | null = null;

  constructor(onPicture: (picture: FramedPicture) => Promise<void> | undefined, onSkipped: () => void) {
    super({ highWaterMark: 1 << 16, decodeStrings: false });
    this.#onPicture = onPicture;
    this.#onSkipped = onSkipped;
    this.#demuxer = new NutDemuxer({
      header: ({ width, height }) => {
        if (Math.min(width, height) < MIN_SIDE) {
          throw new WeirError('too-small', `its pictures are ${width}x${height} pixels, too small to classify`, {
            remedy: 'use a larger stream of the camera, or a larger region',
          });
        }
        this.#size = { width, height };
        this.#pool = new FramePool(width * height * 3);
      },
      beginFrame: (ptsSeconds, bytes) => this.#begin(ptsSeconds, bytes),
      endFrame: () => {
        this.#complete = this.#filling;
        this.#filling = null;
      },
    });
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#consume(chunk, 0, done);
  }

  #consume(chunk: Buffer, offset: number, done: (error?: Error | null) => void): void {
    try {
      let at = offset;
      while (at < chunk.length) {
        at = this.#demuxer.push(chunk, at);
        if (this.#complete === null) continue;
        const buffer = this.#complete;
        this.#complete = null;
        const pending = this.#onPicture({ ptsSeconds: this.#ptsSeconds, ...this.#size, buffer });
        if (pending === undefined) continue;
        pending.then(() => this.#consume(chunk, at, done), done);
        return;
      }
      done();
    } catch (error) {
      done(error instanceof Error ? error : new Error(String(error)));
    }
  }

  #begin(ptsSeconds: number, bytes: number): Uint8Array | null {
    if (bytes !== this.#pool?.bytes) {
      throw new WeirError('decode-stream', `ffmpeg sent a frame of ${bytes} bytes, not ${this.#pool?.bytes}`, {
        remedy: 'report it with the version of ffmpeg',
      });
    }
    this.#ptsSeconds = ptsSeconds;
    this.#filling = this.#pool?.acquire() ?? null;
    if (this.#filling === null) this.#onSkipped();
    return this.#filling?.pixels ?? null;
  }
}
