import type { Box, Raster } from '../types.ts';

/** One rung to be run on one frame. */
export interface RunRequest {
  /** Index into the pool's rungs. */
  readonly rung: number;
  /** Pixels over shared memory, untouched until the answer comes. */
  readonly frame: Raster;
  readonly box: Box;
  /** Monotonic time by which the answer is wanted: who is first in the queue. */
  readonly deadlineMs: number;
  /** Begin no later than this, or answer `late` without running. */
  readonly latestStartMs: number;
  /** Takes the logits: `float32 [classes]`. */
  readonly logits: Float32Array;
  /** Takes the embedding, where wanted: `float32 [embeddingSizes[rung]]`. */
  readonly embedding: Float32Array | null;
}

export type RunResult =
  | {
      readonly kind: 'done';
      readonly waitMs: number;
      readonly prepareMs: number;
      readonly runMs: number;
      /** From leaving the queue to the answer on the main thread. */
      readonly serviceMs: number;
    }
  | { readonly kind: 'late'; readonly waitMs: number }
  | { readonly kind: 'failed'; readonly waitMs: number; readonly reason: string };

/** A request in the queue. */
export interface Waiting {
  readonly request: RunRequest;
  readonly deadlineMs: number;
  readonly queuedMs: number;
  readonly answer: (result: RunResult) => void;
}
