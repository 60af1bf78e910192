import { appendFile, mkdir, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ExampleLimits } from '../../src/examples/example.ts';
import { ExampleStore } from '../../src/examples/store.ts';
import { encodeLossless } from '../../src/image/file.ts';
import { temporaryFolder } from '../support/clips.ts';
import { example, grey, LIMITS } from './support.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let nowMs: number;
let notices: string[];
beforeEach(async () => {
  folder = await temporaryFolder();
  nowMs = 100_000;
  notices = [];
});
afterEach(() => folder.remove());

const open = (limits: Partial<ExampleLimits> = {}) =>
  ExampleStore.open({
    folder: join(folder.path, 'gate'),
    limits: { ...LIMITS, ...limits },
    nowMs: () => nowMs,
    onNotice: (text) => notices.push(text),
  });
const picture = (value: number, reason: 'unsure' | 'random' = 'unsure') => ({
  example: { ...example({ id: 'x' }), takenAtMs: nowMs, reason },
  file: Buffer.alloc(100, value),
  thumbnail: grey(value),
});
async function filled(...values: number[]): Promise<ExampleStore> {
  const store = await open();
  for (const value of values) {
    nowMs += 1_000;
    await store.add(picture(value));
  }
  return store;
}
const idsOf = (store: ExampleStore) => store.set.examples.map(({ id }) => id);
const files = async () => (await readdir(join(folder.path, 'gate'))).sort();
const say = (store: ExampleStore, id: string, label: string | null) =>
  store.label(() => ({ changes: [{ example: id, question: 'default', label }] }));

test('what was kept and said is there again, also without an orderly end', async () => {
  const store = await filled(1, 50, 100);
  const [first = '', second = ''] = idsOf(store);
  await say(store, first, 'open');
  await say(store, second, 'open');
  await say(store, second, null);
  const again = await open();
  expect(again.set.examples).toEqual(store.set.examples);
  expect(again.set.get(first)?.labels).toEqual({ default: 'open' });
  expect(again.set.get(second)?.labels).toEqual({});
  expect(again.set.noveltyOf(grey(60))).toBe(10);
  expect(notices).toEqual([]);
  await store.close();
  await again.close();
});

test('pictures are compared once: after an orderly end none, after a crash those that came since', async () => {
  const store = await filled(1, 50, 100);
  await store.close();
  const again = await open();
  expect(again.set.comparisons).toBe(0);
  expect(again.set.noveltyOf(grey(60))).toBe(10);
  await again.add(picture(70));
  const crashed = await open();
  expect(crashed.set.comparisons).toBe(3);
  expect(crashed.set.stored.map(({ nearest }) => nearest?.novelty)).toEqual(
    again.set.stored.map(({ nearest }) => nearest?.novelty),
  );
  await again.close();
  await crashed.close();
});

test('pixels come back as they went in', async () => {
  const store = await open();
  const pixels = Uint8Array.from({ length: 7 * 5 * 3 }, (_, i) => (i * 37 + (i % 11) * 53) % 256);
  const file = await encodeLossless({ width: 7, height: 5, pixels });
  await store.add({ ...picture(0), file });
  const [id = ''] = idsOf(store);
  expect(await store.pixels(id)).toMatchObject({ width: 7, height: 5 });
  expect(Buffer.from((await store.pixels(id)).pixels)).toEqual(Buffer.from(pixels));
  await expect(store.pixels('zz')).rejects.toMatchObject({ code: 'example-unknown' });
  await store.close();
});

test('a torn line, a picture without a line and a line without a picture are mended at the start', async () => {
  const store = await filled(1, 50, 100);
  const [first = '', second = '', third = ''] = idsOf(store);
  await say(store, third, 'open');
  await store.close();
  const gate = join(folder.path, 'gate');
  await appendFile(join(gate, 'index.jsonl'), '{"type":"labelled","changes":[{"example":"');
  await rm(join(gate, `${first}.webp`));
  await truncate(join(gate, `${second}.webp`), 10);
  await writeFile(join(gate, 'zzz.webp'), 'left over');
  await writeFile(join(gate, `${third}.webp.123.tmp`), 'left over');
  await writeFile(join(gate, 'notes.txt'), 'of a person');
  const again = await open();
  expect(again.set.examples).toMatchObject([{ id: third, labels: { default: 'open' } }]);
  expect(notices).toEqual([expect.stringMatching(/1 spoilt lines/), expect.stringMatching(/2 examples are left out/)]);
  expect(await files()).toEqual(['index.jsonl', `${third}.webp`, 'notes.txt'].sort());
  await say(again, third, 'closed'); // the torn line is not in the way
  await again.close();
  const last = await open();
  expect(last.set.get(third)?.labels).toEqual({ default: 'closed' });
  await last.close();
});

