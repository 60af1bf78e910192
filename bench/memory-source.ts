import type { CameraPipelineParts, FrameSource } from '../src/pipeline/camera-parts.ts';
import { SYSTEM_CLOCK } from '../src/service/clock.ts';
import { frameAt, isOver, type Trace } from '../src/simulate/trace.ts';
import type { Raster } from '../src/types.ts';

export interface MemorySourceParts {
  readonly camera: string;
  readonly pictures: readonly Raster[];
  /** When each picture is shown. */
  readonly trace: Trace;
  readonly fps: (nowMs: number) => number;
  readonly delayMs: number;
  readonly fromSeconds: number;
  readonly callbacks: Parameters<CameraPipelineParts['source']>[0];
}

/** A camera whose decoded pictures lie in memory: it shows them in real time, over and over. */
export class MemorySource implements FrameSource {
  readonly expectation = null;
  streams = 1;
  readonly #parts: MemorySourceParts;
  #timer: NodeJS.Timeout | undefined;
  #seconds: number;
  #over = () => {};

  constructor(parts: MemorySourceParts) {
    this.#parts = parts;
    this.#seconds = parts.fromSeconds;
  }

  start(): Promise<void> {
    const dueMs = SYSTEM_CLOCK.monotonicMs() + this.#parts.delayMs;
    this.#parts.callbacks.onState('live', '');
    this.#plan(dueMs);
    return new Promise((resolve) => {
      this.#over = resolve;
    });
  }

  stop(): Promise<void> {
    clearTimeout(this.#timer);
    this.#over();
    return Promise.resolve();
  }

  #plan(dueMs: number): void {
    this.#timer = setTimeout(() => this.#show(dueMs), dueMs - SYSTEM_CLOCK.monotonicMs());
  }

  #show(dueMs: number): void {
    const { camera, pictures, trace, fps, callbacks } = this.#parts;
    const picture = pictures[frameAt(trace, this.#seconds)] as Raster;
    const stepMs = 1000 / fps(dueMs);
    callbacks.onFrame({
      ...picture,
      camera,
      stream: this.streams,
      ptsSeconds: this.#seconds,
      arrivedMs: SYSTEM_CLOCK.monotonicMs(),
      arrivedAtMs: SYSTEM_CLOCK.unixMs(),
      release: () => {},
    });
    this.#seconds += stepMs / 1000;
    if (isOver(trace, this.#seconds)) {
      this.#seconds = 0;
      this.streams++;
    }
    this.#plan(dueMs + stepMs);
  }
}
