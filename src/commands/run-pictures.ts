import type { CameraPicture } from '../decode/picture-reader.ts';
import type { Clock } from '../types.ts';
import { NextOf } from './next-of.ts';
import { PictureWidths } from './picture-widths.ts';

/** A picture of what a camera sees. */
export interface Snapshot {
  readonly jpeg: Uint8Array;
  readonly ptsSeconds: number;
  /** When its frame arrived, Unix time. */
  readonly atMs: number;
}

/** The newest picture of a camera. */
interface Kept {
  /** Written over by the next one. */
  readonly pixels: Uint8Array;
  readonly width: number;
  readonly height: number;
  readonly ptsSeconds: number;
  readonly atMs: number;
  readonly monotonicMs: number;
  /** Of a copy, which is made when somebody first asks. */
  widths: PictureWidths | null;
}

/** The newest picture that ffmpeg made of each camera. Nothing is encoded unless somebody asks. */
export class Pictures {
  readonly #clock: Clock;
  readonly #kept = new Map<string, Kept>();
  readonly #next = new NextOf();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  keep(camera: string, { pixels, width, height, ptsSeconds }: CameraPicture): void {
    const before = this.#kept.get(camera)?.pixels;
    const room = before?.length === pixels.length ? before : new Uint8Array(pixels.length);
    room.set(pixels);
    const [atMs, monotonicMs] = [this.#clock.unixMs(), this.#clock.monotonicMs()];
    this.#kept.set(camera, { pixels: room, width, height, ptsSeconds, atMs, monotonicMs, widths: null });
    this.#next.tell(camera);
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
  async newest(camera: string, width?: number): Promise<Snapshot | null> {
    const kept = this.#kept.get(camera);
    if (kept === undefined) return null;
    kept.widths ??= new PictureWidths({ width: kept.width, height: kept.height, pixels: kept.pixels.slice() });
    const { ptsSeconds, atMs, widths } = kept;
    const jpeg = await widths.jpeg(width);
    return jpeg === null ? null : { jpeg, ptsSeconds, atMs };
  }

  /** Resolves with the next picture, or after so long. */
  next(camera: string, limitMs: number): Promise<void> {
    return this.#next.next(camera, limitMs);
  }
}
