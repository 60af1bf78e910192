/**
 * The vocabulary of Weir. Times in `…Ms` are milliseconds: with `At` in the name they are Unix times, without they are
 * durations or readings of a monotonic clock. Ratios are 0..1.
 */

import type { ClockState } from './device-types.ts';

export type { ClockState, ClockStateName, CpuReading, DeviceMonitor, DeviceReading } from './device-types.ts';

/** Where time comes from: durations are measured with the monotonic clock, times of day with the wall clock. */
export interface Clock {
  /** Milliseconds since an arbitrary moment; never goes back; the same origin in every thread of the process. */
  monotonicMs(): number;
  /** Unix time in milliseconds. */
  unixMs(): number;
}

/** `[x, y, width, height]` in ratios of the frame. */
export type Box = readonly [number, number, number, number];

export const WHOLE_FRAME: Box = [0, 0, 1, 1];

/** Name of the ladder that ships with Weir. */
export const SHIPPED_LADDER = 'imagenet-1k';

/** An RGB picture: `uint8 [height][width][3]`, rows without padding. */
export interface Raster {
  readonly width: number;
  readonly height: number;
  readonly pixels: Uint8Array;
}

/** One decoded picture of one camera. Its pixels lie in shared memory and are reused after `release`. */
export interface Frame extends Raster {
  readonly camera: string;
  /** Grows by one whenever the source is opened anew: reconnect or loop. */
  readonly stream: number;
  /** Presentation time of the source frame that this is, in seconds; grows within a stream. */
  readonly ptsSeconds: number;
  readonly source?: Pick<Raster, 'width' | 'height'> | null; // before it is turned, cut, scaled; `null`: not told yet
  readonly arrivedAtMs: number;
  /** Monotonic time of arrival: the moment when the last byte of the frame was there. The budget counts from it. */
  readonly arrivedMs: number;
  /** Gives the pixels back to the camera's pool. Call once; the frame must not be read afterwards. */
  release(): void;
}

export type Fit = 'stretch' | 'crop' | 'letterbox';
export type RungView = 'whole' | 'mirror' | 'centre';
export type Precision = 'int8' | 'fp16' | 'fp32';

/** How a model wants its input: see `weir.ladder/1`. */
export interface RungInput {
  readonly width: number;
  readonly height: number;
  readonly fit: Fit;
}

/** A classifier of the ladder: a model file at one input size, precision and view. */
export interface Rung {
  readonly id: string;
  readonly model: string;
  /** Absolute path of the ONNX file. */
  readonly path: string;
  readonly sha256: string;
  readonly input: RungInput;
  readonly view: RungView;
  readonly precision: Precision;
  readonly macsMillions: number;
  readonly layout: 'nhwc' | 'nchw';
  readonly dtype: 'uint8' | 'float32';
  /** Normalisation `(x − mean) / std` per channel, applied by Weir only where `dtype` is `float32`. */
  readonly mean: readonly [number, number, number];
  readonly std: readonly [number, number, number];
  readonly output: 'logits' | 'probabilities';
  readonly defaults: RungDefaults;
}

/** The plain cascade's parameters of a rung, until a trained premodel replaces them. */
export interface RungDefaults {
  readonly temperature: number;
  /** The answer in hand is accepted at a confidence of at least this. */
  readonly threshold: number;
  readonly mergeWeight: number;
}

export interface LabelClass {
  /** For ImageNet ladders the WordNet id, e.g. `n02123045`. */
  readonly id: string;
  readonly name: string;
}

/** Classifiers over one list of labels, ordered from cheapest to most capable. */
export interface Ladder {
  readonly name: string;
  readonly labels: readonly LabelClass[];
  readonly rungs: readonly Rung[];
  /** Id of the top rung: what `…VsTop`, audits and teacher labels compare with. */
  readonly reference: string;
  readonly fingerprint: string;
}

export type CameraState = 'connecting' | 'live' | 'stalled' | 'failed' | 'ended' | 'paused' | 'removed';

/** Why a frame's climb ended. */
export type StopReason = 'accepted' | 'top' | 'budget' | 'unchanged' | 'still' | 'fixed';

