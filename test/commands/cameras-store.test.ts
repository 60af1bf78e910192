import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { checkedEntry } from '../../src/commands/managed-entry.ts';
import { CamerasStore } from '../../src/commands/run-cameras-store.ts';
import { temporaryFolder } from '../support/clips.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
beforeEach(async () => {
  folder = await temporaryFolder();
});
afterEach(() => folder.remove());

const NOW_MS = Date.UTC(2026, 2, 1, 6);
async function read(): Promise<{ ids: string[]; notices: string[] }> {
  const notices: string[] = [];
  const cameras = await new CamerasStore(folder.path).read(NOW_MS, (text) => notices.push(text));
  return { ids: cameras.map(({ camera }) => camera.id), notices };
}

test('cameras are kept with their passwords, for the user alone', async () => {
  const entry = { id: 'gate', source: 'rtsp://here/x', username: 'guard', password: 'a b' };
  await new CamerasStore(folder.path).write([{ ...checkedEntry(entry), isPaused: true }]);
  const path = join(folder.path, 'cameras.json');
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect(await readFile(path, 'utf8')).toContain('rtsp://guard:a%20b@here/x');
  expect(await read()).toEqual({ ids: ['gate'], notices: [] });
});

test.each([
  ['cut off', '{"schema": "weir.cam', /cameras/],
  ['of another version', '{"schema": "weir.cameras/2", "cameras": []}', /schema/],
  ['without a list', '{"schema": "weir.cameras/1", "cameras": {}}', /cameras: must be a list/],
])('a file %s is put aside and told, and nothing of it is used', async (_what, text, words) => {
  await writeFile(join(folder.path, 'cameras.json'), text);
  const { ids, notices } = await read();
  expect(ids).toEqual([]);
  expect(notices).toHaveLength(1);
  const told = /cameras that were added over the API are left out, it is kept as .*\.broken-2026-03-01T06-00-00/;
  expect(notices[0]).toMatch(told);
  expect(notices[0]).toMatch(words);
  expect(await readdir(folder.path)).toEqual([expect.stringMatching(/^cameras\.json\.broken-/)]);
});

const GOOD = { entry: { id: 'gate', source: 'rtsp://here/x' }, isPaused: false };
const keep = (...cameras: unknown[]) =>
  writeFile(join(folder.path, 'cameras.json'), JSON.stringify({ schema: 'weir.cameras/1', cameras }));
const kept = async () => JSON.parse(await readFile(join(folder.path, 'cameras.json'), 'utf8')).cameras;

test.each([
  [
    'without a source',
    { entry: { id: 'yard' }, isPaused: false },
    /camera yard, .* left out: source: is missing; it stays/,
  ],
  [
    'of a later version',
    { entry: { id: 'yard', source: 'rtsp://h/x', lens: 2 }, isPaused: true },
    /yard.*lens: unknown key/,
  ],
  [
    'with a key beside its entry',
    { ...GOOD, entry: { id: 'yard', source: 'rtsp://h/x' }, at: 1 },
    /yard.*at: unknown key/,
  ],
  [
    'without an id',
    { entry: { source: 'rtsp://h/x' }, isPaused: false },
    /a camera without an id.*entry\.id: is missing/,
  ],
  ['that is a text', 'yard', /a camera without an id.*must be an object/],
])('a camera %s is left out alone and told, and is written back as it was', async (_what, bad, words) => {
  await keep(bad, GOOD);
  const notices: string[] = [];
  const store = new CamerasStore(folder.path);
  const cameras = await store.read(NOW_MS, (text) => notices.push(text));
  expect(cameras.map(({ camera }) => camera.id)).toEqual(['gate']);
  expect(notices).toEqual([expect.stringMatching(words)]);
  await store.write([...cameras, { ...checkedEntry({ id: 'door', source: 'rtsp://h/y' }), isPaused: false }]);
  expect(await kept()).toEqual([GOOD, expect.objectContaining({ isPaused: false }), bad]);
  expect(await read()).toEqual({ ids: ['gate', 'door'], notices });
});

test('a camera that was left out is gone once another of its id was added', async () => {
  await keep({ entry: { id: 'gate' }, isPaused: false });
  const store = new CamerasStore(folder.path);
  await store.read(NOW_MS, () => {});
  await store.write([{ ...checkedEntry(GOOD.entry), isPaused: false }]);
  expect(await kept()).toEqual([GOOD]);
  await store.write([]);
  expect(await kept()).toEqual([]);
});

test('what was kept with rtsps:// and transport: udp is taken as before', async () => {
  await keep(GOOD, { entry: { id: 'yard', source: 'rtsps://h/x', transport: 'udp' }, isPaused: false });
  expect(await read()).toEqual({ ids: ['gate', 'yard'], notices: [] });
});

test('of a camera that is left out no password is told', async () => {
  await keep({ entry: { id: 'gate', source: 'rtsp://h/x', 'rtsp://u:Hunter2@h/x': 1 }, isPaused: false });
  const { notices } = await read();
  expect(notices).toHaveLength(1);
  expect(notices.join()).not.toContain('Hunter2');
});
