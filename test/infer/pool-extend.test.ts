import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Worker } from 'node:worker_threads';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { readLadder } from '../../src/infer/ladder.ts';
import { InferencePool, type RunRequest } from '../../src/infer/pool.ts';
import { SYSTEM_CLOCK } from '../../src/service/clock.ts';
import type { Rung } from '../../src/types.ts';
import { temporaryFolder } from '../support/clips.ts';
import { colourModel, writeLadder } from '../support/ladders.ts';
import { waitFor } from '../support/processes.ts';

const SETTINGS = { executionProviders: ['cpu'], allowFallback: false, threadsPerSlot: 1 };
/** First byte of a picture at which the thread that is to look at it dies. */
const DEADLY = 13;
/** After a death, a replacement is begun sooner. */
const LONGER_THAN_A_REPLACEMENT_MS = 150;

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let rungs: readonly Rung[];
let script: string;
let begun: number;
let ended: number;
const pools: InferencePool[] = [];
const go = () => join(folder.path, 'go');
const alive = () => begun - ended;
const count = (worker: Worker) => {
  begun++;
  worker.once('exit', () => ended++);
};

beforeAll(async () => {
  folder = await temporaryFolder();
  const ids = ['a', 'b'];
  ({ rungs } = await readLadder(
    await writeLadder(
      folder.path,
      ids.map((id) => ({ id, model: colourModel(1) })),
    ),
  ));
  script = join(folder.path, 'body.mjs');
  // The real body, which dies of one kind of picture; with more than one rung it waits for a file before it loads them.
  await writeFile(
    script,
    `import { existsSync } from 'node:fs';
     import { setTimeout as sleep } from 'node:timers/promises';
     import { parentPort, workerData } from 'node:worker_threads';
     if (workerData.rungs.length > 1) while (!existsSync(${JSON.stringify(go())})) await sleep(2);
     await import(${JSON.stringify(new URL('../../dist/src/infer/worker.js', import.meta.url).href)});
     const die = (job) => { if (job.pixels?.[0] === ${DEADLY}) process.exit(7); };
     if (parentPort.listenerCount('message') > 0) parentPort.on('message', die);`,
  );
  process.on('worker', count);
});
beforeEach(() => {
  begun = 0;
  ended = 0;
});
afterEach(async () => {
  await writeFile(go(), '');
  await Promise.all(pools.splice(0).map((pool) => pool.stop()));
  await rm(go());
});
afterAll(async () => {
  process.off('worker', count);
  await folder.remove();
});

async function start(slots: number): Promise<InferencePool> {
  const first = rungs.slice(0, 1);
  const options = { rungs: first, classes: 3, slots, clock: SYSTEM_CLOCK, settings: SETTINGS, workerScript: script };
  const pool = await InferencePool.start(options);
  pools.push(pool);
  return pool;
}

function request(first = 0): RunRequest {
  const pixels = new Uint8Array(new SharedArrayBuffer(16 * 16 * 3)).fill(first);
  const times = { deadlineMs: Infinity, latestStartMs: Infinity };
  return {
    rung: 0,
    frame: { width: 16, height: 16, pixels },
    box: [0, 0, 1, 1],
    ...times,
    logits: new Float32Array(3),
    embedding: null,
  };
}

describe('a pool that is stopped while it is extended', () => {
  test('leaves no thread behind, and begins no other', async () => {
    const pool = await start(2);
    const extended = pool.extend(rungs).catch((error: unknown) => error);
    await waitFor(() => begun === 3, 'the first successor');
    const stopped = pool.stop();
    await writeFile(go(), '');
    await stopped;
    expect(alive()).toBe(0);
    expect(await extended).toMatchObject({ code: 'inference-stopped' });
    expect({ begun, alive: alive() }).toEqual({ begun: 3, alive: 0 });
  });

  test('begins none where it had begun none', async () => {
    const pool = await start(1);
    const extended = pool.extend(rungs).catch((error: unknown) => error);
    await pool.stop();
    await writeFile(go(), '');
    expect(await extended).toMatchObject({ code: 'inference-stopped' });
    expect({ begun, alive: alive() }).toEqual({ begun: 1, alive: 0 });
  });

  test('by the signal of whoever asked for that, keeps its rungs and goes on', async () => {
    const pool = await start(2);
    const stop = new AbortController();
    const extended = pool.extend(rungs, stop.signal).catch((error: unknown) => error);
    await waitFor(() => begun === 3, 'the first successor');
    const reason = new Error('enough');
    stop.abort(reason);
    await writeFile(go(), '');
    expect(await extended).toBe(reason);
    expect({ begun, alive: alive() }).toEqual({ begun: 3, alive: 2 });
    expect(pool.rungs.map(({ id }) => id)).toEqual(['a']);
    expect((await Promise.all([pool.run(request()), pool.run(request())])).map(({ kind }) => kind)).toEqual([
      'done',
      'done',
    ]);
    await pool.extend(rungs);
    expect(pool.rungs.map(({ id }) => id)).toEqual(['a', 'b']);
    expect(alive()).toBe(2);
  });
});

describe('a slot that dies while the pool is extended', () => {
  test('before its turn has no successor beside its replacement', async () => {
    const pool = await start(2);
    const extended = pool.extend(rungs);
    await waitFor(() => begun === 3, 'the first successor');
    await Promise.all([pool.run(request(DEADLY)), pool.run(request(DEADLY))]); // on both: one's successor is loaded, one's turn is to come
    await waitFor(() => begun === 4, 'the replacement of the other');
    await writeFile(go(), '');
    await extended;
    expect({ begun, alive: alive() }).toEqual({ begun: 4, alive: 2 });
    expect((await pool.run({ ...request(), rung: 1 })).kind).toBe('done');
  });

  test('while its successor is loaded has no replacement beside it', async () => {
    const pool = await start(1);
    const extended = pool.extend(rungs);
    await waitFor(() => begun === 2, 'the successor');
    expect((await pool.run(request(DEADLY))).kind).toBe('failed');
    await waitFor(() => ended === 1, 'its end');
    await sleep(LONGER_THAN_A_REPLACEMENT_MS);
    await writeFile(go(), '');
    await extended;
    expect({ begun, alive: alive() }).toEqual({ begun: 2, alive: 1 });
    expect((await pool.run({ ...request(), rung: 1 })).kind).toBe('done');
  });

  test('comes back where its successor cannot be loaded', async () => {
    const pool = await start(1);
    const [a, b] = rungs as [Rung, Rung];
    const extended = pool.extend([a, { ...b, id: 'c', layout: 'nchw' }]).catch((error: unknown) => error);
    await waitFor(() => begun === 2, 'the successor');
    expect((await pool.run(request(DEADLY))).kind).toBe('failed');
    await writeFile(go(), '');
    expect(await extended).toMatchObject({ code: 'model-shape' });
    await waitFor(async () => (await pool.run(request())).kind === 'done', 'the slot to be back');
    await waitFor(() => alive() === 1, 'the end of all others');
  });
});
