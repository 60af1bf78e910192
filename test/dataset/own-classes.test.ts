import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import sharp from 'sharp';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readOwnClasses } from '../../src/dataset/own-classes.ts';
import { temporaryFolder } from '../support/clips.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
beforeEach(async () => {
  folder = await temporaryFolder();
});
afterEach(() => folder.remove());

async function pictures(files: Readonly<Record<string, number>>, width = 8): Promise<void> {
  for (const [name, red] of Object.entries(files)) {
    const path = join(folder.path, name);
    await mkdir(dirname(path), { recursive: true });
    const create = { width, height: 6, channels: 3, background: { r: red, g: 0, b: 0 } } as const;
    await sharp({ create }).png().toFile(path);
  }
}

const read = () => readOwnClasses(folder.path, 'door');

describe('a folder of own classes', () => {
  test('is a class per folder, in order, with its own names; what is unclear is passed over', async () => {
    await pictures({ 'shut tight/b.png': 1, 'open/day/a.png': 2, 'open/a.png': 3, '~/x.png': 4 });
    const { samples, sources, seconds, questions, picture, notices } = await read();
    expect(samples.map(({ name }) => name.slice(folder.path.length + 1))).toEqual([
      'open/a.png',
      'open/day/a.png',
      'shut tight/b.png',
    ]);
    expect(sources).toEqual(['open', 'open/day', 'shut tight']);
    expect([...seconds]).toEqual([Number.NaN, Number.NaN, Number.NaN]);
    expect(questions).toEqual([
      { id: 'door', text: null, classes: [{ name: 'open' }, { name: 'shut tight' }], truth: Int32Array.of(0, 0, 1) },
    ]);
    expect(picture).toEqual({ width: 8, height: 6 });
    expect(notices).toEqual([]);
  });

  test('counts a copy within a class once; one in another class is there too, and is told when it is taught', async () => {
    await pictures({ 'open/a.png': 1, 'open/b.png': 2, 'open/c.png': 1, 'shut/d.png': 2, 'shut/e.png': 3 });
    const { samples, questions, notices } = await read();
    expect(samples.length).toBe(4);
    expect(samples[1]?.key).toBe(samples[2]?.key);
    expect([...(questions[0]?.truth ?? [])]).toEqual([0, 0, 1, 1]);
    expect(notices).toEqual(['1 copies of pictures of their class are left out']);
  });

  test('with pictures of several sizes is taken, and told', async () => {
    await pictures({ 'open/a.png': 1, 'shut/b.png': 2 });
    await pictures({ 'shut/c.png': 3 }, 12);
    const { picture, notices } = await read();
    expect(picture).toEqual({ width: 8, height: 6 });
    expect(notices[0]).toMatch(/different sizes: 8x6 \(2\), 12x6 \(1, as .*c\.png\)/);
  });

  test.each([
    ['holds no pictures', [], 'dataset-empty'],
    ['holds one class only', ['open/a.png'], 'dataset-one-class'],
    ['holds one class and an empty one', ['open/a.png', 'shut/notes.txt'], 'dataset-one-class'],
  ])('that %s is refused', async (_name, files, code) => {
    for (const file of files) {
      await mkdir(dirname(join(folder.path, file)), { recursive: true });
      await writeFile(join(folder.path, file), file);
    }
    await expect(read()).rejects.toMatchObject({ code, exitCode: 2, remedy: expect.stringContaining('per class') });
  });
});
