import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { canonicalJson } from '../artifact/write.ts';
import { messageOf, WeirError } from '../errors.ts';
import { FEATURES } from '../features/catalogue.ts';
import { FEATURE_SIDE } from '../features/extractor.ts';
import { frameFeatures } from '../features/frame.ts';
import { Resizer } from '../image/resize.ts';
import { toWorkingSize } from '../image/working-size.ts';
import type { RunRequest, RunResult } from '../infer/pool.ts';
import { type Raster, type Rung, WHOLE_FRAME, type WorkingSize } from '../types.ts';
import { Column } from './column.ts';
import type { Sample } from './sample.ts';

/** What measuring needs of the inference pool. */
export interface RungRunnerPool {
  readonly rungs: readonly Rung[];
  readonly classes: number;
  readonly slots: number;
  run(request: RunRequest): Promise<RunResult>;
}

export interface OutcomesOptions {
  readonly samples: readonly Sample[];
  readonly pool: RungRunnerPool;
  readonly working: WorkingSize;
  /** Folder of the cache. */
  readonly cache: string;
  /** Of what the times are: processor, threads. Other circumstances have their own table. */
  readonly circumstances: string;
  readonly onProgress: (done: number, total: number) => void;
  readonly stop?: AbortSignal;
}

/** Every rung's answers to every sample, its features, and the times. */
export interface Outcomes {
  /** The samples that could be read, in the given order. */
  readonly samples: readonly Sample[];
  readonly skipped: readonly { readonly name: string; readonly reason: string }[];
  /** By index of the pool's rungs: `float32 [samples][classes]` in shared memory. */
  readonly logits: readonly Float32Array[];
  /** By index of the pool's rungs: `session.run` alone, per sample. */
  readonly runMs: readonly Float64Array[];
  /** `float64 [samples][FEATURES.length]` in shared memory. */
  readonly features: Float64Array;
  /** Time of making the raster and of all features, per sample. */
  readonly featuresMs: Float64Array;
}

/**
 * Runs every rung on every sample that the cache does not know yet, and reads the whole table. Interrupted, it goes on where
 * it was; what cannot be read as a picture is left out and told.
 *
 * @throws WeirError `cache-failed`, `inference-failed`, `dataset-unreadable`; the reason of `stop` when that is aborted
 */
export async function measureOutcomes(options: OutcomesOptions): Promise<Outcomes> {
  const { samples, pool } = options;
  const table = new Table(options);
  try {
    const skipped = new Map<Sample, { name: string; reason: string }>();
    let next = 0;
    let done = 0;
    const work = async () => {
      const run = table.runner();
      for (let index = next++; index < samples.length; index = next++) {
        options.stop?.throwIfAborted();
        const sample = samples[index] as Sample;
        const problem = await run(sample);
        if (problem !== null) skipped.set(sample, { name: sample.name, reason: problem });
        options.onProgress(++done, samples.length);
      }
    };
    const workers = Array.from({ length: pool.slots }, () =>
      work().catch((error: unknown) => {
        next = samples.length; // the others end with what they have in hand
        throw error;
      }),
    );
    // Nobody may still be writing when the table is closed.
    const failed = (await Promise.allSettled(workers)).find(({ status }) => status === 'rejected');
    if (failed?.status === 'rejected') throw failed.reason;
    if (samples.length > 0 && skipped.size === samples.length) throw noneReadable([...skipped.values()]);
    return table.read(
      samples.filter((sample) => !skipped.has(sample)),
      [...skipped.values()],
    );
  } finally {
    table.close();
  }
}

/** What is said where not one picture can be read. */
export function noneReadable(skipped: Outcomes['skipped']): WeirError {
  const [first] = skipped;
  const what = `none of ${skipped.length} images can be read; the first is ${first?.reason}`;
  return new WeirError('dataset-unreadable', what, { remedy: 'check the files with another viewer' });
}

/** The cache's columns: one per rung, one for the features. */
class Table {
  readonly #options: OutcomesOptions;
  readonly #rungs: readonly Column[];
  readonly #features: Column;

