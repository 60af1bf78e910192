import { setImmediate as breathe } from 'node:timers/promises';
import { WeirError } from '../errors.ts';
import { rasterFeatures, smallRaster } from '../features/frame.ts';
import { ZeroEmbedder } from '../heads/zero.ts';
import type { InferencePool, RunRequest, RunResult } from '../infer/pool.ts';
import { median } from '../premodel/statistics.ts';
import { DifferenceDetector } from '../scene/difference.ts';
import type { Clock, Raster } from '../types.ts';
import { WHOLE_FRAME } from '../types.ts';
import { readCost } from './read-cost.ts';
import { type MainThreadCosts, RASTER_BYTES, type Trace, type TraceFrame, type TraceRung } from './trace.ts';

/** Slots as the recorder needs them; an `InferencePool` is one. */
interface RecordedPool extends Pick<InferencePool, 'classes' | 'slots' | 'clock' | 'embeddingSizes'> {
  readonly rungs: readonly { readonly id: string }[];
  run(request: RunRequest): Promise<RunResult>;
}

interface RecordOptions {
  readonly pool: RecordedPool;
  readonly about: Pick<Trace, 'ladder' | 'reference' | 'clip' | 'device' | 'taughtCamera'>;
  /** Frames at the working size, in order; at least one. */
  readonly pictures: readonly Raster[];
  readonly frames: readonly TraceFrame[];
  /** What the main thread spent on taking each from the decoder. */
  readonly arrivalMs: number;
  /** Features of the picture that are read. */
  readonly features: readonly string[];
  /** Whether embeddings are kept, for what was taught. */
  readonly embeddings: boolean;
  readonly onProgress: (done: number, total: number) => void;
  readonly stop: AbortSignal;
}

/** A run takes its turn in the queue by then. */
const TURN_MS = 1_000;
/** Between two runs of one rung others ran: so it is in a daemon. */
const WARM_UP_ROUNDS = 2;
/** More looks tell no more of what one takes. */
const LOOKS = 60;

/**
 * Runs every rung on every frame, on all slots at once as a daemon does, and keeps what they say and what they take.
 *
 * @throws WeirError `inference-failed`; the reason of `stop` when that is aborted
 */
export async function recordTrace(options: RecordOptions): Promise<Trace> {
  const { pool, about, pictures, frames, embeddings, onProgress, stop } = options;
  const first = pictures[0];
  if (first === undefined) throw new RangeError('a trace needs a frame');
  const rungs = pool.rungs.map(({ id }, index) => {
    const embeddingSize = embeddings ? (pool.embeddingSizes[index] ?? 0) : 0;
    return {
      id,
      serviceMs: [] as number[],
      runMs: [] as number[],
      logits: new Float32Array(frames.length * pool.classes),
      embeddingSize,
      embeddings: new Float32Array(frames.length * embeddingSize),
    };
  });
  let next = 0;
  const lane = async () => {
    for (let round = 0; round < WARM_UP_ROUNDS; round++)
      for (const [index, rung] of rungs.entries()) await runOnce(pool, index, rung, first, 0);
    for (let at = next++; at < pictures.length; at = next++) {
      for (const [index, rung] of rungs.entries()) {
        stop.throwIfAborted();
        const { serviceMs, runMs } = await runOnce(pool, index, rung, pictures[at] as Raster, at);
        rung.serviceMs.push(serviceMs);
        rung.runMs.push(runMs);
      }
      onProgress(at, pictures.length);
    }
  };
  await Promise.all(Array.from({ length: pool.slots }, lane));
  const rasters = new Uint8Array(frames.length * RASTER_BYTES);
  const look = smallRaster();
  for (const [at, picture] of pictures.entries()) rasters.set(look(picture, WHOLE_FRAME).pixels, at * RASTER_BYTES);
  const main = await mainThreadCosts(options, rungs[0]);
  const { width, height } = first;
  return {
    ...about,
    slots: pool.slots,
    picture: { width, height },
    classes: pool.classes,
    rungs,
    main,
    frames,
    rasters,
  };
}

/** Runs a rung on a frame; its outputs go where those of the frame stand. */
async function runOnce(
  pool: RecordedPool,
  index: number,
  { id, logits, embeddings, embeddingSize }: TraceRung,
  frame: Raster,
  at: number,
): Promise<Extract<RunResult, { kind: 'done' }>> {
  const { classes } = pool;
  const result = await pool.run({
    rung: index,
    frame,
    box: WHOLE_FRAME,
    deadlineMs: pool.clock.monotonicMs() + TURN_MS,
    latestStartMs: Infinity,
    logits: logits.subarray(at * classes, (at + 1) * classes),
    embedding: embeddingSize === 0 ? null : embeddings.subarray(at * embeddingSize, (at + 1) * embeddingSize),
  });
  if (result.kind === 'done') return result;
  throw new WeirError(
    'inference-failed',
    `rung ${id} does not run: ${result.kind === 'failed' ? result.reason : 'late'}`,
    {
      remedy: 'check the model with `weir doctor`',
    },
  );
}

async function mainThreadCosts(
  { pool, pictures, arrivalMs, features }: RecordOptions,
  rung: TraceRung | undefined,
): Promise<MainThreadCosts> {
  const look = smallRaster();
  const compute = rasterFeatures(features);
  const difference = new DifferenceDetector();
  const zero = new ZeroEmbedder(new Uint8Array(RASTER_BYTES));
  const { clock } = pool;
  const rasterMs: number[] = [];
  const featuresMs: number[] = [];
  const zeroMs: number[] = [];
  for (let run = 0; run < 2 * LOOKS; run++) {
    await breathe();
    const raster = timed(clock, rasterMs, () => {
      const seen = look(pictures[run % pictures.length] as Raster, WHOLE_FRAME);
      difference.score(seen.pixels, run / 5);
      return seen;
    });
    if (run % 10 === 0) difference.keep();
    if (features.length > 0) timed(clock, featuresMs, () => compute(raster));
    timed(clock, zeroMs, () => zero.embed(raster.pixels));
  }
  const usual = (times: readonly number[]) => (times.length === 0 ? 0 : median(times.slice(LOOKS))); // the first half warms up
  const readMs = rung === undefined ? 0 : await readCost(rung.logits, pool.classes, clock);
  return { arrivalMs, rasterMs: usual(rasterMs), featuresMs: usual(featuresMs), readMs, zeroMs: usual(zeroMs) };
}

function timed<T>(clock: Clock, into: number[], work: () => T): T {
  const begunMs = clock.monotonicMs();
  const result = work();
  into.push(clock.monotonicMs() - begunMs);
  return result;
}
