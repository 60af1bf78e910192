import type { CameraConfig } from '../config/schema.ts';
import type { CameraPicture } from '../decode/picture-reader.ts';
import { lookedAtSize } from '../image/picture-size.ts';
import type { Clock, Frame } from '../types.ts';
import { NextOf } from './next-of.ts';
import { PictureWidths } from './picture-widths.ts';
import { Pictures, type Snapshot } from './run-pictures.ts';

/** A picture serves everybody for so long. */
const FRESH_MS = 1_000;
/** No camera is waited for longer, however seldom it is looked at. */
const LONGEST_WAIT_MS = 10_000;
const LEAST_WAIT_MS = 2_500;
/** An alert waits no longer for a picture that is nearer to it. */
const NEAREST_WAIT_MS = 1_500;
/** What an alert shows is older than the newest frame by no more, where frames come. */
const NEAREST_MS = 2_500;
/** Of a live camera, a picture that is older than so many should have come no longer counts. */
const MISSED_PICTURES = 3;

export interface SnapshotParts {
  readonly clock: Clock;
  /** What is configured of a camera; `null`: there is none of that name. */
  readonly camera: (id: string) => Pick<CameraConfig, 'rotate' | 'region' | 'fps' | 'picture'> | null;
  /** Whether frames of it are to be expected. */
  readonly isLive: (id: string) => boolean;
}

/** One copied frame, with what was encoded of it. */
interface Taken {
  readonly takenMs: number;
  readonly ptsSeconds: number;
  readonly atMs: number;
  readonly widths: PictureWidths;
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
  readonly #next = new NextOf();

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
    if (!this.#next.isAwaited(frame.camera)) return;
    const { camera, clock } = this.#parts;
    const { width, height, ptsSeconds, arrivedAtMs, source } = frame;
    const configured = camera(frame.camera);
    const size = source && configured ? lookedAtSize(source, configured.rotate, configured.region) : { width, height };
    const widths = new PictureWidths({ width, height, pixels: frame.pixels.slice() }, size);
    this.#last.set(frame.camera, { takenMs: clock.monotonicMs(), ptsSeconds, atMs: arrivedAtMs, widths });
    setTimeout(() => widths.release(), FRESH_MS).unref();
    this.#next.tell(frame.camera);
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
    return await this.#newest(camera, this.#staleMs(camera), width);
  }

  /** The picture nearest to now: the newest, or the next where that comes sooner than the newest is old. */
  async nearest(camera: string): Promise<Snapshot | null> {
    const ageMs = this.#pictures.ageMs(camera) ?? 0;
    if (ageMs > 0 && this.#parts.isLive(camera)) await this.#pictures.next(camera, Math.min(ageMs, NEAREST_WAIT_MS));
    return await this.#newest(camera, NEAREST_MS + 1_000 * this.#frameSeconds(camera));
  }

  /** What ffmpeg made, unless frames of a live camera go on without it. */
  async #newest(camera: string, staleMs: number, width?: number): Promise<Snapshot | null> {
    const ageMs = this.#pictures.ageMs(camera);
    if (ageMs === null) return await this.#ofFrame(camera, width);
    const ofFrame = ageMs > staleMs && this.#parts.isLive(camera) ? await this.#ofFrame(camera, width) : null;
    const picture = await this.#pictures.newest(camera, width);
    return ofFrame !== null && ofFrame.atMs > (picture?.atMs ?? 0) ? ofFrame : picture;
  }

  /** After how long pictures of a camera should have come. */
  #staleMs(camera: string): number {
    const { everySeconds = 1 } = this.#parts.camera(camera)?.picture ?? {};
    return LEAST_WAIT_MS + MISSED_PICTURES * 1_000 * Math.max(everySeconds, this.#frameSeconds(camera));
  }

  /**
   * Of the next frame of a camera that is looked at, or of one of the last second; of a camera that has none now, of the last that was
   * asked for.
   */
  async #ofFrame(camera: string, width?: number): Promise<Snapshot | null> {
    const { clock, isLive } = this.#parts;
    const isFresh = (taken: Taken | undefined) =>
      taken?.widths.isWhole === true && clock.monotonicMs() - taken.takenMs < FRESH_MS;
    if (!isFresh(this.#last.get(camera)) && isLive(camera)) await this.#next.next(camera, this.#waitMs(camera));
    const taken = this.#last.get(camera);
    if (taken === undefined) return null;
    const jpeg = await taken.widths.jpeg(width);
    return jpeg === null ? null : { jpeg, ptsSeconds: taken.ptsSeconds, atMs: taken.atMs };
  }

  #waitMs(camera: string): number {
    return Math.min(LONGEST_WAIT_MS, Math.max(LEAST_WAIT_MS, 2_000 * this.#frameSeconds(camera)));
  }

  /** From one frame to the next, as it is configured. */
  #frameSeconds(camera: string): number {
    const { fps = 5 } = this.#parts.camera(camera) ?? {};
    return fps === 'all' ? 0 : 1 / fps;
  }
}
