import { FEATURE_SIDE } from '../features/extractor.ts';
import type { Raster } from '../types.ts';

/** Of the small rasters that are recorded. */
export const RASTER_BYTES = FEATURE_SIDE * FEATURE_SIDE * 3;

/** What a rung gave for every frame, and what it took. */
export interface TraceRung {
  readonly id: string;
  /** Runs that were measured, from leaving the queue to the answer on the main thread; with `runMs` by position. */
  readonly serviceMs: readonly number[];
  /** `session.run` alone. */
  readonly runMs: readonly number[];
  /** `float32 [frames][classes]` */
  readonly logits: Float32Array;
  /** Length of its embedding; 0 where none was recorded. */
  readonly embeddingSize: number;
  /** `float32 [frames][embeddingSize]` */
  readonly embeddings: Float32Array;
}

/** What the main thread spends, in milliseconds. */
export interface MainThreadCosts {
  /** On taking a frame from the decoder. */
  readonly arrivalMs: number;
  /** On its small raster, and on how that differs from the one before. */
  readonly rasterMs: number;
  /** On the features of the picture that a premodel reads. */
  readonly featuresMs: number;
  /** On taking a rung's answer for evidence, and ranking it. */
  readonly readMs: number;
  /** On rung zero's embedding. */
  readonly zeroMs: number;
}

export interface TraceFrame {
  /** From the beginning of the clip. */
  readonly seconds: number;
  /** By question: labels that are right; a question that is not there is not scored. */
  readonly truth: Readonly<Record<string, readonly string[]>>;
}

/** What the rungs say of every frame of a clip, and what they take: enough to decide all of it again, without a model and without pixels. */
export interface Trace {
  readonly ladder: { readonly name: string; readonly fingerprint: string };
  /** Of whom the answers are those that others are to agree with. */
  readonly reference: string;
  readonly clip: string;
  /** The camera whose heads it was recorded for; left out where there were none. */
  readonly taughtCamera?: string | undefined;
  readonly device: string;
  /** Slots that ran at once while rungs were measured. */
  readonly slots: number;
  /** Size of the frames that were classified. */
  readonly picture: { readonly width: number; readonly height: number };
  readonly classes: number;
  readonly rungs: readonly TraceRung[];
  readonly main: MainThreadCosts;
  readonly frames: readonly TraceFrame[];
  /** `uint8 [frames][48][48][3]` */
  readonly rasters: Uint8Array;
}

/** A trace with some of its rungs alone, as a pool that has loaded no others. */
export function withRungs(trace: Trace, ids: readonly string[]): Trace {
  return { ...trace, rungs: trace.rungs.filter(({ id }) => ids.includes(id)) };
}

/** When the frames of a trace are shown. */
export function secondsOf({ frames }: Pick<Trace, 'frames'>): number[] {
  return frames.map(({ seconds }) => seconds);
}

/** Frames a second, on average. @param seconds times that grow; of less than two there is no rate */
export function rateHz(seconds: readonly number[]): number | null {
  const spanned = (seconds.at(-1) ?? 0) - (seconds[0] ?? 0);
  return spanned > 0 ? (seconds.length - 1) / spanned : null;
}

/** Length of a clip: up to where the frame behind its last would stand. */
function lengthSeconds({ frames }: Pick<Trace, 'frames'>): number {
  const last = frames.at(-1)?.seconds ?? 0;
  return frames.length < 2 ? 1 : (last * frames.length) / (frames.length - 1);
}

/** Times are told to the millisecond and less: what is nearer than this is the same. */
const ROUNDING_SECONDS = 1e-3;

/** Whether a moment lies behind the last frame's time: a clip that is looped begins anew. */
export function isOver(trace: Pick<Trace, 'frames'>, seconds: number): boolean {
  return seconds > lengthSeconds(trace) - ROUNDING_SECONDS;
}

/** The frame that a decoder would show of a moment: the first at or after it; the last where there is none. */
export function frameAt({ frames }: Pick<Trace, 'frames'>, seconds: number): number {
  let [low, high] = [0, frames.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((frames[middle]?.seconds ?? 0) < seconds - ROUNDING_SECONDS) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The small raster of a frame of a trace, with its number. */
export class TraceRaster implements Raster {
  readonly width = FEATURE_SIDE;
  readonly height = FEATURE_SIDE;
  readonly pixels: Uint8Array;
  readonly index: number;

  constructor({ rasters }: Pick<Trace, 'rasters'>, index: number) {
    this.pixels = rasters.subarray(index * RASTER_BYTES, (index + 1) * RASTER_BYTES);
    this.index = index;
  }
}
