import type { CameraPicture } from '../decode/picture-reader.ts';
import { jpegResized } from '../image/file.ts';
import type { Clock } from '../types.ts';

/** A picture of what a camera sees. */
export interface Snapshot {
  readonly jpeg: Uint8Array;
  readonly ptsSeconds: number;
  /** When its frame arrived, Unix time. */
  readonly atMs: number;
}

/** Different widths of one picture that are kept. */
const MOST_WIDTHS = 8;
const WIDTH_STEP = 16;
/** Room is made in steps, so that pictures of nearly the same size share it. */
const STEP_BYTES = 1 << 14;

/** The newest picture of a camera. */
interface Kept {
  /** Used again for the next one. */
  buffer: Uint8Array;
  bytes: number;
  width: number;
  height: number;
  ptsSeconds: number;
  atMs: number;
  monotonicMs: number;
  /** What was asked for of it, by width; that of its own width is its bytes, copied. */
  asked: Map<number, Promise<Uint8Array>>;
}

/** The newest picture that ffmpeg made of each camera. Nothing is copied or resized again unless somebody asks. */
export class Pictures {
  readonly #clock: Clock;
  readonly #kept = new Map<string, Kept>();
  readonly #waiting = new Map<string, Set<() => void>>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  keep(camera: string, { jpeg, width, height, ptsSeconds }: CameraPicture): void {
    const before = this.#kept.get(camera)?.buffer ?? new Uint8Array(0);
    const room = Math.ceil(jpeg.length / STEP_BYTES) * STEP_BYTES;
    const buffer = before.length < jpeg.length ? new Uint8Array(room) : before;
    buffer.set(jpeg);
    const [atMs, monotonicMs] = [this.#clock.unixMs(), this.#clock.monotonicMs()];
    const bytes = jpeg.length;
    this.#kept.set(camera, { buffer, bytes, width, height, ptsSeconds, atMs, monotonicMs, asked: new Map() });
    const waiting = this.#waiting.get(camera);
    this.#waiting.delete(camera);
    for (const tell of waiting ?? []) tell();
  }

  /** The camera is gone, or is another. */
  forget(camera: string): void {
    this.#kept.delete(camera);
  }

  /** How old the newest is; `null`: there is none. */
  ageMs(camera: string): number | null {
    const kept = this.#kept.get(camera);
    return kept === undefined ? null : this.#clock.monotonicMs() - kept.monotonicMs;
  }

  /** @param width left out: as it is; it is never enlarged @returns `null`: there is none */
  newest(camera: string, width?: number): Promise<Snapshot> | null {
    const kept = this.#kept.get(camera);
    if (kept === undefined) return null;
    const { ptsSeconds, atMs } = kept;
    return this.#ofWidth(kept, width).then((jpeg) => ({ jpeg, ptsSeconds, atMs }));
  }

  /** Resolves with the next picture, or after so long. */
  next(camera: string, limitMs: number): Promise<void> {
    return new Promise((resolve) => {
      const waiting = this.#waiting.get(camera) ?? new Set();
      this.#waiting.set(camera, waiting);
      const tell = () => {
        clearTimeout(late);
        waiting.delete(tell);
        if (waiting.size === 0 && this.#waiting.get(camera) === waiting) this.#waiting.delete(camera);
        resolve();
      };
      const late = setTimeout(tell, limitMs);
      late.unref();
      waiting.add(tell);
    });
  }

  #ofWidth(kept: Kept, asked: number | undefined): Promise<Uint8Array> {
    const wanted = asked === undefined ? kept.width : Math.ceil(asked / WIDTH_STEP) * WIDTH_STEP;
    const width = Math.min(wanted, kept.width);
    const known = kept.asked.get(width);
    if (known !== undefined) return known;
    if (width === kept.width || kept.asked.size >= MOST_WIDTHS) {
      const own = kept.asked.get(kept.width) ?? Promise.resolve(kept.buffer.slice(0, kept.bytes));
      kept.asked.set(kept.width, own);
      return own;
    }
    const height = Math.max(1, Math.round((width * kept.height) / kept.width));
    const resized = this.#ofWidth(kept, undefined).then((jpeg) => jpegResized(jpeg, { width, height }));
    kept.asked.set(width, resized);
    return resized;
  }
}
