import { existsSync, readFileSync, statSync } from 'node:fs';
import { readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { lockState } from '../../src/history/lock.ts';
import { temporaryFolder } from '../support/clips.ts';
import { beginWeir, expectDone, expectRefusal } from '../support/commands.ts';
import { begin, put, told } from '../support/history.ts';
import { waitFor } from '../support/processes.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let state: string;
beforeEach(async () => {
  folder = await temporaryFolder();
  state = join(folder.path, 'state');
});
afterEach(() => folder.remove());

const weir = (...args: string[]) => beginWeir([...args, '--state-dir', state]).ended;

/** A history that goes on being written. */
async function live(count: number) {
  const history = await begin(state);
  for (let seq = 1; seq <= count; seq++) {
    put(history, seq, { camera: seq % 2 ? 'gate' : 'yard', padding: seq === 3 ? '=cmd("x"), or so' : '' });
  }
  await waitFor(() => history.status.last === count, 'all to be written');
  return history;
}

test('export while it is written: as lines, and as a table that no table program takes for formulas', async () => {
  const history = await live(1_200);
  const lines = await weir('history', 'export');
  expectDone(lines);
  const seqs = lines.stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line).seq);
  expect(seqs).toEqual(Array.from({ length: 1_200 }, (_, index) => index + 1));
  const out = join(folder.path, 'gate.csv');
  expectDone(await weir('history', 'export', '--format', 'csv', '--cameras', 'gate', '--types', 'label', '--out', out));
  const rows = (await readFile(out, 'utf8')).trim().split('\r\n');
  expect(rows).toHaveLength(1 + 600);
  expect(rows[0]).toMatch(/^type,epoch,seq,time,camera,question,label,/);
  expect(rows[2]).toContain(`"'=cmd(""x""), or so"`);
  const late = await weir('history', 'export', '--from', String(Date.now() + 3_600_000));
  expect(late).toMatchObject({ code: 0, stdout: '' });
  const elsewhere = join(folder.path, 'none.csv');
  expectRefusal(
    await weir('history', 'export', '--cameras', 'gate,yrad', '--out', elsewhere),
    2,
    /the history has nothing of a camera "yrad" \(did you mean "yard"\?\)\n {2}→ it has gate, yard$/m,
  );
  expect(existsSync(elsewhere)).toBe(false);
  await history.close();
});

test('what is wrong is said', async () => {
  expectRefusal(await weir('history', 'export'), 2, /there is no history in/);
  expectRefusal(await weir('history', 'export', '--types', 'labels'), 2, /"labels" is none of label, event, camera/);
  expectRefusal(await weir('history', 'export', '--from', 'yesterday'), 2, /2026-03-01T06:00:00Z/);
});

test('check tells what is kept, and that a file is broken', async () => {
  const history = await live(1_200);
  const sound = await weir('history', 'check', '--json');
  expect(JSON.parse(sound.stdout)).toMatchObject({
    schema: 'weir.history-check/1',
    sound: true,
    messages: 1_200,
    last: 1_200,
    epochs: 1,
  });
  await history.close();
  const path = join(state, 'history', 'weir.db');
  await truncate(path, statSync(path).size - 8_192);
  const broken = await weir('history', 'check');
  expect(broken.code).toBe(1);
  expect(broken.stdout).toMatch(/NOT sound/);
});

test('a backup made while it runs is put back: everything is there, in a new epoch, above what was sent', async () => {
  const history = await live(300);
  await writeFile(join(state, 'tokens.json'), 'tokens then');
  const copy = join(folder.path, 'copy');
  expectDone(await weir('backup', copy));
  for (let seq = 301; seq <= 900; seq++) put(history, seq);
  await writeFile(join(state, 'tokens.json'), 'tokens now');
  await writeFile(join(state, 'cameras.json'), 'cameras now');
  const unlock = lockState(state);
  expectRefusal(await weir('restore', copy), 2, /in use by another Weir/);
  unlock();
  await history.close();
  expectDone(await weir('restore', copy));
  expect(readFileSync(join(state, 'tokens.json'), 'utf8')).toBe('tokens then');
  expect(existsSync(join(state, 'cameras.json'))).toBe(false);
  const aside = (await readdir(state)).find((name) => name.startsWith('before-restore-'));
  expect((await readdir(join(state, aside ?? ''))).sort()).toEqual(['cameras.json', 'history', 'tokens.json']);
  expect(readFileSync(join(state, aside ?? '', 'tokens.json'), 'utf8')).toBe('tokens now');
  const restored = await begin(state);
  expect(restored.epochId).not.toBe(history.epochId);
  expect(restored.startsBehind).toBeGreaterThanOrEqual(900);
  put(restored, restored.startsBehind + 1);
  const items = await told(restored, 299);
  expect(items).toMatchObject([
    { kind: 'message', seq: 300 },
    { kind: 'gap', from: 301, to: restored.startsBehind, reason: 'epoch' },
    { kind: 'message', seq: restored.startsBehind + 1 },
  ]);
  await restored.close();
});

test('a backup that is not whole is refused, and nothing is changed', async () => {
  const history = await live(10);
  await history.close();
  const copy = join(folder.path, 'copy');
  expectDone(await weir('backup', copy));
  expectRefusal(await weir('backup', copy), 2, /is not empty/);
  const before = readFileSync(join(state, 'history', 'weir.db'));
  await writeFile(join(copy, 'history', 'weir.db'), 'short');
  expectRefusal(await weir('restore', copy), 2, /weir\.db is not what was backed up/);
  await rm(join(copy, 'backup.json'));
  expectRefusal(await weir('restore', copy), 2, /backup\.json/);
  expect(readFileSync(join(state, 'history', 'weir.db')).equals(before)).toBe(true);
});