test('limits that became narrower hold from the start, and what is too old goes', async () => {
  const store = await filled(1, 50, 52, 100);
  await say(store, idsOf(store)[3] ?? '', 'open');
  await store.close();
  const fewer = await open({ maxFrames: 3 });
  expect(idsOf(fewer)).toHaveLength(3);
  await fewer.enforce({ ...LIMITS, maxBytes: 250 });
  expect(fewer.set.bytes).toBe(200);
  await fewer.close();
  nowMs += LIMITS.maxAgeMs + 1;
  const none = await open();
  expect(idsOf(none)).toEqual([]);
  expect(await files()).toEqual(['index.jsonl']);
  await none.close();
});

test('a picture larger than all that may be kept is not kept, and nothing goes for it', async () => {
  const store = await filled(1, 50);
  await store.enforce({ ...LIMITS, maxBytes: 250 });
  await store.add({ ...picture(90), file: Buffer.alloc(251) });
  expect(idsOf(store)).toHaveLength(2);
  await store.close();
});

test('a picture that the journal cannot tell of does not stay', async () => {
  const store = await open();
  const path = join(folder.path, 'gate', 'index.jsonl');
  await rm(path);
  await mkdir(path);
  await expect(store.add(picture(1))).rejects.toMatchObject({ code: 'write-failed' });
  expect(await files()).toEqual(['index.jsonl']);
  await rm(path, { recursive: true });
  await store.add(picture(1));
  expect(await files()).toHaveLength(2);
  await store.close();
});

test('the journal does not grow with what comes and goes', async () => {
  const store = await open({ maxFrames: 1 });
  for (let n = 0; n < 120; n++) await say(store, 'none', 'open');
  await store.add(picture(1));
  for (let n = 0; n < 90; n++) await say(store, 'none', 'open');
  const path = join(folder.path, 'gate', 'index.jsonl');
  const before = (await stat(path)).size;
  await store.enforce();
  expect((await stat(path)).size).toBeLessThan(before / 10);
  expect(idsOf(await open())).toEqual(idsOf(store));
  await store.close();
});

test('a person can have everything taken away, and nothing is left of it', async () => {
  const store = await filled(1, 50);
  const [first = '', second = ''] = idsOf(store);
  expect(await store.remove(first)).toBe(1);
  expect(await readFile(join(folder.path, 'gate', 'index.jsonl'), 'utf8')).not.toContain(`"${first}"`);
  expect(await store.remove(null)).toBe(1);
  expect(await files()).toEqual(['index.jsonl']);
  await expect(store.remove(second)).rejects.toMatchObject({ code: 'example-unknown' });
  await store.close();
});

test('nobody else may look into the folder', async () => {
  await (await filled(1)).close();
  expect((await stat(join(folder.path, 'gate'))).mode & 0o077).toBe(0);
});

test('another version’s journal is left alone, and said', async () => {
  await (await filled(1)).close();
  await writeFile(join(folder.path, 'gate', 'index.jsonl'), '{"schema":"weir.examples/9"}\n');
  await expect(open()).rejects.toMatchObject({ code: 'examples-unreadable', remedy: expect.stringContaining('move') });
  expect(await files()).toHaveLength(2);
});

test('labels that are worked out wrongly change nothing', async () => {
  const store = await filled(1);
  await expect(
    store.label(() => {
      throw new Error('no');
    }),
  ).rejects.toThrow('no');
  await say(store, idsOf(store)[0] ?? '', 'open');
  expect(store.set.examples[0]?.labels).toEqual({ default: 'open' });
  await store.close();
});
