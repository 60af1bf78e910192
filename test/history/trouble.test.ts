import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { closeSync, openSync, statSync, writeFileSync, writeSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { spawnThread } from '../../src/history/thread.ts';
import { temporaryFolder } from '../support/clips.ts';
import { begin, put, told } from '../support/history.ts';
import { waitFor } from '../support/processes.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
beforeEach(async () => {
  folder = await temporaryFolder();
});
afterEach(() => folder.remove());

/** What deflate cannot make smaller than half. */
const noise = () => randomBytes(10_000).toString('hex');

const isRoot = process.getuid?.() === 0;

test.skipIf(!isRoot)(
  'a full disk: the daemon goes on, the oldest that wait are dropped, and told as a gap',
  async () => {
    const disk = join(folder.path, 'disk');
    await mkdir(disk);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=48m', 'tmpfs', disk]);
    try {
      const notices: string[] = [];
      const history = await begin(disk, notices);
      for (let seq = 1; seq <= 50; seq++) put(history, seq);
      await waitFor(() => history.status.last === 50, 'the first to be written');
      const { bsize, blocks } = { bsize: 4096, blocks: 12_288 };
      try {
        writeFileSync(join(disk, 'ballast'), Buffer.alloc(bsize * blocks));
      } catch {
        // The disk is full.
      }
      for (let seq = 51; seq <= 1_500; seq++) {
        put(history, seq, { padding: noise() });
        if (seq % 100 === 0) await new Promise((resolve) => setImmediate(resolve));
      }
      await waitFor(() => history.status.state === 'failing' && history.status.dropped > 0, 'the disk to be full');
      expect(notices.join()).toMatch(/cannot be written: .*full/);
      expect(history.status.waitingBytes).toBeLessThan(40_000_000);
      // What is kept can be read all the same.
      expect(
        (await history.page({ after: 0, wants: { cameras: 'all', every: 'frame' }, limit: 50 })).items,
      ).toHaveLength(50);
      await rm(join(disk, 'ballast'));
      await waitFor(() => history.status.state === 'ok' && history.status.last === 1_500, 'it to be written again');
      const { dropped } = history.status;
      const items = await told(history, 0);
      expect(items[50]).toEqual({ kind: 'gap', from: 51, to: 50 + dropped, reason: 'expired' });
      expect(items).toHaveLength(50 + 1 + 1_450 - dropped);
      await history.close();
      // And none of it is forgotten by a restart.
      const next = await begin(disk);
      expect(next.startsBehind).toBe(1_500);
      expect((await told(next, 0))[50]).toEqual(items[50]);
      await next.close();
    } finally {
      execFileSync('umount', ['-l', disk]);
    }
  },
);

test('pages that are overwritten while it runs: set aside, the epoch goes on, what was lost is a gap', async () => {
  const notices: string[] = [];
  const history = await begin(folder.path, notices);
  for (let seq = 1; seq <= 800; seq++) put(history, seq, { padding: noise() });
  await waitFor(() => history.status.last === 800, 'all to be written');
  const path = join(folder.path, 'history', 'weir.db');
  const file = openSync(path, 'r+');
  const { size } = statSync(path);
  expect(size).toBeGreaterThan(4_000_000);
  for (let at = 4_096; at < size; at += 4_096) writeSync(file, randomBytes(4_096), 0, 4_096, at);
  closeSync(file);
  await expect(told(history, 0)).rejects.toMatchObject({ code: 'history-failing' });
  await waitFor(() => history.status.quarantined.length === 1, 'the file to be set aside');
  expect(notices.join()).toContain('corrupt');
  for (let seq = 801; seq <= 805; seq++) put(history, seq);
  await waitFor(() => history.status.last === 805, 'it to be written again');
  expect(history.status.state).toBe('ok');
  expect(await told(history, 10)).toMatchObject([
    { kind: 'gap', from: 11, to: 800, reason: 'expired' },
    ...[801, 802, 803, 804, 805].map((seq) => ({ kind: 'message', seq })),
  ]);
  await history.close();
  const next = await begin(folder.path);
  expect([next.epochId, next.startsBehind]).toEqual([history.epochId, 805]);
  await next.close();
});

test('a thread that dies is replaced, and what was on its way is written', async () => {
  const threads: Worker[] = [];
  const notices: string[] = [];
  const history = await begin(folder.path, notices, (setup) => {
    const thread = spawnThread(setup);
    threads.push(thread);
    return thread;
  });
  // It dies of a defect: an order that it cannot understand.
  threads[0]?.postMessage({ type: 'batch', entries: null, dropped: [] });
  for (let seq = 1; seq <= 1_100; seq++) put(history, seq);
  await waitFor(() => history.status.state === 'failing', 'the thread to die');
  expect(notices.join()).toMatch(/thread died/);
  expect(history.status).toMatchObject({ state: 'failing', reason: expect.stringContaining('started anew') });
  for (let seq = 1_101; seq <= 1_200; seq++) put(history, seq);
  await waitFor(() => history.status.last === 1_200, 'another thread to write');
  expect(history.status.state).toBe('ok');
  expect(threads).toHaveLength(2);
  expect((await told(history, 0)).map((item) => item.kind === 'message' && item.seq)).toEqual(
    Array.from({ length: 1_200 }, (_, index) => index + 1),
  );
  await history.close();
});

/** A thread that stands still from its first batch until the gate opens, and tells in the end what it was given. */
const STANDING = `
  const { parentPort, workerData } = require('node:worker_threads');
  const status = { state: 'ok', reason: '', first: 1, last: 0, bytes: 0, written: 0, dropped: 0, waitingBytes: 0,
    batchP95Ms: 0, epochs: [], quarantined: [] };
  parentPort.postMessage({ type: 'open', epoch: 'e', last: 0, status });
  const seen = [];
  parentPort.on('message', (order) => {
    if (order.type === 'close') {
      parentPort.postMessage({ type: 'notice', text: JSON.stringify(seen) });
      parentPort.close();
      return;
    }
    Atomics.wait(workerData.gate, 0, 0);
    seen.push({ bytes: order.entries.reduce((sum, { text }) => sum + text.length, 0),
      seqs: order.entries.map(({ seq }) => seq), dropped: order.dropped });
    parentPort.postMessage({ type: 'taken' });
  });`;

test('a thread that stands still: a bounded amount is on its way and waits, the rest is dropped and told', async () => {
  const gate = new Int32Array(new SharedArrayBuffer(4));
  const notices: string[] = [];
  const history = await begin(folder.path, notices, () => new Worker(STANDING, { eval: true, workerData: { gate } }));
  for (let seq = 1; seq <= 3_000; seq++) put(history, seq, { padding: noise() });
  const { dropped, waitingBytes } = history.status;
  expect(waitingBytes).toBeLessThan(16_100_000);
  expect(dropped).toBeGreaterThan(1_000);
  Atomics.store(gate, 0, 1);
  Atomics.notify(gate, 0);
  await history.close();
  const seen: { bytes: number; seqs: number[]; dropped: { first: number; last: number }[] }[] = JSON.parse(
    notices.at(-1) ?? '[]',
  );
  const all = seen.flatMap(({ seqs, dropped: ranges }) => [
    ...ranges.flatMap(({ first, last }) => Array.from({ length: last - first + 1 }, (_, index) => first + index)),
    ...seqs,
  ]);
  expect(all).toEqual(Array.from({ length: 3_000 }, (_, index) => index + 1));
  expect(Math.max(...seen.map(({ bytes }) => bytes))).toBeLessThan(17_000_000);
});
