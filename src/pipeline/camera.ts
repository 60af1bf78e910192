import type { Expectation } from '../service/known.ts';
import {
  type CameraState,
  type CameraStatus,
  type Clock,
  type ClockState,
  type Frame,
  type Label,
  type Pace,
  WHOLE_FRAME,
} from '../types.ts';
import { Climber, type ClimbParts, type ClimbResult } from './climb.ts';
import { Degradation } from './degradation.ts';
import { Labeller } from './labels.ts';
import { NewestSlot } from './newest.ts';
import type { LossReason, PipelineObserver } from './observer.ts';

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
  readonly region: Label['view']['box'];
  readonly climb: ClimbParts;
  readonly clock: Clock;
  /** The state of the machine's clocks since a monotonic time: `mixed` where it changed meanwhile. */
  readonly clockSince: (monotonicMs: number) => ClockState;
  readonly observer: PipelineObserver;
  readonly onLabel: (label: Label) => void;
  readonly onStatus: (status: CameraStatus) => void;
  /** A frame could not be classified. */
  readonly onFailure: (reason: string) => void;
  /** Sees each frame with what became of it, before its pixels are given back: it must neither keep them nor take its time. */
  readonly onLooked?: (frame: Frame, result: ClimbResult) => void;
  /** Makes the source; its frames and states come back through the callbacks. */
  readonly source: (callbacks: {
    onFrame: (frame: Frame) => Promise<void> | undefined;
    /** A frame was left out for want of a buffer. */
    onSkipped: () => void;
    onState: (state: CameraState, reason: string) => void;
  }) => FrameSource;
}

/** A frame that is not answered by then hangs in a slot; the longest queue is far shorter. */
const LABEL_LIMIT_MS = 30_000;
/** Weight of one frame in the share of displaced frames: about the last ten count. */
const DISPLACED_WEIGHT = 0.1;

/** One camera's loop: the newest frame is taken, classified and told, then the next. */
export class CameraPipeline {
  readonly #parts: CameraPipelineParts;
  readonly #slot = new NewestSlot<Frame>();
  readonly #climber: Climber;
  readonly #labeller: Labeller;
  readonly #degradation = new Degradation();
  readonly #source: FrameSource;
  #status: CameraStatus;
  #isKnown = false;
  /** Of the last frames, how many were displaced by a newer one, exponentially weighted. */
  #displacedShare = 0;
  /** Since when the frame in hand is being classified; `null` while there is none. */
  #inHandSinceMs: number | null = null;
  #running: Promise<void> | undefined;

