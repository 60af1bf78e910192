import { RASTER_SIZE } from '../heads/zero.ts';
import { DifferenceDetector } from '../scene/difference.ts';

/** A frame is compared with the frames that were kept each so many frames: with near ones and with far ones. */
const STRIDES = [1, 3, 9, 27] as const;
/** Of so many pairs of a frame each counts its share: they are of one moment. */
export const PAIRS_A_FRAME = STRIDES.length;
/** A camera tells an answer again for so long, unless another time is asked for: what is older is not compared. */
const MOST_SECONDS = 10;

/** A frame and one before it, as the camera would compare them. */
export interface ScenePair {
  /** Number of the frame, and of the earlier one. */
  readonly row: number;
  readonly reference: number;
  /** How much the scene differs; see `DifferenceDetector`. */
  readonly score: number;
}

/** Frames of one or several sources, in any order. */
export interface TimedRasters {
  /** `uint8 [frames][48][48][3]` */
  readonly rasters: Uint8Array;
  readonly sources: readonly string[];
  /** On the source's time line; NaN where there is none: such frames are not compared. */
  readonly seconds: ArrayLike<number>;
}

/** Plays frames in order of time, each source by itself, and compares each with earlier ones of several ages. */
export function scenePairs({ rasters, sources, seconds }: TimedRasters): ScenePair[] {
  return inOrder(sources, seconds).flatMap((rows) => {
    const compared = new SourcePairs();
    for (const row of rows) {
      compared.take(row, seconds[row] ?? 0, rasters.subarray(row * RASTER_SIZE, (row + 1) * RASTER_SIZE));
    }
    return compared.pairs;
  });
}

/**
 * The frames of each source in order of time; those that have no time are left out.
 *
 * @param sources by frame
 * @param seconds by frame; NaN where there is none
 */
export function inOrder(sources: readonly string[], seconds: ArrayLike<number>): number[][] {
  const bySource = new Map<string, number[]>();
  for (const [row, source] of sources.entries()) {
    if (Number.isNaN(seconds[row] ?? Number.NaN)) continue;
    const own = bySource.get(source);
    if (own === undefined) bySource.set(source, [row]);
    else own.push(row);
  }
  return [...bySource.values()].map((rows) => rows.sort((a, b) => (seconds[a] ?? 0) - (seconds[b] ?? 0) || a - b));
}

/** The pairs of one source, whose frames are given in order of time. Holds no frame longer than it compares with it. */
export class SourcePairs {
  readonly pairs: ScenePair[] = [];
  readonly #kept = STRIDES.map((stride) => ({
    stride,
    detector: new DifferenceDetector(),
    row: -1,
    seconds: Number.NaN,
  }));
  #count = 0;

  /** @param raster `uint8 [48][48][3]` */
  take(row: number, seconds: number, raster: Uint8Array): void {
    for (const kept of this.#kept) {
      const score = kept.detector.score(raster, seconds);
      const isRecent = kept.row >= 0 && seconds - kept.seconds <= MOST_SECONDS;
      if (isRecent && Number.isFinite(score)) this.pairs.push({ row, reference: kept.row, score });
      if (this.#count % kept.stride !== 0) continue;
      kept.detector.keep();
      kept.row = row;
      kept.seconds = seconds;
    }
    this.#count++;
  }
}
