import { rmSync, writeFileSync } from 'node:fs';
import { mkdir, readdir, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openHistory } from '../../src/commands/run-history.ts';
import type { SequencedMessage } from '../../src/protocol/messages.ts';
import { temporaryFolder } from '../support/clips.ts';
import { waitFor } from '../support/processes.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
beforeEach(async () => {
  folder = await temporaryFolder();
});
afterEach(() => folder.remove());

const CONFIG = { enabled: true, retentionDays: 7, maxMegabytes: 16 };
const ALL = { cameras: 'all', every: 'frame' } as const;

function open(notices: string[] = [], config = CONFIG) {
  return openHistory(config, { stateDir: folder.path, onNotice: (text) => notices.push(text) });
}

function put(history: Awaited<ReturnType<typeof open>>, seq: number, camera = 'gate'): void {
  const message = {
    type: 'camera',
    epoch: history.epoch,
    seq,
    camera,
    state: 'live',
    reason: '',
    degraded: [],
    atMs: Date.now(),
  } as const;
  history.sink?.publish(message satisfies SequencedMessage, JSON.stringify(message));
}

test('what was published is in a page at once, and the epoch goes on after a clean end', async () => {
  const first = await open();
  for (let seq = 1; seq <= 30; seq++) put(first, seq, seq % 2 ? 'gate' : 'yard');
  const { items, to } = await first.past.page({ after: 10, wants: { ...ALL, cameras: ['yard'] }, limit: 5 });
  expect(items.map((item) => item.kind === 'message' && item.seq)).toEqual([12, 14, 16, 18, 20]);
  expect(to).toBe(20);
  await first.close();
  const second = await open();
  expect([second.epoch, second.last]).toEqual([first.epoch, 30]);
  await second.close();
});

test('without a seal a new epoch begins behind what was reserved, and the hole is told', async () => {
  const first = await open();
  for (let seq = 1; seq <= 3; seq++) put(first, seq);
  await first.close();
  await writeFile(join(folder.path, 'history', 'seal.json'), '');
  const second = await open();
  expect(second.epoch).not.toBe(first.epoch);
  expect(second.last).toBe(3 + 256);
  put(second, 260);
  const { items } = await second.past.page({ after: 3, wants: ALL, limit: 5 });
  expect(items).toMatchObject([
    { kind: 'gap', from: 4, to: 259, reason: 'epoch' },
    { kind: 'message', seq: 260 },
  ]);
  expect(second.past.epoch(first.epoch)).toMatchObject({ first: 1, last: 3 });
  await second.close();
});

test('a corrupt file is set aside and told', async () => {
  const first = await open();
  put(first, 1);
  await first.close();
  writeFileSync(join(folder.path, 'history', 'weir.db'), 'garbage '.repeat(2000));
  const notices: string[] = [];
  const second = await open(notices);
  expect(notices.join()).toContain('corrupt');
  expect((await readdir(join(folder.path, 'history'))).some((name) => name.startsWith('weir.db.corrupt-'))).toBe(true);
  await second.close();
});

test('a second daemon on the same state is refused', async () => {
  const first = await open();
  await expect(open()).rejects.toMatchObject({ code: 'state-in-use', exitCode: 2 });
  await first.close();
});

test('a state directory that cannot be used: the history begins without, says why, and goes on when it can be', async () => {
  const path = join(folder.path, 'history');
  writeFileSync(path, 'a file in the place of the folder');
  const notices: string[] = [];
  const history = await open(notices);
  expect(notices.join()).toMatch(/nothing is kept until it can be: the history in .* cannot be used/);
  expect(history.status()).toMatchObject({ state: 'failing', reason: expect.stringContaining('cannot be used') });
  for (let seq = 1; seq <= 3; seq++) put(history, seq);
  rmSync(path);
  await waitFor(() => history.status()?.last === 3, 'it to be written');
  expect(history.status()?.state).toBe('ok');
  await expect(open()).rejects.toMatchObject({ code: 'state-in-use' });
  await history.close();
  const next = await open();
  expect([next.epoch, next.last]).toEqual([history.epoch, 3]);
  await next.close();
});

test('a database that cannot be opened: a new epoch above what was sent, and the past is there again later', async () => {
  const first = await open();
  for (let seq = 1; seq <= 3; seq++) put(first, seq);
  await first.close();
  const aside = join(folder.path, 'history', 'weir.db-wal');
  await mkdir(aside);
  const second = await open();
  expect(second.epoch).not.toBe(first.epoch);
  expect(second.last).toBeGreaterThan(3);
  put(second, second.last + 1);
  await rmdir(aside);
  await waitFor(() => second.status()?.state === 'ok' && second.status()?.last === second.last + 1, 'it to be written');
  const { items } = await second.past.page({ after: 2, wants: ALL, limit: 5 });
  expect(items).toMatchObject([{ seq: 3 }, { kind: 'gap', from: 4, reason: 'epoch' }, { seq: second.last + 1 }]);
  await second.close();
});

test('without a history nothing of it refuses', async () => {
  writeFileSync(join(folder.path, 'history'), 'a file in the place of the folder');
  const notices: string[] = [];
  const none = await open(notices, { ...CONFIG, enabled: false });
  expect([none.archive, none.status()]).toEqual([null, null]);
  expect(notices.join()).toMatch(/cannot be locked/);
  await none.close();
});
