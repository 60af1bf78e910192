import type { Raster } from '../types.ts';

/** A picture to learn from or to be judged by. */
export interface Sample {
  /** Sha256 of the image file, or of the frame's pixels. */
  readonly key: string;
  /** For people: a path, or a clip with a time. */
  readonly name: string;
  /** Which of the named data sets it belongs to. */
  readonly condition: string;
  /** Index of its true class among the ladder's labels; `null` where the reference's answer is the truth (footage). */
  readonly truth: number | null;
  /** Samples of one group are versions of one picture, or of one moment: they never stand on both sides of a split. */
  readonly group: string;
  /** Of footage: when it was shown, on its source's time line. */
  readonly seconds?: number;
  /** @throws WeirError `image-unreadable` */
  load(): Promise<Raster>;
}
