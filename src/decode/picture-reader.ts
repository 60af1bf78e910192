import type { Raster } from '../types.ts';
import { JumpCounter } from './jumps.ts';
import { NutDemuxer } from './nut.ts';

/** A picture of a frame, for people. Its pixels are to be copied by whoever takes it: they are written over after the call. */
export interface CameraPicture extends Raster {
  /** The frame's, on the source's own time line. */
  readonly ptsSeconds: number;
}

export interface PictureReaderParts {
  /** No picture has a longer side. */
  readonly maxSide: number;
  readonly onPicture: (picture: CameraPicture) => void;
  /** A picture was left out: it is not of the size that ffmpeg told, or too many wait for their frames. */
  readonly onDropped: () => void;
}

interface Slot {
  readonly pixels: Uint8Array;
  markedSeconds: number;
}

/** ffmpeg may read ahead of a recording's pace by some frames; of each, at most one picture. */
const MOST_WAITING = 8;

/**
 * The end of ffmpeg's second pipe: takes NUT bytes with RGB pictures in any chunking, always at once, and hands each over when
 * its frame has been reached, not before: ffmpeg reads recordings ahead of the pace at which their frames are looked at. Of those
 * whose frames have been reached only the newest counts. Buffers are used again.
 */
export class PictureReader {
  readonly #parts: PictureReaderParts;
  readonly #demuxer: NutDemuxer;
  readonly #jumps = new JumpCounter();
  readonly #free: Slot[] = [];
  /** In order of their times. */
  readonly #waiting: Slot[] = [];
  #filling: Slot | null = null;
  #reachedSeconds = Number.NEGATIVE_INFINITY;
  #size = { width: 0, height: 0 };
  #isBroken = false;

  constructor(parts: PictureReaderParts) {
    this.#parts = parts;
    this.#demuxer = new NutDemuxer({
      header: ({ width, height }) => {
        this.#size = { width, height };
      },
      beginFrame: (markedSeconds, bytes) => this.#begin(markedSeconds, bytes),
      endFrame: () => this.#complete(),
    });
  }

  /** Never fails and never waits: what cannot be understood is no longer looked at, and frames go on. */
  push(bytes: Uint8Array): void {
    if (this.#isBroken) return;
    try {
      for (let at = 0; at < bytes.length; ) at = this.#demuxer.push(bytes, at);
    } catch {
      this.#isBroken = true;
      this.#parts.onDropped();
    }
  }

  /** The frame of this time, jumps marked, is being looked at. */
  reached(markedSeconds: number): void {
    this.#reachedSeconds = markedSeconds;
    this.#handOver();
  }

  #begin(markedSeconds: number, bytes: number): Uint8Array | null {
    const { width, height } = this.#size;
    const isOther = bytes !== width * height * 3 || Math.max(width, height) > this.#parts.maxSide;
    if (isOther || this.#waiting.length >= MOST_WAITING) {
      this.#parts.onDropped();
      return null;
    }
    const slot = this.#free.pop() ?? { pixels: new Uint8Array(bytes), markedSeconds: 0 };
    slot.markedSeconds = markedSeconds;
    this.#filling = slot;
    return slot.pixels;
  }

  #complete(): void {
    if (this.#filling === null) return;
    this.#waiting.push(this.#filling);
    this.#filling = null;
    this.#handOver();
  }

  #handOver(): void {
    let newest: Slot | null = null;
    while ((this.#waiting[0]?.markedSeconds ?? Number.POSITIVE_INFINITY) <= this.#reachedSeconds) {
      if (newest !== null) this.#free.push(newest);
      newest = this.#waiting.shift() ?? null;
    }
    if (newest === null) return;
    const { ptsSeconds } = this.#jumps.split(newest.markedSeconds);
    this.#parts.onPicture({ ptsSeconds, ...this.#size, pixels: newest.pixels });
    this.#free.push(newest);
  }
}
