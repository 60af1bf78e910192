import { JumpCounter } from './jumps.ts';
import { NutDemuxer } from './nut.ts';

/** A picture of a frame, for people. */
export interface CameraPicture {
  /** The frame's, on the source's own time line. */
  readonly ptsSeconds: number;
  readonly width: number;
  readonly height: number;
  /** To be copied by whoever takes it: the bytes are written over after the call. */
  readonly jpeg: Uint8Array;
}

export interface PictureReaderParts {
  /** No picture has a longer side; what has more bytes than one that is not compressed is left out. */
  readonly maxSide: number;
  readonly onPicture: (picture: CameraPicture) => void;
  /** A picture was left out: it is too large, or too many wait for their frames. */
  readonly onDropped: () => void;
}

interface Slot {
  buffer: Uint8Array;
  bytes: number;
  markedSeconds: number;
}

/** ffmpeg may read ahead of a recording's pace by some frames; of each, at most one picture. */
const MOST_WAITING = 24;
const BYTES_PER_PIXEL = 1.5;
/** Room is made in steps, so that pictures of nearly the same size share it. */
const STEP_BYTES = 1 << 14;

/**
 * The end of ffmpeg's second pipe: takes NUT bytes with JPEGs in any chunking, always at once, and hands each over when its
 * frame has been reached, not before: ffmpeg reads recordings ahead of the pace at which their frames are looked at. Of those
 * whose frames have been reached only the newest counts. Buffers are used again.
 */
export class PictureReader {
  readonly #parts: PictureReaderParts;
  readonly #demuxer: NutDemuxer;
  readonly #jumps = new JumpCounter();
  readonly #mostBytes: number;
  readonly #free: Slot[] = [];
  /** In order of their times. */
  readonly #waiting: Slot[] = [];
  #filling: Slot | null = null;
  #reachedSeconds = Number.NEGATIVE_INFINITY;
  #size = { width: 0, height: 0 };
  #isBroken = false;

  constructor(parts: PictureReaderParts) {
    this.#parts = parts;
    this.#mostBytes = STEP_BYTES + Math.ceil(parts.maxSide * parts.maxSide * BYTES_PER_PIXEL);
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
    if (bytes > this.#mostBytes || this.#waiting.length >= MOST_WAITING) {
      this.#parts.onDropped();
      return null;
    }
    const slot = this.#free.pop() ?? { buffer: new Uint8Array(0), bytes: 0, markedSeconds: 0 };
    if (slot.buffer.length < bytes) slot.buffer = new Uint8Array(Math.ceil(bytes / STEP_BYTES) * STEP_BYTES);
    slot.bytes = bytes;
    slot.markedSeconds = markedSeconds;
    this.#filling = slot;
    return slot.buffer;
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
    this.#parts.onPicture({ ptsSeconds, ...this.#size, jpeg: newest.buffer.subarray(0, newest.bytes) });
    this.#free.push(newest);
  }
}
