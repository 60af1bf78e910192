import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import sharp from 'sharp';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parseFolderSpec, readFolders } from '../../src/dataset/folder.ts';
import { temporaryFolder } from '../support/clips.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
beforeEach(async () => {
  folder = await temporaryFolder();
});
afterEach(() => folder.remove());

const LABELS = [
  { id: 'n02123045', name: 'tabby' },
  { id: 'n02102040', name: 'English springer' },
  { id: 'n03126707', name: 'crane' },
];

async function files(...paths: string[]): Promise<void> {
  for (const path of paths) {
    await mkdir(dirname(join(folder.path, path)), { recursive: true });
    await writeFile(join(folder.path, path), path);
  }
}

const read = (...names: string[]) =>
  readFolders(
    names.length === 0
      ? [{ name: '', path: folder.path }]
      : names.map((name) => ({ name, path: join(folder.path, name) })),
    LABELS,
  );
const briefly = async (...names: string[]) =>
  (await read(...names)).map(({ name, truth, group }) => [name.slice(folder.path.length + 1), truth, group]);

test.each([
  ['photos', { name: '', path: 'photos' }],
  ['day=photos/day', { name: 'day', path: 'photos/day' }],
  ['a=b=c', { name: 'a', path: 'b=c' }],
  ['/data/x=y', { name: '', path: '/data/x=y' }],
  ['=x', { name: '', path: '=x' }],
])('%s', (text, spec) => {
  expect(parseFolderSpec(text)).toEqual(spec);
});

describe('a labelled folder', () => {
  test('is read in a fixed order, its classes named by WordNet id or label in any spelling', async () => {
    await files('n02123045/b.jpg', 'n02123045/a.PNG', 'english_springer/c.webp', 'Tabby/d.jpeg');
    expect(await briefly()).toEqual([
      ['Tabby/d.jpeg', 0, '0/d'],
      ['english_springer/c.webp', 1, '1/c'],
      ['n02123045/a.PNG', 0, '0/a'],
      ['n02123045/b.jpg', 0, '0/b'],
    ]);
  });

  test('may have folders in the folders of its classes; what is no image by its name is passed over', async () => {
    await files('crane/roll1/a.jpg', 'crane/roll2/a.jpg', 'crane/notes.txt', '.cache/x.jpg', 'readme.md');
    expect(await briefly()).toEqual([
      ['crane/roll1/a.jpg', 2, '2/roll1/a'],
      ['crane/roll2/a.jpg', 2, '2/roll2/a'],
    ]);
  });

  test('may hold links to folders; one that leads nowhere is passed over', async () => {
    await files('elsewhere/tabbies/a.jpg');
    await mkdir(join(folder.path, 'set'));
    await symlink(join(folder.path, 'elsewhere/tabbies'), join(folder.path, 'set/tabby'));
    await symlink(join(folder.path, 'nowhere'), join(folder.path, 'set/crane'));
    expect(await briefly('set')).toEqual([['set/tabby/a.jpg', 0, '0/a']]);
  });

  test('a picture that cannot be read is a sample whose loading says so', async () => {
    await files('tabby/text.jpg');
    await symlink('nowhere.jpg', join(folder.path, 'tabby/link.jpg'));
    await mkdir(join(folder.path, 'tabby/folder.jpg'));
    const samples = await read();
    expect(samples.length).toBe(3);
    expect(new Set(samples.map(({ key }) => key)).size).toBe(3);
    for (const sample of samples) {
      await expect(sample.load()).rejects.toMatchObject({
        code: 'image-unreadable',
        message: expect.stringContaining(sample.name),
      });
    }
  });

  test('samples are known by what the file holds', async () => {
    await mkdir(join(folder.path, 'tabby'));
    const picture = sharp({ create: { width: 4, height: 3, channels: 3, background: '#f00' } });
    await picture.png().toFile(join(folder.path, 'tabby/a.png'));
    await picture.png().toFile(join(folder.path, 'tabby/b.png'));
    const [a, b] = await read();
    expect(a?.key).toMatch(/^[0-9a-f]{64}$/);
    expect(a?.key).toBe(b?.key);
    expect(await a?.load()).toMatchObject({ width: 4, height: 3 });
  });

  test('versions of a picture are one group, whatever data set and spelling of the class they are in', async () => {
    await files('clean/tabby/cat.jpg', 'clean/tabby/lone-7.jpg', 'clean/crane/cat.jpg');
    await files('field/n02123045/cat-fog2.jpg', 'field/n02123045/cat-fog2-dark.jpg', 'field/n02123045/cat.png');
    const groups = Object.fromEntries((await briefly('clean', 'field')).map(([name, , group]) => [name, group]));
    expect(groups).toEqual({
      'clean/tabby/cat.jpg': '0/cat',
      'clean/tabby/lone-7.jpg': '0/lone-7',
      'clean/crane/cat.jpg': '2/cat',
      'field/n02123045/cat.png': '0/cat',
      'field/n02123045/cat-fog2.jpg': '0/cat',
      'field/n02123045/cat-fog2-dark.jpg': '0/cat',
    });
    expect((await read('clean', 'field')).map(({ condition }) => condition)).toEqual([
      ...Array(3).fill('clean'),
      ...Array(3).fill('field'),
    ]);
  });

  test('unknown classes are all listed, with the nearest labels', async () => {
    await files('taby/a.jpg', 'n02123054/a.jpg', 'English_springr/a.jpg', 'zeppelin/a.jpg', 'tabby/a.jpg');
    await expect(read()).rejects.toMatchObject({ code: 'dataset-unknown-classes', exitCode: 2 });
    const { message } = (await read().catch((error: unknown) => error)) as Error;
    expect(message).toMatch(/no label for 4 of its folders/);
    expect(message).toContain('taby (did you mean "tabby"?)');
    expect(message).toContain('n02123054 (did you mean "n02123045"?)');
    expect(message).toContain('English_springr (did you mean "English springer"?)');
    expect(message).toMatch(/\n {2}zeppelin$/m);
    await files(...Array.from({ length: 30 }, (_, n) => `unknown-thing-${n}/a.jpg`));
    await expect(read()).rejects.toThrow(/34 of its folders(.|\n)*… and 14 more/);
  });

  test.each([
    ['is empty', [], 'dataset-empty'],
    ['holds pictures without a class', ['a.jpg'], 'dataset-empty'],
    ['holds classes without pictures', ['tabby/readme.txt'], 'dataset-empty'],
  ])('that %s is refused', async (_name, paths, code) => {
    await files(...paths);
    await expect(read()).rejects.toMatchObject({
      code,
      exitCode: 2,
      remedy: expect.stringContaining('a folder per class'),
    });
  });

  test('that is not there, or is a file, is refused', async () => {
    await files('file');
    for (const name of ['nothing', 'file'])
      await expect(read(name)).rejects.toMatchObject({ code: 'dataset-missing', exitCode: 2 });
  });

  test('reading ends when it is told to', async () => {
    await files('tabby/a.jpg');
    const reading = readFolders([{ name: '', path: folder.path }], LABELS, AbortSignal.abort(new Error('enough')));
    await expect(reading).rejects.toThrow('enough');
  });
});
