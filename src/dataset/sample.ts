import type { Raster } from '../types.ts';

/** Where a frame stands in the footage that it is of. */
export interface InFootage {
  /** Names the unbroken recording: in another one nothing is known of this one's frames. */
  readonly run: string;
  readonly seconds: number;
  /** How much it differs from the frame before it, and what is left of such differences (`carriedDifference`) up to it, added up. */
  readonly score: number;
  readonly carried: number;
}

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
  /** Left out of pictures without an order. */
  readonly footage?: InFootage;
  /** @throws WeirError `image-unreadable` */
  load(): Promise<Raster>;
}
