import type { Recollection } from '../cascade/recollection.ts';
import type { RunRequest, RunResult } from '../infer/pool.ts';
import type { Client } from '../infer/service-shares.ts';
import type { Box, Clock, Raster } from '../types.ts';
import type { Answered, QuestionResult, RungRun } from './asking.ts';
import type { AskedQuestion } from './question.ts';

/** The inference slots, as the climb sees them. */
export interface Inference {
  /** Number of labels. */
  readonly classes: number;
  /** Length of each rung's embedding; 0 where its model gives none. */
  readonly embeddingSizes: readonly number[];
  run(request: RunRequest): Promise<RunResult>;
}

/** Rung zero: an embedding that is computed on the spot. Keeps its buffers. */
export interface ZeroRung {
  /** @param raster `uint8 [48][48][3]` @returns valid until the next call */
  embed(raster: Uint8Array): Float32Array;
}

export interface ClimbParts {
  readonly inference: Inference;
  /** All that is asked of each frame; at least one. */
  readonly questions: readonly AskedQuestion[];
  /** Whose frames they are, and its share of the slots; left out: nobody's. */
  readonly client?: Client;
  readonly clock: Clock;
  readonly topK: number;
  /** Makes the small raster of a part of a frame, at most once per frame; valid until the next call. */
  readonly raster: () => (frame: Raster, box: Box) => Raster;
  /** Computes the image features that judges want, of the small raster; valid until the next call. */
  readonly features: (names: readonly string[]) => (raster: Raster) => Float64Array;
  /** `null` where no question uses rung zero. */
  readonly zero: (() => ZeroRung) | null;
  /** A limit besides each climb's own, read when it begins; milliseconds from the frame's arrival, `null`: none. */
  readonly limit?: { readonly ms: number | null };
}

/** A picture to be classified, with the moment from which its budget counts. */
export interface Arrival extends Raster {
  readonly arrivedMs: number;
}

/** How one frame is to be decided; lists go by question. */
export interface ClimbHow {
  /** 0: the operating point that was asked for; each further one is cheaper. */
  readonly gear?: number;
  /** A question with an answer is not asked. */
  readonly given?: readonly (Answered | null)[];
  /** Whether a question's answers are to be surer than its operating point wants them. */
  readonly strict?: readonly boolean[];
  /** What is remembered of each question's last answer. */
  readonly recollections?: readonly (Recollection | null)[];
}

export interface ClimbResult {
  /** What became of each question, in their order. */
  readonly answers: readonly QuestionResult[];
  /** Every rung that ran, once, in that order. */
  readonly ran: readonly RungRun[];
  /** Spent on deciding: features, premodel, steps, reading (rung zero's is in its own time), merging, ranking. */
  readonly decideMs: number;
}
