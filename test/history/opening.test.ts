import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { copyFile, readdir, rm, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openStore } from '../../src/history/open-store.ts';
import { MIGRATIONS, migrate, versionOf } from '../../src/history/schema.ts';
import { openSqlite } from '../../src/history/sqlite.ts';
import { temporaryFolder } from '../support/clips.ts';
import { begin, beginStore, EVERYTHING, entry, LIMITS, put, told } from '../support/history.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let path: string;
beforeEach(async () => {
  folder = await temporaryFolder();
  path = join(folder.path, 'history', 'weir.db');
});
afterEach(() => folder.remove());

const digest = () => createHash('sha256').update(readFileSync(path)).digest('hex');

/** The newest epoch, left without a word. */
function beginStoreEpoch(): string {
  const { store } = beginStore(folder.path);
  store.abandon();
  return store.epoch;
}

function written(count: number): void {
  const { store } = beginStore(folder.path);
  for (let seq = 1; seq <= count; seq++) store.take([entry(seq)], []);
  store.flush();
  store.close();
}

test('an older layout is renewed, with a copy of what was before', () => {
  written(3);
  const database = openSqlite(path);
  const copy = migrate(database, path, [
    ...MIGRATIONS,
    (next) => next.exec('ALTER TABLE messages ADD COLUMN more INTEGER'),
  ]);
  expect(versionOf(database)).toBe(MIGRATIONS.length + 1);
  expect(database.prepare('SELECT seq, more FROM messages WHERE seq = 3').all()).toEqual([{ seq: 3, more: null }]);
  database.close();
  expect(copy).toBe(`${path}.before-v${MIGRATIONS.length + 1}`);
  const before = openSqlite(`${copy}`, { readOnly: true });
  expect(versionOf(before)).toBe(MIGRATIONS.length);
  expect(before.prepare('SELECT count(*) AS n FROM messages').all()).toEqual([{ n: 3 }]);
  before.close();
  expect(statSync(`${copy}`).mode & 0o777).toBe(0o600);
});

test('a step that fails changes nothing', () => {
  written(3);
  const database = openSqlite(path);
  const broken = (next: typeof database) => next.exec('DROP TABLE messages; SELECT * FROM nowhere');
  expect(() => migrate(database, path, [...MIGRATIONS, broken])).toThrow(/nowhere/);
  expect(versionOf(database)).toBe(MIGRATIONS.length);
  expect(database.prepare('SELECT count(*) AS n FROM messages').all()).toEqual([{ n: 3 }]);
  database.close();
});

test('a newer layout is refused and stays as it is', async () => {
  written(3);
  const database = openSqlite(path);
  database.exec('PRAGMA user_version = 99');
  database.close();
  const before = digest();
  await expect(begin(folder.path)).rejects.toMatchObject({ code: 'history-newer', exitCode: 2 });
  expect(digest()).toBe(before);
  expect((await readdir(join(folder.path, 'history'))).filter((name) => name.includes('corrupt'))).toEqual([]);
});

test('a file cut short is set aside; numbers go on above what was sent, in another epoch', async () => {
  const first = await begin(folder.path);
  for (let seq = 1; seq <= 3_000; seq++) put(first, seq);
  await first.close();
  await truncate(path, statSync(path).size - 4096 * 3);
  const notices: string[] = [];
  const second = await begin(folder.path, notices);
  expect(notices.join()).toMatch(/corrupt.*weir\.db\.corrupt-/);
  expect(second.epochId).not.toBe(first.epochId);
  expect(second.startsBehind).toBeGreaterThan(3_000);
  put(second, second.startsBehind + 1);
  expect(await told(second, 10)).toMatchObject([
    { kind: 'gap', from: 11, to: second.startsBehind, reason: 'expired' },
    { kind: 'message' },
  ]);
  expect(second.status.quarantined).toHaveLength(1);
  await second.close();
});

test('of corrupt files the newest three stay', async () => {
  for (let turn = 0; turn < 5; turn++) {
    written(turn + 1);
    await truncate(path, 5_000);
    beginStore(folder.path, undefined, 1_764_000_000_000 + turn * 1_000).store.abandon();
  }
  const kept = (await readdir(join(folder.path, 'history'))).filter((name) => /corrupt-[^.]*Z$/.test(name));
  expect(kept).toHaveLength(3);
});

test.each([['lost'], ['an older one']])('a database that is %s: numbers go on above what was sent', async (what) => {
  const first = await begin(folder.path);
  put(first, 1);
  await first.close();
  await copyFile(path, `${folder.path}/older.db`);
  const second = await begin(folder.path);
  for (let seq = 2; seq <= 1_500; seq++) put(second, seq, { camera: 'yard' });
  await second.close();
  await rm(path);
  if (what !== 'lost') await copyFile(`${folder.path}/older.db`, path);
  const third = await begin(folder.path);
  expect(third.epochId).not.toBe(second.epochId);
  expect(third.startsBehind).toBeGreaterThanOrEqual(1_500);
  await third.close();
});

test('an epoch that another thread takes over sets numbers aside again: the next one begins above all that was sent', () => {
  written(3);
  const setup = { folder: join(folder.path, 'history'), limits: LIMITS };
  const epoch = beginStoreEpoch();
  // 1,000 were sent since, and none of them is on the disk yet.
  openStore({ ...setup, adopt: { epoch, last: 1_003 } }, Date.now()).store.abandon();
  const next = beginStore(folder.path);
  expect(next.last).toBeGreaterThanOrEqual(1_003 + 256);
  next.store.abandon();
});

test('a message that cannot be read is a gap', () => {
  written(3);
  const database = openSqlite(path);
  database.exec("UPDATE messages SET body = x'00ff' WHERE seq = 2");
  database.close();
  const { store } = beginStore(folder.path);
  const { items } = store.scan({ filter: EVERYTHING, after: 0, descending: false, limit: 3, withGaps: true });
  expect(items).toMatchObject([{ text: '{"seq":1}' }, { kind: 'gap', from: 2, to: 2 }, { text: '{"seq":3}' }]);
  store.abandon();
});
