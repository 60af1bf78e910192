import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { canonicalJson } from '../artifact/write.ts';
import { messageOf, WeirError } from '../errors.ts';
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

export interface TableOptions<P extends RungRunnerPool = RungRunnerPool> {
  readonly samples: readonly Sample[];
  readonly pool: P;
  readonly working: WorkingSize;
  /** Folder of the cache. */
  readonly cache: string;
  /** Of what the times are: processor, threads. Other circumstances have their own table. */
  readonly circumstances: string;
  readonly onProgress: (done: number, total: number) => void;
  readonly stop?: AbortSignal;
}

/** What is kept of a picture itself, beside the rungs' answers. */
export interface Look {
  readonly name: string;
  /** Other values of it have a column of their own. */
  readonly identity: object;
  readonly bytes: number;
  /** A new function that writes it; used for one picture at a time. */
  readonly writer: () => (frame: Raster, into: Uint8Array) => void;
}

/** What a table keeps of every sample. */
export interface TableKind {
  /** Of a rung's outputs. */
  readonly output: 'logits' | 'embedding';
  /** Values of that output, by index of the pool's rungs. */
  readonly sizes: readonly number[];
  readonly looks: readonly Look[];
}

/** Those that could not be read as a picture, and why. */
export type Skipped = readonly { readonly name: string; readonly reason: string }[];

export interface SampleTable {
  /** The samples that could be read, in the given order. */
  readonly samples: readonly Sample[];
  readonly skipped: Skipped;
  /** By index of the pool's rungs: `float32 [samples][size]` in shared memory. */
  readonly outputs: readonly Float32Array[];
  /** By index of the pool's rungs: `session.run` alone, per sample. */
  readonly runMs: readonly Float64Array[];
  /** By look: `uint8 [samples][bytes]` in shared memory. */
  readonly looks: readonly Uint8Array[];
}

/**
 * Runs every rung on every sample that the cache does not know yet, and reads the whole table. Interrupted, it goes on where
 * it was; what cannot be read as a picture is left out and told.
 *
 * @throws WeirError `cache-failed`, `inference-failed`, `dataset-unreadable`; the reason of `stop` when that is aborted
 */
export async function measureTable(options: TableOptions, kind: TableKind): Promise<SampleTable> {
  const { samples, pool } = options;
  const table = new Columns(options, kind);
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
export function noneReadable(skipped: Skipped): WeirError {
  const [first] = skipped;
  const what = `none of ${skipped.length} images can be read; the first is ${first?.reason}`;
  return new WeirError('dataset-unreadable', what, { remedy: 'check the files with another viewer' });
}

/** Time of `session.run`, before the values. */
const TIME_BYTES = 8;

/** The cache's columns: one per rung, one per look. */
class Columns {
  readonly #options: TableOptions;
  readonly #kind: TableKind;
  readonly #rungs: readonly Column[];
  readonly #looks: readonly Column[];

  constructor(options: TableOptions, kind: TableKind) {
    this.#options = options;
    this.#kind = kind;
    const { cache, working, circumstances, pool } = options;
    const open = (name: string, identity: object, valueBytes: number) => {
      const what = createHash('sha256').update(canonicalJson(identity)).digest('hex');
      return new Column(join(cache, `${name}-${what.slice(0, 16)}.column`), what, valueBytes);
    };
    this.#rungs = pool.rungs.map(({ id, sha256, input, view, layout, dtype, mean, std, output }, rung) => {
      const size = kind.sizes[rung] ?? 0;
      const values = kind.output === 'logits' ? { classes: size } : { embedding: size };
      return open(
        id.replace(/[^A-Za-z0-9@._-]/g, '_'),
        { sha256, input, view, layout, dtype, mean, std, output, working, circumstances, ...values },
        TIME_BYTES + 4 * size,
      );
    });
    this.#looks = kind.looks.map(({ name, identity, bytes }) =>
      open(name, { ...identity, working, circumstances }, bytes),
    );
  }

  /** A function that fills what is missing of a sample, one at a time; gives the reason if it cannot be read. */
  runner(): (sample: Sample) => Promise<string | null> {
    const { pool, working } = this.#options;
    const resizer = new Resizer();
    const looks = this.#kind.looks.map(({ bytes, writer }, at) => ({
      column: this.#looks[at] as Column,
      bytes: new Uint8Array(bytes),
      write: writer(),
    }));
    const run = rungRunner(pool, this.#kind);
    return async (sample) => {
      const missing = [...pool.rungs.keys()].filter((rung) => !this.#rungs[rung]?.has(sample.key));
      const unseen = looks.filter(({ column }) => !column.has(sample.key));
      if (missing.length + unseen.length === 0) return null;
      let frame: Raster;
      try {
        frame = toWorkingSize(await sample.load(), working, resizer);
      } catch (error) {
        if (error instanceof WeirError && error.code === 'image-unreadable') return messageOf(error);
        throw error;
      }
      for (const { column, bytes, write } of unseen) {
        write(frame, bytes);
        column.append(sample.key, bytes);
      }
      for (const rung of missing) this.#rungs[rung]?.append(sample.key, await run(rung, frame));
      return null;
    };
  }

  read(samples: readonly Sample[], skipped: Skipped): SampleTable {
    const n = samples.length;
    const outputs: Float32Array[] = [];
    const runMs: Float64Array[] = [];
    for (const [rung, column] of this.#rungs.entries()) {
      const size = this.#kind.sizes[rung] ?? 0;
      const record = new Uint8Array(TIME_BYTES + 4 * size);
      const values = new Float32Array(new SharedArrayBuffer(4 * n * size));
      const times = new Float64Array(n);
      for (const [row, { key }] of samples.entries()) {
        column.read(key, record);
        times[row] = new Float64Array(record.buffer, 0, 1)[0] ?? 0;
        values.set(new Float32Array(record.buffer, TIME_BYTES), row * size);
      }
      outputs.push(values);
      runMs.push(times);
    }
    const looks = this.#kind.looks.map(({ bytes }, look) => {
      const values = new Uint8Array(new SharedArrayBuffer(n * bytes));
      for (const [row, { key }] of samples.entries()) {
        this.#looks[look]?.read(key, values.subarray(row * bytes, (row + 1) * bytes));
      }
      return values;
    });
    return { samples, skipped, outputs, runMs, looks };
  }

  close(): void {
    for (const column of [...this.#rungs, ...this.#looks]) column.close();
  }
}

/** A function that gives a rung's record for a picture: its time, and the values of its output; valid until the next call. */
function rungRunner(pool: RungRunnerPool, { output, sizes }: TableKind) {
  const records = sizes.map((size) => new Uint8Array(TIME_BYTES + 4 * size));
  const unused = new Float32Array(pool.classes);
  return async (rung: number, frame: Raster): Promise<Uint8Array> => {
    const record = records[rung] as Uint8Array;
    const values = new Float32Array(record.buffer, TIME_BYTES);
    const result = await pool.run({
      rung,
      frame,
      box: WHOLE_FRAME,
      deadlineMs: Infinity,
      latestStartMs: Infinity,
      logits: output === 'logits' ? values : unused,
      embedding: output === 'embedding' ? values : null,
    });
    if (result.kind !== 'done') {
      const why = result.kind === 'failed' ? result.reason : 'it was not begun';
      throw new WeirError('inference-failed', `rung ${pool.rungs[rung]?.id} does not run: ${why}`, {
        remedy: 'check the model with `weir doctor`; leave the rung out with --rungs',
      });
    }
    new Float64Array(record.buffer, 0, 1)[0] = result.runMs;
    return record;
  };
}
