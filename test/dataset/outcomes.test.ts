import { readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { measureOutcomes, type Outcomes, type OutcomesOptions } from '../../src/dataset/outcomes.ts';
import type { Sample } from '../../src/dataset/sample.ts';
import type { RungRunnerPool } from '../../src/dataset/sample-table.ts';
import { WeirError } from '../../src/errors.ts';
import { FEATURES } from '../../src/features/catalogue.ts';
import { readLadder } from '../../src/infer/ladder.ts';
import type { Rung } from '../../src/types.ts';
import { temporaryFolder } from '../support/clips.ts';
import { COLOURS, colourModel, writeLadder } from '../support/ladders.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let rungs: readonly Rung[];
beforeEach(async () => {
  folder = await temporaryFolder();
  const tiny = [
    { id: 'low', model: colourModel(0.01) },
    { id: 'high', model: colourModel(0.05) },
  ];
  rungs = (await readLadder(await writeLadder(folder.path, tiny))).rungs;
});
afterEach(() => folder.remove());

const CLASSES = COLOURS.length;

/** Answers with the mean of the picture's first pixel and the rung's number; counts its runs. */
class CountingPool implements RungRunnerPool {
  readonly rungs: readonly Rung[];
  readonly classes = CLASSES;
  readonly slots = 2;
  runs = 0;

  constructor(its: readonly Rung[] = rungs) {
    this.rungs = its;
  }

  async run({ rung, frame, logits }: Parameters<RungRunnerPool['run']>[0]): ReturnType<RungRunnerPool['run']> {
    this.runs++;
    await new Promise((resolve) => setImmediate(resolve));
    logits.set([frame.pixels[0] ?? 0, rung, 1]);
    return { kind: 'done', waitMs: 0, prepareMs: 0, runMs: 10 + rung, serviceMs: 20 };
  }
}

function sample(n: number, changes: Partial<Sample> = {}): Sample {
  return {
    key: (n + 1).toString(16).padStart(64, '0'),
    name: `picture ${n}`,
    condition: '',
    truth: 0,
    group: `${n}`,
    load: async () => ({ width: 8, height: 8, pixels: new Uint8Array(8 * 8 * 3).fill(n) }),
    ...changes,
  };
}

const unreadable = () => Promise.reject(new WeirError('image-unreadable', 'it is torn', { remedy: 'mend it' }));
const samples = (count: number) => Array.from({ length: count }, (_, n) => sample(n));

const measure = (pool: RungRunnerPool, changes: Partial<OutcomesOptions> = {}): Promise<Outcomes> =>
  measureOutcomes({
    samples: samples(10),
    pool,
    working: { aspect: 'stretch', width: 16, height: 16 },
    cache: join(folder.path, 'cache'),
    circumstances: 'this machine',
    onProgress: () => {},
    ...changes,
  });

test('every rung runs on every sample, and the table has their answers, times and features', async () => {
  const pool = new CountingPool();
  const told: number[] = [];
  const outcomes = await measure(pool, { onProgress: (done, total) => told.push(done / total) });
  expect(pool.runs).toBe(20);
  expect(told).toEqual(Array.from({ length: 10 }, (_, n) => (n + 1) / 10));
  expect(outcomes.logits.map(({ length }) => length)).toEqual([10 * CLASSES, 10 * CLASSES]);
  for (let n = 0; n < 10; n++) {
    expect([...(outcomes.logits[1]?.subarray(n * CLASSES, (n + 1) * CLASSES) ?? [])]).toEqual([n, 1, 1]);
  }
  expect([...(outcomes.runMs[1] ?? [])]).toEqual(Array(10).fill(11));
  expect(outcomes.features.length).toBe(10 * FEATURES.length);
  expect(outcomes.features.every(Number.isFinite)).toBe(true);
  expect(outcomes.featuresMs.every((ms) => ms > 0)).toBe(true);
});

test('a second time nothing runs, and the table is the same', async () => {
  const first = await measure(new CountingPool());
  const pool = new CountingPool();
  const load = () => Promise.reject(new Error('it is not looked at'));
  const second = await measure(pool, { samples: samples(10).map((one) => ({ ...one, load })) });
  expect(pool.runs).toBe(0);
  const table = ({ logits, runMs, features, featuresMs }: Outcomes) => ({ logits, runMs, features, featuresMs });
  expect(table(second)).toEqual(table(first));
});

test('only what is new runs: samples by their content, rungs by their model and their input', async () => {
  await measure(new CountingPool());
  const runsOf = async (pool: CountingPool, changes: Partial<OutcomesOptions> = {}) => {
    await measure(pool, changes);
    return pool.runs;
  };
  expect(await runsOf(new CountingPool(), { samples: samples(12) })).toBe(4);
  const renamed = samples(12).map((one) => ({ ...one, name: 'elsewhere', condition: 'night', group: 'x' }));
  expect(await runsOf(new CountingPool(), { samples: renamed })).toBe(0);
  const [low, high] = rungs as [Rung, Rung];
  expect(await runsOf(new CountingPool([low, { ...high, sha256: 'f'.repeat(64) }]))).toBe(10);
  expect(await runsOf(new CountingPool([low, { ...high, view: 'mirror' }]))).toBe(10);
  expect(await runsOf(new CountingPool([low, { ...high, mean: [1, 2, 3] }]))).toBe(10);
  expect(await runsOf(new CountingPool([high]))).toBe(0);
  expect(await runsOf(new CountingPool(), { circumstances: 'another machine' })).toBe(20);
  expect(await runsOf(new CountingPool(), { working: { aspect: 'keep', width: 16, height: 16 } })).toBe(20);
});

test('what cannot be read is left out, told and counted, each file for itself', async () => {
  const torn = { key: 'e'.repeat(64), load: unreadable }; // two files of the same content
  const all = samples(6);
  all.splice(2, 1, sample(2, { ...torn, name: 'one' }));
  all.splice(4, 1, sample(4, { ...torn, name: 'two' }));
  const outcomes = await measure(new CountingPool(), { samples: all });
  expect(outcomes.skipped).toEqual([
    { name: 'one', reason: 'it is torn' },
    { name: 'two', reason: 'it is torn' },
  ]);
  expect(outcomes.samples.map(({ name }) => name)).toEqual([0, 1, 3, 5].map((n) => `picture ${n}`));
  expect([0, 1, 2, 3].map((row) => outcomes.logits[0]?.[row * CLASSES])).toEqual([0, 1, 3, 5]);
});

test('where nothing can be read, that is the error', async () => {
  const measuring = measure(new CountingPool(), { samples: samples(3).map((one) => ({ ...one, load: unreadable })) });
  await expect(measuring).rejects.toMatchObject({
    code: 'dataset-unreadable',
    message: expect.stringMatching(/none of 3 .* it is torn/),
  });
});

test('stopped, it ends with what it has in hand, and goes on from there', async () => {
  const stop = new AbortController();
  const pool = new CountingPool();
  const measuring = measure(pool, {
    stop: stop.signal,
    onProgress: (done) => (done === 4 ? stop.abort(new Error('enough')) : undefined),
  });
  await expect(measuring).rejects.toThrow('enough');
  expect(pool.runs).toBeLessThanOrEqual(2 * 6);
  const rest = new CountingPool();
  await measure(rest);
  expect(pool.runs + rest.runs).toBe(20);
});

test('a rung that does not run ends it, by name, when no one writes any more', async () => {
  const pool = new CountingPool();
  let going = 0;
  const broken: RungRunnerPool = {
    rungs,
    classes: CLASSES,
    slots: 2,
    run: async (request) => {
      if (request.frame.pixels[0] === 1) return { kind: 'failed', waitMs: 0, reason: 'it fell over' };
      going++;
      const result = await pool.run(request);
      going--;
      return result;
    },
  };
  await expect(measure(broken)).rejects.toMatchObject({
    code: 'inference-failed',
    message: 'rung low does not run: it fell over',
    remedy: expect.stringContaining('--rungs'),
  });
  expect(going).toBe(0);
  expect(pool.runs).toBeLessThan(20);
});

test('a cache of something else, and one that cannot be written, are refused', async () => {
  await measure(new CountingPool());
  const cache = join(folder.path, 'cache');
  const column = (await readdir(cache)).find((name) => name.startsWith('high-')) ?? '';
  await writeFile(join(cache, column), 'x'.repeat(2000));
  await expect(measure(new CountingPool())).rejects.toMatchObject({ code: 'cache-foreign' });
  expect((await stat(join(cache, column))).size).toBe(2000);
  await expect(measure(new CountingPool(), { cache: join(cache, column) })).rejects.toMatchObject({
    code: 'cache-failed',
  });
});
