import { execFile } from 'node:child_process';
import { mkdir, readdir, readFile, rename, rm, stat, truncate, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { AlertJournal } from '../../src/alerts/journal.ts';
import { temporaryFolder } from '../support/clips.ts';
import { alertOf } from './alert-fixture.ts';

const DAY_MS = 86_400_000;
const NOW_MS = Date.UTC(2026, 5, 1);

let state: Awaited<ReturnType<typeof temporaryFolder>>;
let path: string;
let told: string[];
let opened: AlertJournal[];
beforeEach(async () => {
  state = await temporaryFolder();
  path = join(state.path, 'alerts', 'journal.jsonl');
  told = [];
  opened = [];
});
afterEach(async () => {
  await Promise.all(opened.map((journal) => journal.close()));
  await state.remove();
});

/** As after a start; the one before need not have ended. */
async function open(nowMs = NOW_MS, keepDays = 7): Promise<AlertJournal> {
  const clock = { unixMs: () => nowMs, monotonicMs: () => 1_000_000 };
  const journal = await AlertJournal.open({ path, keepDays, clock, onTrouble: (text) => void told.push(text) });
  opened.push(journal);
  return journal;
}

const alert = (id: string, atMs = NOW_MS) => alertOf(id, atMs);
const idsOf = (journal: AlertJournal) => journal.recent.map(({ id }) => id);

async function raise(journal: AlertJournal, ids: readonly string[], of = 'when'): Promise<void> {
  for (const id of ids) {
    journal.raise(alert(id), of);
    await journal.kept(alert(id));
  }
}

test('alerts, counts and what targets took are there after an end without a word, for nobody else to read', async () => {
  const before = await open();
  await raise(before, ['a', 'b']);
  before.settle(alert('a'), 'guard', 'delivered');
  before.settle(alert('a'), 'mqtt', 'refused');
  await before.kept(alert('b'));
  const after = await open();
  expect(after.recent).toEqual([
    { ...alert('b'), outcomes: {} },
    { ...alert('a'), outcomes: { guard: 'delivered', mqtt: 'refused' } },
  ]);
  expect(after.countOf('r')).toEqual({ raised: 2, lastAtMs: NOW_MS });
  expect(after.countOf('never')).toEqual({ raised: 0, lastAtMs: null });
  expect([(await stat(path)).mode & 0o777, (await stat(dirname(path))).mode & 0o777]).toEqual([0o600, 0o700]);
  expect(told).toEqual([]);
});

test('a line that a crash tore is dropped without a word, wherever it was torn, and the next one is whole', async () => {
  await raise(await open(), ['a', 'b']);
  const whole = await readFile(path, 'utf8');
  const lastLine = whole.trimEnd().lastIndexOf('\n') + 1;
  for (const cut of [whole.length - 1, lastLine + 20, lastLine]) {
    await writeFile(path, whole.slice(0, cut));
    const after = await open();
    expect(idsOf(after)).toEqual(['a']);
    await raise(after, ['c']);
    expect(idsOf(await open())).toEqual(['c', 'a']);
  }
  await truncate(path, 5);
  expect(idsOf(await open())).toEqual([]);
  expect(told).toEqual([]);
});

test('what can be read of a broken file counts, and the file is put aside and told', async () => {
  await raise(await open(), ['a', 'b', 'c']);
  const text = (await readFile(path, 'utf8')).replace('"id":"b"', '"id":"b');
  await writeFile(path, text);
  expect(idsOf(await open())).toEqual(['c', 'a']);
  expect(await readFile(`${path}.unreadable`, 'utf8')).toBe(text);
  expect(told).toEqual([expect.stringMatching(/journal\.jsonl cannot be read whole, it is kept as .*: 1 of 4 lines/)]);
  expect(idsOf(await open())).toEqual(['c', 'a']);
  expect(told).toHaveLength(1);
});

test.each([
  ['of another program', async () => void (await writeFile(path, 'hello\n'))],
  ['of another version', async () => void (await writeFile(path, '{"schema":"weir.alert-journal/2"}\n'))],
  ['that is a folder', async () => void (await mkdir(path))],
])('a file %s is put aside and told, and alerts are kept anew', async (_name, make) => {
  await mkdir(dirname(path));
  await make();
  await raise(await open(), ['a']);
  expect(told).toEqual([expect.stringContaining('it is kept as')]);
  expect(idsOf(await open())).toEqual(['a']);
  expect((await readdir(dirname(path))).sort()).toEqual(['journal.jsonl', 'journal.jsonl.unreadable']);
});

test('a disk that refuses is told of once; when it takes again, the next alert brings all', async () => {
  await writeFile(dirname(path), ''); // where the folder has to be
  const journal = await open();
  await raise(journal, ['a', 'b']);
  expect(idsOf(journal)).toEqual(['b', 'a']);
  expect(told).toEqual([expect.stringMatching(/^the list of alerts is kept in memory only: cannot write/)]);
  await rm(dirname(path), { recursive: true });
  await raise(journal, ['c']);
  const after = await open();
  expect([idsOf(after), after.countOf('r').raised]).toEqual([['c', 'b', 'a'], 3]);
});

test('what the disk refused to add comes with the next alert, or with the end', async () => {
  const journal = await open();
  await raise(journal, ['a']);
  const refuse = async () => {
    await rename(path, `${path}.kept`);
    await mkdir(path);
  };
  const takeAgain = async () => {
    await rm(path, { recursive: true });
    await rename(`${path}.kept`, path);
  };
  await refuse();
  await raise(journal, ['b']);
  await takeAgain();
  await raise(journal, ['c']);
  expect(idsOf(await open())).toEqual(['c', 'b', 'a']);
  await refuse();
  await raise(journal, ['d']);
  await takeAgain();
  await journal.close();
  expect(idsOf(await open())).toEqual(['d', 'c', 'b', 'a']);
  expect(told).toHaveLength(2);
});

test('a disk that hangs holds nobody up for longer than a second, and has all when it goes on', async () => {
  const journal = await open();
  await raise(journal, ['a']);
  await rm(path);
  await promisify(execFile)('mkfifo', [path]); // who opens it to write waits for somebody who reads
  await raise(journal, ['b']);
  for (let at = 0; at < 1_000; at++) journal.raise(alert(`c${at}`), 'when');
  const read = readFile(path, 'utf8');
  await journal.close();
  expect(await read).toContain('"id":"b"');
  await journal.close();
  expect((await open()).countOf('r').raised).toBe(1_002);
});

test('what a crash left of a file that was written anew goes', async () => {
  await raise(await open(), ['a']);
  await writeFile(`${path}.123.tmp`, 'half');
  expect(idsOf(await open())).toEqual(['a']);
  expect(await readdir(dirname(path))).toEqual(['journal.jsonl']);
});

test('what was put aside goes when its alerts would', async () => {
  await raise(await open(), ['a']);
  await writeFile(`${path}.unreadable`, 'half');
  await utimes(`${path}.unreadable`, NOW_MS / 1000, NOW_MS / 1000);
  await open(NOW_MS + 6 * DAY_MS);
  expect(await readdir(dirname(path))).toContain('journal.jsonl.unreadable');
  await open(NOW_MS + 8 * DAY_MS);
  expect(await readdir(dirname(path))).toEqual(['journal.jsonl']);
});

test('a file that is taken away meanwhile is written anew, each alert once', async () => {
  const journal = await open();
  await raise(journal, ['a']);
  await rm(dirname(path), { recursive: true });
  journal.raise(alert('b'), 'when');
  for (let turn = 0; turn < 9; turn++) await null; // it looks for the file, and has no answer yet
  journal.raise(alert('c'), 'when');
  await journal.kept(alert('c'));
  const after = await open();
  expect([idsOf(after), after.countOf('r').raised]).toEqual([['c', 'b', 'a'], 3]);
});

test('two hundred alerts are kept, the newest, and all are counted; the file does not grow on and on', async () => {
  const journal = await open();
  const ids = Array.from({ length: 2_000 }, (_, at) => `a${at}`);
  for (const id of ids) {
    journal.raise(alert(id), 'when');
    journal.settle(alert(id), 'guard', 'delivered');
    if (Number(id.slice(1)) % 20 === 0) await journal.kept(alert(id));
  }
  await journal.close();
  const after = await open();
  expect(after.recent).toHaveLength(200);
  expect(after.recent[0]).toEqual({ ...alert('a1999'), outcomes: { guard: 'delivered' } });
  expect(after.countOf('r').raised).toBe(2_000);
  expect((await readFile(path, 'utf8')).split('\n').length).toBeLessThan(810);
});

describe('an alert that waited in a queue', () => {
  test('is taken in where the end came before it was written here, and counted once', async () => {
    await raise(await open(), ['a']);
    const after = await open();
    await after.kept(alert('b'));
    await after.kept(alert('b'));
    await after.kept(alert('a'));
    expect([idsOf(after), after.countOf('r').raised]).toEqual([['b', 'a'], 2]);
    expect(after.lastOf('r', 'when').size).toBe(1);
  });

  test('is not counted again where it had to go for newer ones', async () => {
    const journal = await open();
    journal.raise(alert('old', NOW_MS - 1), 'when');
    for (let at = 0; at < 200; at++) journal.raise(alert(`a${at}`), 'when');
    await journal.kept(alert('old', NOW_MS - 1));
    expect(journal.countOf('r').raised).toBe(201);
  });
});

test('alerts that are too old go, here and on disk, while it runs and at a start; counts stay, and so does what is from before the clock was set', async () => {
  let nowMs = NOW_MS;
  const clock = { unixMs: () => nowMs, monotonicMs: () => 0 };
  const journal = await AlertJournal.open({ path, keepDays: 7, clock, onTrouble: () => {} });
  opened.push(journal);
  for (const [id, atMs] of [
    ['unset', 5],
    ['a', NOW_MS - 5 * DAY_MS],
    ['b', NOW_MS],
  ] as const) {
    journal.raise(alert(id, atMs), 'when');
  }
  await journal.look();
  expect(idsOf(journal)).toEqual(['b', 'a', 'unset']);
  nowMs += 3 * DAY_MS;
  await journal.look();
  expect(idsOf(journal)).toEqual(['b', 'unset']);
  expect(await readFile(path, 'utf8')).not.toContain('"id":"a"');
  const after = await open(NOW_MS + 8 * DAY_MS);
  expect([idsOf(after), after.countOf('r')]).toEqual([['unset'], { raised: 3, lastAtMs: NOW_MS }]);
  expect(await readFile(path, 'utf8')).not.toContain('"id":"b"');
});

describe('when a rule last told', () => {
  test('is known after a restart, for as long as the rule is what it was; its count goes on in any case', async () => {
    await raise(await open(), ['a']);
    const after = await open(NOW_MS + 30_000);
    expect([...after.lastOf('r', 'when')]).toEqual([['gate/q', 1_000_000 - 30_000]]);
    expect(after.lastOf('r', 'another').size).toBe(0);
    await raise(after, ['b'], 'another');
    expect(after.lastOf('r', 'when').size).toBe(0);
    expect(after.countOf('r').raised).toBe(2);
  });

  test('is not believed where the clock was set back since', async () => {
    await raise(await open(), ['a']);
    expect((await open(NOW_MS - 1)).lastOf('r', 'when').size).toBe(0);
  });
});
