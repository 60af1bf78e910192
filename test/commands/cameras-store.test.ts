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
  [
    'with a camera that is none',
    '{"schema": "weir.cameras/1", "cameras": [{"entry": {"id": "gate"}, "isPaused": false}]}',
    /gate: source: is missing/,
  ],
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