export interface RankedClass {
  readonly label: string;
  readonly classId: string;
  readonly confidence: number;
}

/** A rung that ran for a frame. */
export interface PathStep {
  readonly rung: string;
  /** Time in front of the inference slots. */
  readonly waitMs: number;
  /** Time of `session.run` alone. */
  readonly runMs: number;
  /** Confidence of the answer in hand after this rung. */
  readonly confidence: number;
}

/** What was looked at. */
export interface ViewTaken {
  readonly kind: 'frame' | 'crop' | 'motion';
  /** In ratios of the source frame after rotation. */
  readonly box: Box;
  readonly track?: number;
}

/** What Weir says of a frame; `weir.v1+json` adds `epoch`, `seq` and `emittedAtMs` on the way out. */
export interface Label {
  readonly camera: string;
  readonly question: string;
  readonly stream: number;
  readonly ptsSeconds: number;
  readonly arrivedAtMs: number;
  readonly decidedAtMs: number;
  readonly view: ViewTaken;
  readonly label: string | null;
  readonly classId: string | null;
  readonly confidence: number | null;
  readonly top: readonly RankedClass[];
  readonly stable: { readonly label: string; readonly sinceMs: number } | null;
  readonly changed: boolean;
  readonly path: readonly PathStep[];
  readonly stop: StopReason;
  /** Of an answer that is given again: how old it is. */
  readonly reusedAgeMs?: number;
  /** The top rung's answer to the same frame, where it was asked to see whether what is said agrees. */
  readonly audit?: { readonly label: string | null; readonly classId: string | null; readonly agrees: boolean };
  /** `null`: no limit. */
  readonly budgetMs: number | null;
  /** From arrival to decision, waiting included. */
  readonly spentMs: number;
  readonly operatingPoint: string;
  readonly clock: ClockState;
}

/** A camera's state as its subscribers are told it. */
export interface CameraStatus {
  readonly camera: string;
  readonly state: CameraState;
  readonly reason: string;
  readonly degraded: readonly string[];
  /** How many operating points below the configured one it is decided at, for want of time; left out where there is one only. */
  readonly gear?: number;
  /** How often what is told is what the top rung says, 0..1 in hundredths, by question; left out of those of which it is not known. */
  readonly agreement?: Readonly<Record<string, number>>;
}

/**
 * The size at which frames are kept: what the largest rung in use needs. `stretch` ignores the source's aspect ratio (all
 * rungs do), `keep` scales the shorter side. A frame is never enlarged.
 */
export interface WorkingSize {
  readonly aspect: 'stretch' | 'keep';
  readonly width: number;
  readonly height: number;
}

export type Rotation = 0 | 90 | 180 | 270;
export type Transport = 'tcp' | 'udp';
export type Pace = 'source' | 'fast';

/** How the certificate of a camera over rtsps:// or https:// is looked at. */
export interface CameraTls {
  readonly verify: boolean;
  /** PEM; `null`: the authorities that Node.js knows. */
  readonly caFile: string | null;
}

/** What decoding needs to know of a camera; the configuration's `cameras` entries satisfy it. */
export interface CameraSource {
  readonly id: string;
  /** URL, path or device, with its credentials. */
  readonly source: string;
  /** Frames classified per second of source time; `null`: every frame. */
  readonly fps: number | null;
  readonly loop: boolean;
  readonly pace: Pace;
  readonly transport: Transport;
  readonly tls: CameraTls;
  /** Name of an ffmpeg hardware acceleration (`vaapi`, `cuda` …) or `none`. */
  readonly hwaccel: string;
  /** Name of an ffmpeg decoder to use in place of its choice, or `null`. */
  readonly decoder: string | null;
  /** Decoder threads; 0 lets ffmpeg choose. More than one delays live frames. */
  readonly decodeThreads: number;
  readonly v4l2: { readonly format: string | null; readonly size: string | null; readonly rateHz: number | null };
  readonly rotate: Rotation;
  /** Region of interest. */
  readonly region: Box;
  /** Painted black before anything else sees the frame. */
  readonly masks: readonly Box[];
  /** Larger source pictures are refused. */
  readonly maxPixels: number;
  readonly connectTimeoutMs: number;
  readonly stallAfterMs: number;
}