  constructor(options: OutcomesOptions) {
    this.#options = options;
    const { cache, working, circumstances, pool } = options;
    const open = (name: string, identity: object, valueBytes: number) => {
      const what = createHash('sha256').update(canonicalJson(identity)).digest('hex');
      return new Column(join(cache, `${name}-${what.slice(0, 16)}.column`), what, valueBytes);
    };
    this.#rungs = pool.rungs.map(({ id, sha256, input, view, layout, dtype, mean, std, output }) =>
      open(
        id.replace(/[^A-Za-z0-9@._-]/g, '_'),
        { sha256, input, view, layout, dtype, mean, std, output, working, circumstances, classes: pool.classes },
        8 + 4 * pool.classes,
      ),
    );
    const names = FEATURES.map(({ name, definition }) => ({ name, definition }));
    this.#features = open('features', { names, side: FEATURE_SIDE, working, circumstances }, 8 + 8 * FEATURES.length);
  }

  /** A function that fills what is missing of a sample, one at a time; gives the reason if it cannot be read. */
  runner(): (sample: Sample) => Promise<string | null> {
    const { pool, working } = this.#options;
    const resizer = new Resizer();
    const compute = frameFeatures(FEATURES.map(({ name }) => name));
    const features = new Float64Array(1 + FEATURES.length);
    const outcome = new Uint8Array(8 + 4 * pool.classes);
    const runMs = new Float64Array(outcome.buffer, 0, 1);
    const logits = new Float32Array(outcome.buffer, 8);
    return async (sample) => {
      const missing = [...pool.rungs.keys()].filter((rung) => !this.#rungs[rung]?.has(sample.key));
      if (missing.length === 0 && this.#features.has(sample.key)) return null;
      let frame: Raster;
      try {
        frame = toWorkingSize(await sample.load(), working, resizer);
      } catch (error) {
        if (error instanceof WeirError && error.code === 'image-unreadable') return messageOf(error);
        throw error;
      }
      if (!this.#features.has(sample.key)) {
        const begun = performance.now();
        features.set(compute(frame, WHOLE_FRAME), 1);
        features[0] = performance.now() - begun;
        this.#features.append(sample.key, new Uint8Array(features.buffer));
      }
      for (const rung of missing) {
        runMs[0] = await run(pool, rung, frame, logits);
        this.#rungs[rung]?.append(sample.key, outcome);
      }
      return null;
    };
  }

  read(samples: readonly Sample[], skipped: Outcomes['skipped']): Outcomes {
    const { classes } = this.#options.pool;
    const n = samples.length;
    const record = new Uint8Array(8 + 4 * classes);
    const logits: Float32Array[] = [];
    const runMs: Float64Array[] = [];
    for (const column of this.#rungs) {
      const values = new Float32Array(new SharedArrayBuffer(4 * n * classes));
      const times = new Float64Array(n);
      for (const [row, { key }] of samples.entries()) {
        column.read(key, record);
        times[row] = new Float64Array(record.buffer, 0, 1)[0] ?? 0;
        values.set(new Float32Array(record.buffer, 8), row * classes);
      }
      logits.push(values);
      runMs.push(times);
    }
    const features = new Float64Array(new SharedArrayBuffer(8 * n * FEATURES.length));
    const featuresMs = new Float64Array(n);
    const values = new Float64Array(1 + FEATURES.length);
    for (const [row, { key }] of samples.entries()) {
      this.#features.read(key, new Uint8Array(values.buffer));
      featuresMs[row] = values[0] ?? 0;
      features.set(values.subarray(1), row * FEATURES.length);
    }
    return { samples, skipped, logits, runMs, features, featuresMs };
  }

  close(): void {
    for (const column of [...this.#rungs, this.#features]) column.close();
  }
}

async function run(pool: RungRunnerPool, rung: number, frame: Raster, logits: Float32Array): Promise<number> {
  const request = {
    rung,
    frame,
    box: WHOLE_FRAME,
    deadlineMs: Infinity,
    latestStartMs: Infinity,
    logits,
    embedding: null,
  };
  const result = await pool.run(request);
  if (result.kind === 'done') return result.runMs;
  const why = result.kind === 'failed' ? result.reason : 'it was not begun';
  throw new WeirError('inference-failed', `rung ${pool.rungs[rung]?.id} does not run: ${why}`, {
    remedy: 'check the model with `weir doctor`; leave the rung out with --rungs',
  });
}
