import type { CameraPipelineParts, FrameSource } from '../pipeline/camera-parts.ts';
import type { Frame } from '../types.ts';
import { frameAt, isOver, type Trace } from './trace.ts';
import type { VirtualTime } from './virtual-time.ts';

const NO_PIXELS = new Uint8Array(0);

/** A frame without pixels: all that is asked of it was recorded. */
export class SimulatedFrame implements Frame {
  readonly pixels = NO_PIXELS;
  readonly width: number;
  readonly height: number;
  readonly camera: string;
  readonly stream: number;
  readonly ptsSeconds: number;
  readonly arrivedAtMs: number;
  readonly arrivedMs: number;
  /** Its number in the trace. */
  readonly index: number;

  constructor(
    camera: string,
    trace: Trace,
    at: Pick<SimulatedFrame, 'stream' | 'ptsSeconds' | 'index'>,
    time: VirtualTime,
  ) {
    ({ width: this.width, height: this.height } = trace.picture);
    this.camera = camera;
    this.stream = at.stream;
    this.ptsSeconds = at.ptsSeconds;
    this.index = at.index;
    this.arrivedMs = time.monotonicMs();
    this.arrivedAtMs = time.unixMs();
  }

  release(): void {}
}

interface PlaybackParts {
  readonly camera: string;
  readonly trace: Trace;
  readonly time: VirtualTime;
  /** Frames per second at a time; read anew for every frame. */
  readonly fps: (nowMs: number) => number;
  /** What taking a frame costs the main thread. */
  readonly arrivalMs: number;
  /** When its first frame comes. */
  readonly firstMs: number;
  /** No frame comes from then on. */
  readonly untilMs: number;
  /** Where in the clip it begins. */
  readonly fromSeconds: number;
  /** Told of each frame how long after it came the main thread had taken it; before it is handed on. */
  readonly onTaken: (waitedMs: number) => void;
  readonly callbacks: Parameters<CameraPipelineParts['source']>[0];
}

/** A camera on a virtual clock: it plays a trace over and over, each time as another stream, as a file that is looped. */
export class Playback implements FrameSource {
  readonly expectation = null;
  streams = 0;
  readonly #parts: PlaybackParts;
  /** When the next frame is due. */
  #dueMs: number;
  #isStopped = false;
  #seconds: number;
  #over = () => {};

  constructor(parts: PlaybackParts) {
    this.#parts = parts;
    this.#seconds = parts.fromSeconds;
    this.#dueMs = parts.firstMs;
  }

  start(): Promise<void> {
    const { time, firstMs, callbacks } = this.#parts;
    this.streams = 1;
    time.at(firstMs, () => {
      callbacks.onState('live', '');
      this.#show();
    });
    return new Promise((resolve) => {
      this.#over = resolve;
    });
  }

  /** What was due, and the main thread did not come to, was missed. */
  stop(): Promise<void> {
    if (!this.#isStopped) this.#miss(Infinity);
    this.#isStopped = true;
    this.#over();
    return Promise.resolve();
  }

  #show(): void {
    if (this.#isStopped || this.#dueMs >= this.#parts.untilMs) return;
    const { camera, trace, time, arrivalMs, onTaken, callbacks } = this.#parts;
    time.charge(arrivalMs);
    onTaken(time.monotonicMs() - this.#dueMs);
    const at = { stream: this.streams, ptsSeconds: this.#seconds, index: frameAt(trace, this.#seconds) };
    callbacks.onFrame(new SimulatedFrame(camera, trace, at, time));
    this.#step();
    // A decoder waits until its frame is taken: while the main thread was busy, others could have come.
    this.#miss(time.monotonicMs());
    time.at(this.#dueMs, () => this.#show());
  }

  #miss(beforeMs: number): void {
    const { fps, untilMs, callbacks } = this.#parts;
    while (this.#dueMs < untilMs && this.#dueMs + 1000 / fps(this.#dueMs) <= beforeMs) {
      callbacks.onSkipped();
      this.#step();
    }
  }

  #step(): void {
    const { trace, fps } = this.#parts;
    const stepMs = 1000 / fps(this.#dueMs);
    this.#dueMs += stepMs;
    this.#seconds += stepMs / 1000;
    if (!isOver(trace, this.#seconds)) return;
    this.#seconds = 0;
    this.streams++;
  }
}
