import type { CameraConfig } from '../config/schema.ts';
import type { CameraPicture } from '../decode/picture-reader.ts';
import { jpegOfSize } from '../image/file.ts';
import { lookedAtSize } from '../image/picture-size.ts';
import type { Clock, Frame, Raster } from '../types.ts';
import { Pictures, type Snapshot } from './run-pictures.ts';

/** A picture serves everybody for so long. */
const FRESH_MS = 1_000;
/** No camera is waited for longer, however seldom it is looked at. */
const LONGEST_WAIT_MS = 10_000;
const LEAST_WAIT_MS = 2_500;
/** An alert waits no longer for a picture that is nearer to it. */
const NEAREST_WAIT_MS = 1_500;
/** Different widths of one picture that are kept. */
const MOST_WIDTHS = 8;
const WIDTH_STEP = 16;

export interface SnapshotParts {
  readonly clock: Clock;
  /** What is configured of a camera; `null`: there is none of that name. */
  readonly camera: (id: string) => Pick<CameraConfig, 'rotate' | 'region' | 'fps'> | null;
  /** Whether frames of it are to be expected. */
  readonly isLive: (id: string) => boolean;
}

/** One copied frame, with what was encoded of it. */
interface Taken {
  readonly takenMs: number;
  readonly ptsSeconds: number;
  readonly atMs: number;
  /** Let go when it is no longer fresh: what was encoded stays. */
  raster: Raster | null;
  readonly size: { readonly width: number; readonly height: number };
  readonly encoded: Map<number, Promise<Uint8Array>>;
}

/**
 * Pictures of cameras for whoever asks: those that ffmpeg makes, or, where it makes none or none came yet, of frames as
 * rungs see them; of these, nothing is copied while nobody asks.
 */
export class Snapshots {
  readonly #parts: SnapshotParts;
  readonly #pictures: Pictures;
  readonly #dropped = new Map<string, number>();
  readonly #last = new Map<string, Taken>();
  readonly #waiting = new Map<string, Set<() => void>>();

  constructor(parts: SnapshotParts) {
    this.#parts = parts;
    this.#pictures = new Pictures(parts.clock);
  }

  /** Pictures that ffmpeg made and that were left out, by camera. */
  get dropped(): ReadonlyMap<string, number> {
    return this.#dropped;
  }

  /** ffmpeg made a picture of a frame that is looked at; it is copied. */
  made(camera: string, picture: CameraPicture): void {
    this.#pictures.keep(camera, picture);
  }

  leftOut(camera: string): void {
    this.#dropped.set(camera, (this.#dropped.get(camera) ?? 0) + 1);
  }

  /**
   * To be called with every frame that was looked at, while its pixels may be read: they are copied only where somebody waits for them.
   */
  looked(frame: Frame): void {
    const waiting = this.#waiting.get(frame.camera);
    if (waiting === undefined) return;
    this.#waiting.delete(frame.camera);
    const { camera, clock } = this.#parts;
    const { width, height, ptsSeconds, arrivedAtMs, source } = frame;
    const configured = camera(frame.camera);
    const size = source && configured ? lookedAtSize(source, configured.rotate, configured.region) : { width, height };
    const taken: Taken = {
      takenMs: clock.monotonicMs(),
      ptsSeconds,
      atMs: arrivedAtMs,
      raster: { width, height, pixels: frame.pixels.slice() },
      size,
      encoded: new Map(),
    };
    this.#last.set(frame.camera, taken);
    setTimeout(() => {
      taken.raster = null;
    }, FRESH_MS).unref();
    for (const tell of waiting) tell();
  }

  /** The camera is gone. */
  forget(camera: string): void {
    this.#last.delete(camera);
    this.#pictures.forget(camera);
    this.#dropped.delete(camera);
  }

  /**
   * The newest picture of a camera.
   *
   * @param width in pixels; left out: as large as it is kept. Never larger than the source's picture, nor than what ffmpeg made
   * @returns `null`: there is no picture
   */
  async take(camera: string, width?: number): Promise<Snapshot | null> {
    return await (this.#pictures.newest(camera, width) ?? this.#ofFrame(camera, width));
  }

  /** The picture nearest to now: the newest, or the next where that comes sooner than the newest is old. */
  async nearest(camera: string): Promise<Snapshot | null> {
    const ageMs = this.#pictures.ageMs(camera) ?? 0;
    if (ageMs > 0 && this.#parts.isLive(camera)) await this.#pictures.next(camera, Math.min(ageMs, NEAREST_WAIT_MS));
    return await this.take(camera);
  }

  /**
   * Of the next frame of a camera that is looked at, or of one of the last second; of a camera that has none now, of the last that was
   * asked for.
   */
  async #ofFrame(camera: string, width?: number): Promise<Snapshot | null> {
    const { clock, isLive } = this.#parts;
    const isFresh = (taken: Taken | undefined) =>
      taken !== undefined && taken.raster !== null && clock.monotonicMs() - taken.takenMs < FRESH_MS;
    if (!isFresh(this.#last.get(camera)) && isLive(camera)) await this.#next(camera);
    const taken = this.#last.get(camera);
    if (taken === undefined) return null;
    const jpeg = await this.#encoded(taken, width);
    return jpeg === null ? null : { jpeg, ptsSeconds: taken.ptsSeconds, atMs: taken.atMs };
  }

  /** Resolves with the next frame, or when none came for too long. */
  #next(camera: string): Promise<void> {
    const { fps = 5 } = this.#parts.camera(camera) ?? {};
    const usualMs = fps === 'all' ? 0 : 2_000 / fps;
    const waitMs = Math.min(LONGEST_WAIT_MS, Math.max(LEAST_WAIT_MS, usualMs));
    return new Promise((resolve) => {
      const waiting = this.#waiting.get(camera) ?? new Set();
      this.#waiting.set(camera, waiting);
      const tell = () => {
        clearTimeout(late);
        resolve();
      };
      const late = setTimeout(() => {
        waiting.delete(tell);
        if (waiting.size === 0 && this.#waiting.get(camera) === waiting) this.#waiting.delete(camera);
        resolve();
      }, waitMs);
      late.unref();
      waiting.add(tell);
    });
  }

  async #encoded(taken: Taken, asked: number | undefined): Promise<Uint8Array | null> {
    const { raster, size, encoded } = taken;
    const kept =
      raster === null ? null : Math.max(raster.width, Math.round((raster.height * size.width) / size.height));
    const wanted = asked === undefined ? (kept ?? 0) : Math.ceil(asked / WIDTH_STEP) * WIDTH_STEP;
    const width = Math.max(1, Math.min(wanted, size.width));
    const known = encoded.get(width);
    if (known !== undefined) return await known;
    if (raster === null || encoded.size >= MOST_WIDTHS) return (await [...encoded.values()].at(-1)) ?? null;
    const jpeg = jpegOfSize(raster, { width, height: Math.max(1, Math.round((width * size.height) / size.width)) });
    encoded.set(width, jpeg);
    return await jpeg;
  }
}
