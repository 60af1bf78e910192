import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { lockState } from '../../src/history/lock.ts';
import { temporaryFolder } from '../support/clips.ts';
import { ROOT } from '../support/daemon.ts';
import { begin, put, told } from '../support/history.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
beforeEach(async () => {
  folder = await temporaryFolder();
});
afterEach(() => folder.remove());

/** A process of its own. */
function run(script: string) {
  const path = join(folder.path, 'script.mjs');
  writeFileSync(path, script);
  return spawn(process.execPath, [path, ROOT, folder.path], { stdio: ['ignore', 'pipe', 'inherit'] });
}

/** Sends a message every 2 ms, and says each number and when it was sent. */
const WRITER = `
  const { startHistory } = await import(process.argv[2] + '/dist/src/history/history.js');
  const limits = { retentionDays: 7, maxMegabytes: 64 };
  const history = await startHistory({ stateDir: process.argv[3], limits, onNotice: console.error });
  const padding = 'x'.repeat(600);
  for (let seq = history.startsBehind + 1; ; seq++) {
    const message = { type: 'camera', epoch: history.epochId, seq, camera: 'gate', state: 'live', reason: padding, degraded: [], atMs: Date.now() };
    history.publish(message, JSON.stringify(message));
    console.log(history.epochId, seq, Date.now());
    await new Promise((resolve) => setTimeout(resolve, 2));
  }`;

/** Runs it until so many messages were sent, and kills it as a power cut would. */
async function writeAndDie(count: number) {
  const child = run(WRITER);
  const closed = once(child, 'close');
  const sent: { epoch: string; seq: number; atMs: number }[] = [];
  for await (const line of createInterface(child.stdout)) {
    const [epoch = '', seq, atMs] = line.split(' ');
    sent.push({ epoch, seq: Number(seq), atMs: Number(atMs) });
    if (sent.length === count) child.kill('SIGKILL');
  }
  await closed;
  return sent;
}

test('kill -9: nothing older than a second is lost, and no number is used twice', async () => {
  const first = await writeAndDie(1_000);
  const second = await writeAndDie(300);
  const history = await begin(folder.path);
  const [end, next] = [first.at(-1), second[0]];
  if (end === undefined || next === undefined) throw new Error('nothing was written');
  const ended = history.epoch(end.epoch);
  if (ended === null) throw new Error('the first epoch is unknown');
  // What was sent a second before the end is there, in order, without a hole.
  const safe = first.filter(({ atMs }) => atMs < end.atMs - 1_000).length;
  expect(safe).toBeGreaterThan(100);
  expect(ended.last).toBeGreaterThanOrEqual(safe);
  const items = await told(history, 0);
  expect(items.slice(0, ended.last).map((item) => item.kind === 'message' && item.seq)).toEqual(
    first.slice(0, ended.last).map(({ seq }) => seq),
  );
  // The next epoch leaps over all that was sent, which is told once.
  expect(next.epoch).not.toBe(end.epoch);
  expect(next.seq).toBeGreaterThan(end.seq);
  expect(items[ended.last]).toEqual({ kind: 'gap', from: ended.last + 1, to: next.seq - 1, reason: 'epoch' });
  expect(history.startsBehind).toBeGreaterThanOrEqual(second.at(-1)?.seq ?? 0);
  await history.close();
});

test('another process holds the state: refused with its number; free again once it was killed', async () => {
  const hold = `
    const { lockState } = await import(process.argv[2] + '/dist/src/history/lock.js');
    lockState(process.argv[3]);
    console.log('held');
    setInterval(() => {}, 1_000);`;
  const child = run(hold);
  const closed = once(child, 'close');
  await once(child.stdout, 'data');
  expect(() => lockState(folder.path)).toThrow(
    expect.objectContaining({ code: 'state-in-use', message: expect.stringContaining(`process ${child.pid}`) }),
  );
  child.kill('SIGKILL');
  await closed;
  lockState(folder.path)();
});

test('an end in order is sealed: no number is lost or used twice', async () => {
  for (let turn = 0; turn < 3; turn++) {
    const history = await begin(folder.path);
    expect(history.startsBehind).toBe(turn * 10);
    for (let seq = turn * 10 + 1; seq <= turn * 10 + 10; seq++) put(history, seq);
    await history.close();
  }
  const history = await begin(folder.path);
  expect((await told(history, 0)).map((item) => item.kind)).toEqual(Array(30).fill('message'));
  await history.close();
});
