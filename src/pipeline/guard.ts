import type { Frame } from '../types.ts';

/** Says whether a camera still shows the scene that taught it. */
export interface SceneWatching {
  /** @param raster `uint8 [48][48][3]` */
  observe(raster: Uint8Array, seconds: number): 'same' | 'moved';
}

export interface GuardParts {
  /** There are heads, and they cannot be used. */
  readonly areUnusable: boolean;
  /** `null`: nothing was taught that could be doubtful. */
  readonly watch: SceneWatching | null;
  /** Size of the frames that taught; `null`: frames are not kept at that size, it tells nothing. */
  readonly picture: { readonly width: number; readonly height: number } | null;
  readonly onNotice: (text: string) => void;
}

/** Often enough to see that a camera was moved. */
const WATCH_EVERY_SECONDS = 1;

/**
 * Watches for what makes heads doubtful or useless: a camera that was moved, pictures of another size than those that taught, heads that
 * cannot be used.
 */
export class HeadsGuard {
  readonly #parts: GuardParts;
  #seenSeconds = Number.NaN;
  #size = '';
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

  #compareSize({ width, height }: Frame): void {
    const { picture, onNotice } = this.#parts;
    const size = `${width}x${height}`;
    if (picture === null || size === this.#size) return;
    this.#size = size;
    this.#isOther = width !== picture.width || height !== picture.height;
    if (!this.#isOther) return;
    onNotice(
      `frames are ${size}, and it was taught with ${picture.width}x${picture.height}: what it was taught is doubtful; teach it with this picture`,
    );
  }
}
