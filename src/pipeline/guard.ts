import type { Frame } from '../types.ts';

/** Says whether a camera still shows the scene that taught it. */
export interface SceneWatching {
  /** @param raster `uint8 [48][48][3]` */
  observe(raster: Uint8Array, seconds: number): 'same' | 'moved';
}

interface Size {
  readonly width: number;
  readonly height: number;
}

/** A size that frames have, and the one that taught. */
export interface PictureCheck {
  readonly taught: Size;
  /** `null` while it is not known. */
  readonly of: (frame: Frame) => Size | null;
}

export interface GuardParts {
  /** There are heads, and they cannot be used. */
  readonly areUnusable: boolean;
  /** `null`: nothing was taught that could be doubtful. */
  readonly watch: SceneWatching | null;
  /** `null`: nothing is known of what taught, its size tells nothing. */
  readonly picture: PictureCheck | null;
  readonly onNotice: (text: string) => void;
}

/** Often enough to see that a camera was moved. */
const WATCH_EVERY_SECONDS = 1;
/** Where a part is cut out of a picture, sizes are rounded, and to even numbers. */
const ROUNDING_PIXELS = 2;

/**
 * Watches for what makes heads doubtful or useless: a camera that was moved, pictures of another size than those that taught, heads that
 * cannot be used.
 */
export class HeadsGuard {
  readonly #parts: GuardParts;
  #seenSeconds = Number.NaN;
  #width = 0;
  #height = 0;
  #isMoved = false;
  #isOther = false;

  constructor(parts: GuardParts) {
    this.#parts = parts;
  }

  /**
   * @param raster gives the small raster of the frame
   * @returns names of what is wrong
   */
  troubles(frame: Frame, raster: () => Uint8Array): readonly string[] {
    const { areUnusable, watch } = this.#parts;
    this.#compareSize(frame);
    // Also where times jump back.
    if (watch !== null && !(Math.abs(frame.ptsSeconds - this.#seenSeconds) < WATCH_EVERY_SECONDS)) {
      this.#seenSeconds = frame.ptsSeconds;
      this.#isMoved = watch.observe(raster(), frame.ptsSeconds) === 'moved';
    }
    return [
      ...(areUnusable ? ['heads'] : []),
      ...(this.#isMoved ? ['moved'] : []),
      ...(this.#isOther ? ['other-picture'] : []),
    ];
  }

  #compareSize(frame: Frame): void {
    const { picture, onNotice } = this.#parts;
    const size = picture?.of(frame) ?? null;
    if (picture === null || size === null || (size.width === this.#width && size.height === this.#height)) return;
    const { taught } = picture;
    this.#width = size.width;
    this.#height = size.height;
    this.#isOther =
      Math.abs(size.width - taught.width) > ROUNDING_PIXELS || Math.abs(size.height - taught.height) > ROUNDING_PIXELS;
    if (!this.#isOther) return;
    onNotice(
      `its picture is ${size.width}x${size.height}, and it was taught with ${taught.width}x${taught.height}: what it was taught is doubtful; teach it with this picture`,
    );
  }
}
