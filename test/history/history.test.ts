import { writeFileSync } from 'node:fs';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openHistory } from '../../src/commands/run-history.ts';
import type { SequencedMessage } from '../../src/protocol/messages.ts';
import { temporaryFolder } from '../support/clips.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
beforeEach(async () => {
  folder = await temporaryFolder();
});
afterEach(() => folder.remove());

const CONFIG = { enabled: true, retentionDays: 7, maxMegabytes: 16 };
const ALL = { cameras: 'all', every: 'frame' } as const;

function open(notices: string[] = []) {
  const clock = { unixMs: () => Date.now(), monotonicMs: () => performance.now() };
  return openHistory(CONFIG, { stateDir: folder.path, clock, onNotice: (text) => notices.push(text) });
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
