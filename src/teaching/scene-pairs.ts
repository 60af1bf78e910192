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
  const bySource = new Map<string, number[]>();
  for (const [row, source] of sources.entries()) {
    if (Number.isNaN(seconds[row] ?? Number.NaN)) continue;
    const own = bySource.get(source);
    if (own === undefined) bySource.set(source, [row]);
    else own.push(row);
  }
  const pairs: ScenePair[] = [];
  for (const rows of bySource.values()) {
    rows.sort((a, b) => (seconds[a] ?? 0) - (seconds[b] ?? 0) || a - b);
    for (const stride of STRIDES) {
      const detector = new DifferenceDetector();
      let reference = -1;
      for (const [at, row] of rows.entries()) {
        const time = seconds[row] ?? 0;
        const score = detector.score(rasters.subarray(row * RASTER_SIZE, (row + 1) * RASTER_SIZE), time);
        const isRecent = reference >= 0 && time - (seconds[reference] ?? 0) <= MOST_SECONDS;
        if (isRecent && Number.isFinite(score)) pairs.push({ row, reference, score });
        if (at % stride !== 0) continue;
        detector.keep();
        reference = row;
      }
    }
  }
  return pairs;
}
