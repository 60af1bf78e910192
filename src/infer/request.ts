import type { Box, Raster } from '../types.ts';
import type { Client } from './service-shares.ts';

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
  /** Who wants it; left out: nobody's share counts. */
  readonly client?: Client | null | undefined;
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
  /** It was not begun, as it could not be in time; `aheadMs` would still have been before it. */
  | { readonly kind: 'late'; readonly waitMs: number; readonly aheadMs?: number }
  | { readonly kind: 'failed'; readonly waitMs: number; readonly reason: string };
