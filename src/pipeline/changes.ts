import type { Frame } from '../types.ts';

/** Says how much a frame differs from the one that was asked last. */
export interface SceneChange {
  /** @param raster gives the small raster, `uint8 [48][48][3]` @returns 0: not at all; `Infinity` where nothing can be compared */
  score(frame: Frame, raster: () => Uint8Array): number;
  /** The frame that was scored last is what later ones are compared with. */
  keep(): void;
  /** Nothing is to be compared with what was before. */
  reset(): void;
}

/** How much frames differ, as reuse and memory see it, be it by the same measure or by two; scores are of the last frame. */
export class SceneChanges {
  readonly #forReuse: SceneChange | null;
  readonly #forMemory: SceneChange | null;
  readonly #all: readonly SceneChange[];
  /** `Infinity` where nothing can be compared. */
  ofReuse = Infinity;
  ofMemory = Infinity;
  /** Stream and size of the last frame. */
  #stream = Number.NaN;
  #width = 0;
  #height = 0;

  /** @param forReuse `null`: reuse does not ask @param forMemory the same */
  constructor(forReuse: SceneChange | null, forMemory: SceneChange | null) {
    this.#forReuse = forReuse;
    this.#forMemory = forMemory;
    this.#all = [...new Set([forReuse ?? [], forMemory ?? []].flat())];
  }

  /** @returns whether the frame has nothing to do with those before: it is of another stream or size */
  compare(frame: Frame, raster: () => Uint8Array): boolean {
    if (this.#all.length === 0) return false;
    const { stream, width, height } = frame;
    const isApart = stream !== this.#stream || width !== this.#width || height !== this.#height;
    this.#stream = stream;
    this.#width = width;
    this.#height = height;
    for (const change of this.#all) {
      if (isApart) change.reset();
      const score = change.score(frame, raster);
      if (change === this.#forReuse) this.ofReuse = score;
      if (change === this.#forMemory) this.ofMemory = score;
    }
    return isApart;
  }

  keep(): void {
    for (const change of this.#all) change.keep();
  }
}
