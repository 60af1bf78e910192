import type { CameraState, CameraStatus, Clock, ClockState, Frame, Label, Pace } from '../types.ts';
import { Climber, type ClimbParts, type ClimbResult } from './climb.ts';
import { Degradation } from './degradation.ts';
import { NewestSlot } from './newest.ts';
import type { PipelineObserver } from './observer.ts';

/** A source of frames, as the pipeline sees it; `CameraDecoder` is one. */
export interface FrameSource {
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
  readonly clockState: () => ClockState;
  readonly observer: PipelineObserver;
  readonly onLabel: (label: Label) => void;
  readonly onStatus: (status: CameraStatus) => void;
  /** A frame could not be classified. */
  readonly onFailure: (reason: string) => void;
  /** Makes the source; its frames and states come back through the callbacks. */
  readonly source: (callbacks: {
    onFrame: (frame: Frame) => Promise<void> | undefined;
    onState: (state: CameraState, reason: string) => void;
  }) => FrameSource;
}

/** The decoder gives frames of the region alone: all of each is looked at. */
const WHOLE = [0, 0, 1, 1] as const;

/** One camera's loop: the newest frame is taken, classified and told, then the next. */
export class CameraPipeline {
  readonly #parts: CameraPipelineParts;
  readonly #slot = new NewestSlot<Frame>();
  readonly #climber: Climber;
  readonly #degradation = new Degradation();
  readonly #source: FrameSource;
  #status: CameraStatus;
  #previousClass: string | null = null;
  #isKnown = false;
  #running: Promise<void> | undefined;

  constructor(parts: CameraPipelineParts) {
    this.#parts = parts;
    this.#climber = new Climber(parts.climb);
    this.#status = { camera: parts.camera, state: 'connecting', reason: 'starting', degraded: [] };
    this.#source = parts.source({
      onFrame: (frame) => this.#onFrame(frame),
      onState: (state, reason) => this.#tell({ state, reason }),
    });
  }

  get status(): CameraStatus {
    return this.#status;
  }

  /** Whether the camera has been in another state than its first `connecting`. */
  get isKnown(): boolean {
    return this.#isKnown;
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
    if (displaced === null) return;
    this.#parts.observer.frameLost(this.#parts.camera, 'displaced');
    displaced.release();
  }

  async #loop(): Promise<void> {
    for (;;) {
      const frame = await this.#slot.take();
      if (frame === null) return;
      const result = await this.#climber.climb(frame, WHOLE, this.#parts.budgetMs);
      frame.release();
      this.#tellResult(frame, result);
    }
  }

  #tellResult(frame: Frame, result: ClimbResult): void {
    const { camera, clock, observer } = this.#parts;
    const nowMs = clock.monotonicMs();
    this.#degradation.refresh(nowMs);
    switch (result.kind) {
      case 'dropped':
        observer.frameLost(camera, 'budget');
        this.#degradation.report('too-slow', nowMs);
        break;
      case 'failed':
        observer.frameLost(camera, 'failed');
        this.#parts.onFailure(result.reason);
        this.#degradation.report('inference', nowMs);
        break;
      case 'answered': {
        const label = this.#label(frame, result);
        observer.answered(label, result.path, result.decideMs);
        this.#parts.onLabel(label);
      }
    }
    this.#tell({});
  }

  #label(frame: Frame, { top, stop, path, spentMs }: Extract<ClimbResult, { kind: 'answered' }>): Label {
    const { camera, budgetMs, clock, region } = this.#parts;
    const [best] = top;
    const changed = best?.classId !== this.#previousClass;
    this.#previousClass = best?.classId ?? null;
    return {
      camera,
      question: 'default',
      stream: frame.stream,
      ptsSeconds: frame.ptsSeconds,
      arrivedAtMs: frame.arrivedAtMs,
      decidedAtMs: clock.unixMs(),
      view: { kind: 'frame', box: region },
      label: best?.label ?? null,
      classId: best?.classId ?? null,
      confidence: best?.confidence ?? null,
      top,
      stable: null,
      changed,
      path: path.map(({ rung, waitMs, runMs, confidence }) => ({ rung, waitMs, runMs, confidence })),
      stop,
      budgetMs,
      spentMs,
      operatingPoint: 'default',
      clock: this.#parts.clockState(),
    };
  }

  #tell(change: { state?: CameraState; reason?: string }): void {
    const before = this.#status;
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