  constructor(parts: CameraPipelineParts) {
    this.#parts = parts;
    this.#climber = new Climber(parts.climb);
    this.#labeller = new Labeller(parts);
    this.#status = { camera: parts.camera, state: 'connecting', reason: 'starting', degraded: [] };
    this.#source = parts.source({
      onFrame: (frame) => this.#onFrame(frame),
      onSkipped: () => parts.observer.frameLost(parts.camera, 'skipped'),
      onState: (state, reason) => this.#tell({ state, reason }),
    });
    parts.observer.cameraState(parts.camera, this.#status.state);
  }

  get status(): CameraStatus {
    return this.#status;
  }

  /** Whether the camera has been in another state than its first `connecting`. */
  get isKnown(): boolean {
    return this.#isKnown;
  }

  /** What it waits for, from the source and from the frame in hand; none when nothing more is to come. */
  get expectations(): Expectation[] {
    const { expectation } = this.#source;
    const sinceMs = this.#inHandSinceMs;
    return [
      ...(expectation === null ? [] : [expectation]),
      ...(sinceMs === null ? [] : [{ what: 'the label of its frame', sinceMs, limitMs: LABEL_LIMIT_MS }]),
    ];
  }

  /** Streams so far: a pipeline that takes this one's place counts on from there. */
  get streams(): number {
    return this.#source.streams;
  }

  /** Resolves when the source is over and the last frame is told. */
  start(): Promise<void> {
    this.#running ??= Promise.all([this.#source.start().finally(() => this.#slot.close()), this.#loop()]).then(
      () => {},
    );
    return this.#running;
  }

  /** Resolves when the source's process is gone and the frame in hand is told. Idempotent. */
  async stop(): Promise<void> {
    this.#slot.close();
    await this.#source.stop();
    await this.#running;
  }

  #onFrame(frame: Frame): Promise<void> | undefined {
    const { camera, observer, pace } = this.#parts;
    observer.frameArrived(camera);
    // As fast as it is classified: the decoder waits until the frame is answered. So none is displaced, and none spends its
    // budget on waiting for the one before.
    if (pace === 'fast') return this.#untilReleased(frame);
    this.#offer(frame);
    return undefined;
  }

  #untilReleased(frame: Frame): Promise<void> {
    return new Promise((resolve) => {
      const release = () => {
        frame.release();
        resolve();
      };
      this.#offer({ ...frame, release });
    });
  }

  #offer(frame: Frame): void {
    const displaced = this.#slot.offer(frame);
    this.#displacedShare += ((displaced === null ? 0 : 1) - this.#displacedShare) * DISPLACED_WEIGHT;
    if (displaced === null) return;
    if (this.#displacedShare > 0.5) {
      this.#degradation.report('too-slow', this.#parts.clock.monotonicMs());
      this.#tell({});
    }
    this.#parts.observer.frameLost(this.#parts.camera, 'displaced');
    displaced.release();
  }

  async #loop(): Promise<void> {
    for (;;) {
      const frame = await this.#slot.take();
      if (frame === null) return;
      // The decoder gives frames of the region alone: all of each is looked at.
      this.#inHandSinceMs = this.#parts.clock.monotonicMs();
      const result = await this.#climber.climb(frame, WHOLE_FRAME, this.#parts.budgetMs);
      this.#inHandSinceMs = null;
      this.#parts.onLooked?.(frame, result);
      frame.release();
      this.#tellResult(frame, result);
    }
  }

  #tellResult(frame: Frame, { answers, ran, decideMs }: ClimbResult): void {
    const { camera, climb, clock, clockSince, observer, onFailure, onLabel, region } = this.#parts;
    const nowMs = clock.monotonicMs();
    this.#degradation.refresh(nowMs);
    const view = { kind: 'frame', box: region } as const;
    const labels: Label[] = [];
    let loss: LossReason = 'budget';
    for (const [at, question] of climb.questions.entries()) {
      const result = answers[at];
      if (result?.kind === 'answered') labels.push(this.#labeller.label(frame, question, view, result));
      if (result?.kind === 'dropped') this.#degradation.report('too-slow', nowMs);
      if (result?.kind === 'failed') {
        loss = 'failed';
        onFailure(result.reason);
        this.#degradation.report('inference', nowMs);
      }
    }
    const state = labels[0]?.clock ?? clockSince(frame.arrivedMs);
    for (const run of ran) observer.rungRan(run, state);
    if (labels.length === 0) observer.frameLost(camera, loss);
    else observer.answered(labels, decideMs);
    for (const label of labels) onLabel(label);
    this.#tell({});
  }

  #tell(change: { state?: CameraState; reason?: string }): void {
    const before = this.#status;
    // What is not live is not slow either.
    if ((change.state ?? before.state) !== 'live') this.#degradation.clear();
    const now = { ...before, ...change, degraded: this.#degradation.names };
    const isSame =
      now.state === before.state && now.reason === before.reason && `${now.degraded}` === `${before.degraded}`;
    if (isSame) return;
    this.#status = now;
    this.#isKnown ||= now.state !== 'connecting';
    if (now.state !== before.state) this.#parts.observer.cameraState(now.camera, now.state);
    this.#parts.onStatus(now);
  }
}
