import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readGroupBook } from '../../src/groups/read.ts';
import { temporaryFolder } from '../support/clips.ts';
import { letters, SHIPPED } from '../support/groups.ts';

const SOME = [
  { id: 'n02930766', name: 'taxi' },
  { id: 'n02088364', name: 'beagle' },
  { id: 'n02123045', name: 'tabby' },
];

describe('the groups of a ladder', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  beforeEach(async () => {
    folder = await temporaryFolder();
  });
  afterEach(() => folder.remove());
  const read = (labels: typeof SOME, own = {}) =>
    readGroupBook({ folder: folder.path, shippedFolder: SHIPPED }, labels, own);

  test('with ImageNet’s ids are those that ship', async () => {
    const book = await read(SOME, { pet: ['hypernym:domestic animal'] });
    expect([...book.require('vehicle').members]).toEqual([0]);
    expect([...book.require('pet').members]).toEqual([1, 2]);
  });

  test('may be of kinds that are told beside it', async () => {
    const shipped = JSON.parse(await readFile(join(SHIPPED, 'hypernyms.json'), 'utf8'));
    const synsets = { ...shipped.synsets, n00000001: { words: ['ours'], of: [] } };
    synsets.n02930766 = { words: ['taxi'], of: ['n00000001'] };
    await writeFile(join(folder.path, 'hypernyms.json'), JSON.stringify({ ...shipped, synsets }));
    const book = await read(SOME, { fleet: ['hypernym:ours'] });
    expect([...book.require('fleet').members]).toEqual([0]);
    expect([...book.require('vehicle').members]).toEqual([]);
    expect([...book.require('dog').members]).toEqual([1]);
  });

  test('with other ids are one’s own, by name and id', async () => {
    const book = await read([...SOME, ...letters(2)], { first: ['a', 'id-b', 'beagle'] });
    expect(book.names).toEqual(['first']);
    expect([...book.require('first').members]).toEqual([3, 4, 1]);
    await expect(read(letters(2), { first: ['hypernym:bird'] })).rejects.toMatchObject({ code: 'groups-no-hypernyms' });
  });

  test('that has files of its own are of those', async () => {
    const source = { package: 'mine', wordnet: 'none', sha256: '' };
    const synsets = { k: { words: ['vowel'], of: [] }, 'id-a': { words: ['a'], of: ['k'] } };
    const groups = { sound: ['hypernym:vowel', 'b'] };
    const write = (name: string, value: object) => writeFile(join(folder.path, name), JSON.stringify(value));
    await write('hypernyms.json', { schema: 'weir.hypernyms/1', source, synsets });
    await write('groups.json', { schema: 'weir.groups/1', groups });
    const book = await read(letters(3));
    expect([book.names, [...book.require('sound').members]]).toEqual([['sound'], [0, 1]]);
    await write('groups.json', { schema: 'weir.groups/1', groups: { sound: [] } });
    await expect(read(letters(3))).rejects.toMatchObject({ code: 'groups-invalid', exitCode: 2 });
  });

  test('are checked before any camera uses them', async () => {
    await expect(read(SOME, { pet: ['beagel'] })).rejects.toMatchObject({
      code: 'groups-unknown',
      message: expect.stringContaining('did you mean "beagle"'),
      exitCode: 2,
    });
  });
});
