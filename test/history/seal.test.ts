import type * as Fs from 'node:fs';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { breakSeal, writeSeal } from '../../src/history/seal.ts';
import { temporaryFolder } from '../support/clips.ts';
import { beginStore, EVERYTHING, entry } from '../support/history.ts';

/** What was done to files, in order. */
const calls = vi.hoisted(() => [] as string[]);
vi.mock('node:fs', async (original) => {
  const fs = await original<typeof Fs>();
  const rmSync: typeof fs.rmSync = (path, options) => {
    calls.push(`remove ${path}`);
    fs.rmSync(path, options);
  };
  const fsyncSync: typeof fs.fsyncSync = (file) => {
    calls.push(`sync ${fs.readlinkSync(`/proc/self/fd/${file}`)}`);
    fs.fsyncSync(file);
  };
  return { ...fs, rmSync, fsyncSync };
});

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
beforeEach(async () => {
  folder = await temporaryFolder();
});
afterEach(() => folder.remove());

test('a seal is taken away for good before the database is used: a power cut does not bring it back', () => {
  const history = join(folder.path, 'history');
  mkdirSync(history);
  const database = join(history, 'weir.db');
  writeFileSync(database, '');
  writeSeal(history, database, { epoch: 'e', last: 7 });
  calls.length = 0;
  expect(breakSeal(history, database)).toEqual({ epoch: 'e', last: 7 });
  expect(calls).toEqual([`remove ${join(history, 'seal.json')}`, `sync ${history}`]);
});

test('what is on the disk and was sent again is told once', () => {
  const { store } = beginStore(folder.path);
  const entries = [1, 2, 3].map((seq) => entry(seq));
  store.take(entries, []);
  store.flush();
  store.take([...entries, entry(4)], []);
  const { items } = store.scan({ filter: EVERYTHING, after: 0, descending: false, limit: 10, withGaps: true });
  expect(items.map((item) => item.kind === 'message' && item.seq)).toEqual([1, 2, 3, 4]);
  store.abandon();
});
