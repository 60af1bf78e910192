import type { Box, Rung } from '../types.ts';
import type { SessionSettings } from './runtime.ts';

/** What a slot's worker thread is started with. */
export interface WorkerSetup {
  readonly rungs: readonly Rung[];
  readonly classes: number;
  readonly settings: SessionSettings;
  /** Take only processor time that nobody else wants. */
  readonly isBackground: boolean;
}

/** One rung on one frame. The pixels are over shared memory and must stay as they are until the answer comes. */
export interface WorkerJob {
  readonly id: number;
  readonly rung: number;
  readonly pixels: Uint8Array;
  readonly width: number;
  readonly height: number;
  readonly box: Box;
  readonly wantEmbedding: boolean;
}

/** What a worker is told: a job, or to end when the one in hand is done. */
export type WorkerOrder = WorkerJob | 'end';

/** What a worker says. Results lie in its `output` buffer until it is given its next job. */
export type WorkerMessage =
  | {
      readonly type: 'ready';
      /** `float32 [classes + largest embedding]` in shared memory. */
      readonly output: Float32Array;
      readonly embeddingSizes: readonly number[];
      readonly notices: readonly string[];
    }
  | { readonly type: 'unusable'; readonly code: string; readonly message: string; readonly remedy: string }
  | { readonly type: 'done'; readonly id: number; readonly prepareMs: number; readonly runMs: number }
  | { readonly type: 'failed'; readonly id: number; readonly message: string };
