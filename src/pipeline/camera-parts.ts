import type { Expectation } from '../service/known.ts';
import type { CameraState, CameraStatus, Clock, ClockState, Frame, Label, Pace } from '../types.ts';
import type { GivingWay } from './camera-gears.ts';
import type { PipelineObserver } from './observer.ts';
import type { SmoothingOf } from './stable.ts';
import type { SceneEvent } from './told.ts';
import type { Looked, View } from './view.ts';

/** A source of frames, as the pipeline sees it; `CameraDecoder` is one. */
export interface FrameSource {
  /** What is to come next; `null` when nothing is, or while a frame is held by the pipeline. */
  readonly expectation: Expectation | null;
  /** Streams so far. */
  readonly streams: number;
  /** Resolves when the source is over for good. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

export interface CameraPipelineParts {
  readonly camera: string;
  readonly pace: Pace;
  readonly budgetMs: number | null;
  readonly view: View;
  /** How it gives way under load; left out, or `null`: it does not. */
  readonly gears?: GivingWay | null;
  readonly clock: Clock;
  /** The state of the machine's clocks since a monotonic time: `mixed` where it changed meanwhile. */
  readonly clockSince: (monotonicMs: number) => ClockState;
  readonly observer: PipelineObserver;
  readonly onLabel: (label: Label) => void;
  /** How the questions' answers are smoothed over time; left out: they are not. */
  readonly smoothing?: SmoothingOf;
  /** Something came into view or left it, or began or ended to be stable. */
  readonly onEvent: (event: SceneEvent) => void;
  readonly onStatus: (status: CameraStatus) => void;
  /** A frame could not be classified. */
  readonly onFailure: (reason: string) => void;
  /** Sees each frame with what became of it, once that is told and before its pixels are given back: it must neither keep them nor take its time. */
  readonly onLooked?: (frame: Frame, looked: Looked) => void;
  /** Makes the source; its frames and states come back through the callbacks. */
  readonly source: (callbacks: {
    onFrame: (frame: Frame) => Promise<void> | undefined;
    /** A frame was left out for want of a buffer. */
    onSkipped: () => void;
    onState: (state: CameraState, reason: string) => void;
  }) => FrameSource;
}
