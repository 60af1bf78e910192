import { rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { readLadder } from '../../src/infer/ladder.ts';
import { InferencePool, type PoolOptions, type RunRequest } from '../../src/infer/pool.ts';
import { measureRungs } from '../../src/infer/warmup.ts';
import { SYSTEM_CLOCK } from '../../src/service/clock.ts';
import { temporaryFolder } from '../support/clips.ts';
import { colourModel, type TinyRung, writeLadder } from '../support/ladders.ts';
import { waitFor } from '../support/processes.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
beforeAll(async () => {
  folder = await temporaryFolder();
});
afterAll(() => folder.remove());

const pools: InferencePool[] = [];
afterEach(async () => {
  await Promise.all(pools.splice(0).map((pool) => pool.stop()));
});

async function start(rungs: readonly TinyRung[], options: Partial<PoolOptions> = {}): Promise<InferencePool> {
  const ladder = await readLadder(await writeLadder(folder.path, rungs));
  const settings = { executionProviders: ['cpu'], allowFallback: false, threadsPerSlot: 1, ...options.settings };
  const pool = await InferencePool.start({
    rungs: ladder.rungs,
    classes: ladder.labels.length,
    slots: 1,
    clock: SYSTEM_CLOCK,
    ...options,
    settings,
  });
  pools.push(pool);
  return pool;
}

/** A picture of one colour in shared memory. */
function flat(
  red: number,
  green: number,
  blue: number,
  side = 20,
): { width: number; height: number; pixels: Uint8Array } {
  const pixels = new Uint8Array(new SharedArrayBuffer(side * side * 3));
  for (let i = 0; i < pixels.length; i += 3) pixels.set([red, green, blue], i);
  return { width: side, height: side, pixels };
}

function request(changes: Partial<RunRequest> = {}): RunRequest {
  return {
    rung: 0,
    frame: flat(200, 100, 50),
    box: [0, 0, 1, 1],
    deadlineMs: Infinity,
    latestStartMs: Infinity,
    logits: new Float32Array(3),
    embedding: null,
    ...changes,
  };
}

describe('InferencePool', () => {
  test('runs a rung on a frame and tells its times', async () => {
    const pool = await start([{ id: 'a', model: colourModel(0.01) }]);
    const job = request();
    const result = await pool.run(job);
    expect(result).toMatchObject({ kind: 'done', waitMs: expect.any(Number), prepareMs: expect.any(Number) });
    expect([...job.logits].map((value) => value.toFixed(3))).toEqual(['2.000', '1.000', '0.500']);
  });

  test('looks at the box alone', async () => {
    const pool = await start([{ id: 'a', model: colourModel(1) }]);
    const frame = flat(0, 0, 0);
    for (let y = 0; y < 20; y++) for (let x = 10; x < 20; x++) frame.pixels[(y * 20 + x) * 3] = 100;
    const job = request({ frame, box: [0.5, 0, 0.5, 1] });
    await pool.run(job);
    expect(job.logits[0]).toBeCloseTo(100);
  });

  test('gives the embedding where it is asked for', async () => {
    const pool = await start([{ id: 'a', model: colourModel(0.01, { embedding: true }) }]);
    expect(pool.embeddingSizes).toEqual([3]);
    const job = request({ embedding: new Float32Array(3) });
    await pool.run(job);
    expect([...(job.embedding ?? [])]).toEqual([200, 100, 50]);
  });

  test('an ordinary classifier: NCHW float, normalised by the ladder, probabilities as its answer', async () => {
    const model = colourModel(1, { layout: 'nchw', dtype: 'float32', side: 16, output: 'output_0', softmax: true });
    const entry = {
      layout: 'nchw',
      dtype: 'float32',
      mean: [100, 100, 100],
      std: [50, 50, 100],
      output: 'probabilities',
    };
    const pool = await start([{ id: 'a', model, entry }]);
    const job = request();
    await pool.run(job);
    const expected = [2, 0, -0.5].map(Math.exp);
    const sum = expected.reduce((a, b) => a + b);
    for (const [i, value] of expected.entries()) expect(job.logits[i]).toBeCloseTo(Math.log(value / sum), 4);
  });

  test('the earliest deadline runs first, whoever came first', async () => {
    const pool = await start([{ id: 'a', model: colourModel(1) }]);
    const order: number[] = [];
    const run = (deadlineMs: number) => pool.run(request({ deadlineMs })).then(() => order.push(deadlineMs));
    await Promise.all([run(1), run(30), run(20), run(Infinity), run(10), run(20)]);
    expect(order).toEqual([1, 10, 20, 20, 30, Infinity]);
  });

  test('what could not begin in time is not begun', async () => {
    const pool = await start([{ id: 'a', model: colourModel(1) }]);
    const late = request({ latestStartMs: SYSTEM_CLOCK.monotonicMs() - 1 });
    expect(await pool.run(late)).toMatchObject({ kind: 'late' });
    expect([...late.logits]).toEqual([0, 0, 0]);
  });

  test.each([
    [
      'other classes',
      {
        model: {
          ...colourModel(1),
          weights: [
            [1, 0, 0],
            [0, 1, 0],
          ],
        },
      },
      /2 classes, the labels file has 3/,
    ],
    [
      'another size',
      { model: colourModel(1, { side: 24 }) },
      /its input is \[.*24, 24, 3\], the ladder says \[1, 16, 16, 3\]/,
    ],
    ['another type', { model: colourModel(1, { dtype: 'float32' }) }, /its input is float32, the ladder says uint8/],
  ] as const)('a model of %s is refused at load', async (_name, changes, message) => {
    await expect(start([{ id: 'a', ...changes } as unknown as TinyRung])).rejects.toMatchObject({
      code: 'model-shape',
      exitCode: 2,
      message: expect.stringMatching(message),
    });
  });

  test('a file that is no model is refused at load', async () => {
    const path = await writeLadder(folder.path, [{ id: 'a', model: colourModel(1) }]);
    const ladder = await readLadder(path);
    await writeFile(join(folder.path, 'a.onnx'), 'not a model');
    const settings = { executionProviders: ['cpu'], allowFallback: false, threadsPerSlot: 1 };
    const { rungs } = ladder;
    await expect(
      InferencePool.start({ rungs, classes: 3, slots: 1, clock: SYSTEM_CLOCK, settings }),
    ).rejects.toMatchObject({ code: 'model-unreadable', exitCode: 2 });
  });

  test('a missing execution provider is an error, or a word and the CPU where that is allowed', async () => {
    const rungs = [{ id: 'a', model: colourModel(1) }];
    const settings = { executionProviders: ['nonesuch'], threadsPerSlot: 1 };
    await expect(start(rungs, { settings: { ...settings, allowFallback: false } })).rejects.toMatchObject({
      code: 'provider-missing',
      exitCode: 2,
      message: expect.stringMatching(/nonesuch cannot be used: .*knows cpu/),
    });
    const pool = await start(rungs, { settings: { ...settings, allowFallback: true } });
    expect(pool.notices).toEqual([expect.stringContaining('the execution provider nonesuch cannot be used')]);
    expect((await pool.run(request())).kind).toBe('done');
  });

  test('a slot that dies is replaced, its frame answered as failed, and what waits is run', async () => {
    // The real body, but its thread ends in its third job.
    const script = join(folder.path, 'mortal.mjs');
    await writeFile(
      script,
      `import { parentPort } from 'node:worker_threads';
       let jobs = 0;
       parentPort.on('message', () => { if (++jobs === 3) process.exit(7); });
       await import(${JSON.stringify(new URL('../../dist/src/infer/worker.js', import.meta.url).href)});`,
    );
    const reasons: string[] = [];
    const pool = await start([{ id: 'a', model: colourModel(1) }], {
      workerScript: script,
      onCrash: (reason) => reasons.push(reason),
    });
    const results = await Promise.all(Array.from({ length: 5 }, () => pool.run(request())));
    expect(results.map(({ kind }) => kind)).toEqual(['done', 'done', 'failed', 'done', 'done']);
    expect(results[2]).toMatchObject({ reason: expect.stringContaining('code 7') });
    expect(reasons.length).toBe(1);
    expect(pool.crashes).toBe(1);
  });

  test('while no slot can be replaced, runs fail at once, and run again when one can', async () => {
    const script = join(folder.path, 'once.mjs');
    await writeFile(
      script,
      `import { parentPort } from 'node:worker_threads';
       import { existsSync } from 'node:fs';
       parentPort.on('message', () => { if (existsSync(${JSON.stringify(join(folder.path, 'die'))})) process.exit(7); });
       await import(${JSON.stringify(new URL('../../dist/src/infer/worker.js', import.meta.url).href)});`,
    );
    const reasons: string[] = [];
    const pool = await start([{ id: 'a', model: colourModel(1) }], {
      workerScript: script,
      onCrash: (reason) => reasons.push(reason),
    });
    const model = pool.rungs[0]?.path ?? '';
    await rename(model, `${model}.away`);
    await writeFile(join(folder.path, 'die'), '');
    const [first, second] = await Promise.all([pool.run(request()), pool.run(request())]);
    expect(first).toMatchObject({ kind: 'failed', reason: expect.stringContaining('code 7') });
    expect(second).toMatchObject({ kind: 'failed', reason: 'no inference thread is alive' });
    expect(await pool.run(request())).toMatchObject({ kind: 'failed', reason: 'no inference thread is alive' });
    expect(reasons).toContainEqual(expect.stringMatching(/replacement cannot be loaded: .*there is no model file/));
    await rm(join(folder.path, 'die'));
    await rename(`${model}.away`, model);
    await waitFor(async () => (await pool.run(request())).kind === 'done', 'the slot to be back');
  });

  test('a thread that throws tells why', async () => {
    const script = join(folder.path, 'throwing.mjs');
    await writeFile(
      script,
      `import { parentPort } from 'node:worker_threads';
       parentPort.on('message', () => { setTimeout(() => { throw new Error('out of luck'); }); });
       parentPort.postMessage({ type: 'ready', output: new Float32Array(3), embeddingSizes: [0], notices: [] });`,
    );
    const pool = await start([{ id: 'a', model: colourModel(1) }], { workerScript: script });
    expect(await pool.run(request())).toMatchObject({ kind: 'failed', reason: 'out of luck' });
    await waitFor(() => pool.crashes === 1, 'the crash to be counted');
  });

  test('takes further rungs behind its own while it runs', async () => {
    const path = await writeLadder(folder.path, [
      { id: 'a', model: colourModel(0.01) },
      { id: 'b', model: colourModel(0.02, { embedding: true }) },
      { id: 'c', model: colourModel(0.03) },
    ]);
    const { rungs } = await readLadder(path);
    const [a, b, c] = rungs as [(typeof rungs)[0], (typeof rungs)[0], (typeof rungs)[0]];
    const settings = { executionProviders: ['cpu'], allowFallback: false, threadsPerSlot: 1 };
    const pool = await InferencePool.start({ rungs: [c], classes: 3, slots: 2, clock: SYSTEM_CLOCK, settings });
    pools.push(pool);
    const kinds = new Set<string>();
    let isExtended = false;
    const busy = (async () => {
      while (!isExtended) kinds.add((await pool.run(request())).kind);
    })();
    await Promise.all([pool.extend([a]), pool.extend([b, a, c])]);
    isExtended = true;
    await busy;
    expect([...kinds]).toEqual(['done']);
    expect(pool.rungs.map(({ id }) => id)).toEqual(['c', 'a', 'b']);
    expect(pool.embeddingSizes).toEqual([0, 0, 3]);
    const first = await Promise.all(
      [0, 1, 2, 0, 1, 2].map(async (rung) => {
        const job = request({ rung });
        return (await pool.run(job)).kind === 'done' ? job.logits[0] : null;
      }),
    );
    expect(first.map((value) => value?.toFixed(1))).toEqual(['6.0', '2.0', '4.0', '6.0', '2.0', '4.0']);
    expect(pool.crashes).toBe(0);
    const [timing, ...none] = await measureRungs(pool, { aspect: 'stretch', width: 64, height: 64 }, 4, undefined, [1]);
    expect(timing?.rung).toBe('a');
    expect(none).toEqual([]);
  });

  test('a rung that cannot be loaded leaves the pool as it was', async () => {
    const path = await writeLadder(folder.path, [
      { id: 'a', model: colourModel(0.01) },
      { id: 'b', model: colourModel(1, { side: 24 }) },
    ]);
    const { rungs } = await readLadder(path);
    const settings = { executionProviders: ['cpu'], allowFallback: false, threadsPerSlot: 1 };
    const pool = await InferencePool.start({
      rungs: rungs.slice(0, 1),
      classes: 3,
      slots: 1,
      clock: SYSTEM_CLOCK,
      settings,
    });
    pools.push(pool);
    await expect(pool.extend(rungs)).rejects.toMatchObject({ code: 'model-shape' });
    expect(pool.rungs.map(({ id }) => id)).toEqual(['a']);
    expect((await pool.run(request())).kind).toBe('done');
  });

  test('stop answers what waits and what runs', async () => {
    const pool = await start([{ id: 'a', model: colourModel(1) }]);
    const results = Array.from({ length: 3 }, () => pool.run(request()));
    await pool.stop();
    expect((await Promise.all(results)).every(({ kind }) => kind === 'failed')).toBe(true);
    expect(await pool.run(request())).toMatchObject({ kind: 'failed' });
  });
});

test('measureRungs gives each rung its own quantiles', async () => {
  const pool = await start([
    { id: 'small', model: colourModel(1), side: 8 },
    { id: 'large', model: colourModel(1), side: 400 },
  ]);
  const [small, large] = await measureRungs(pool, { aspect: 'stretch', width: 64, height: 64 }, 20);
  expect(small?.p50Ms).toBeLessThan(large?.p50Ms ?? 0);
  expect(small?.p50Ms).toBeLessThanOrEqual(small?.p95Ms ?? 0);
  expect(large?.runP50Ms).toBeLessThan(large?.p50Ms ?? 0);
});

test('rungs are measured also where more frames come than the slots can run', async () => {
  let nowMs = 0;
  const clock = { monotonicMs: () => nowMs, unixMs: () => 0 };
  const pool = await start([{ id: 'a', model: colourModel(1) }], { clock });
  let isMeasured = false;
  let frames = 0;
  const camera = async () => {
    for (let n = 0; n < 300 && !isMeasured; n++, frames++) {
      nowMs += 20;
      await pool.run(request({ deadlineMs: nowMs + 100 }));
    }
  };
  const cameras = [camera(), camera(), camera()];
  await measureRungs(pool, { aspect: 'stretch', width: 64, height: 64 }, 2);
  isMeasured = true;
  await Promise.all(cameras);
  expect(frames).toBeLessThan(900);
});
