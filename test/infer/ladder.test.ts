import { appendFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { suggestion } from '../../src/artifact/problems.ts';
import { invalid } from '../../src/artifact/read.ts';
import { checkModels, chooseSubset, ladderPath, readLadder } from '../../src/infer/ladder.ts';
import { temporaryFolder } from '../support/clips.ts';
import { COLOURS, colourModel, type TinyRung, writeLadder } from '../support/ladders.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
beforeEach(async () => {
  folder = await temporaryFolder();
});
afterEach(() => folder.remove());

const RUNGS: readonly TinyRung[] = [
  { id: 'low', model: colourModel(0.01) },
  { id: 'high', model: colourModel(0.05) },
];

describe('readLadder', () => {
  test('fills in what a ladder may leave out', async () => {
    const ladder = await readLadder(await writeLadder(folder.path, RUNGS));
    expect(ladder).toMatchObject({ name: 'tiny', reference: 'high', labels: COLOURS });
    expect(ladder.rungs[0]).toMatchObject({
      id: 'low',
      model: 'low.onnx',
      path: join(folder.path, 'low.onnx'),
      view: 'whole',
      precision: 'fp32',
      layout: 'nhwc',
      dtype: 'uint8',
      output: 'logits',
      defaults: { temperature: 1, mergeWeight: 1 },
    });
  });

  test('the fingerprint names rungs, inputs, views, models and labels, and nothing else', async () => {
    const fingerprint = async (...args: Parameters<typeof writeLadder>) =>
      (await readLadder(await writeLadder(...args))).fingerprint;
    const original = await fingerprint(folder.path, RUNGS);
    expect(await fingerprint(folder.path, RUNGS, { ladder: { name: 'other', reference: 'low' } })).toBe(original);
    const [low, high] = RUNGS as [TinyRung, TinyRung];
    const changed: TinyRung[] = [
      { ...low, id: 'lower' },
      { ...low, side: 17 },
      { ...low, entry: { view: 'mirror' } },
      { ...low, model: colourModel(0.02) },
    ];
    for (const rung of changed) expect(await fingerprint(folder.path, [rung, high])).not.toBe(original);
    const labels = COLOURS.map((label) => ({ ...label, name: `${label.name}ish` }));
    expect(await fingerprint(folder.path, RUNGS, { labels })).not.toBe(original);
  });

  test.each([
    ['an unknown key', { ladder: { refrence: 'low' } }, 'refrence: unknown key (did you mean "reference"?)'],
    ['an unknown reference', { ladder: { reference: 'hihg' } }, 'reference: no rung "hihg" (did you mean "high"?)'],
    ['another schema', { ladder: { schema: 'weir.ladder/2' } }, 'schema: invalid input: expected "weir.ladder/1"'],
    ['rungs out of order', { ladder: {}, order: [2, 1] }, '"high" stands behind the costlier "low"'],
    ['a standard deviation of nothing', { std: [0, 1, 1] }, 'must be above 0'],
    ['labels that are no list', { labels: { red: 1 } }, 'labels file'],
  ])('says what is wrong with %s', async (_name, changes, message) => {
    const { order, std, ...rest } = changes as { order?: number[]; std?: number[]; ladder?: Record<string, unknown> };
    const rungs = RUNGS.map((rung, index) => ({
      ...rung,
      entry: { ...(order && { macsMillions: order[index] }), ...(std && { std }) },
    }));
    const path = await writeLadder(folder.path, rungs, rest);
    await expect(readLadder(path)).rejects.toMatchObject({ exitCode: 2, message: expect.stringContaining(message) });
  });

  test('lists all problems of a rung with their paths', async () => {
    const bad = [{ id: 'low', model: colourModel(1), entry: { sha256: 'XYZ', inptu: 1, macsMillions: -1 } }];
    const error = await readLadder(await writeLadder(folder.path, bad)).catch((error: Error) => error.message);
    expect(error).toContain('rungs[0].sha256: must be 64 lower-case hexadecimal digits');
    expect(error).toContain('rungs[0].inptu: unknown key (did you mean "input"?)');
    expect(error).toContain('rungs[0].macsMillions');
  });

  test('says that a ladder or its labels are missing', async () => {
    await expect(readLadder(join(folder.path, 'none.json'))).rejects.toMatchObject({
      code: 'ladder-missing',
      exitCode: 2,
    });
    const path = await writeLadder(folder.path, RUNGS);
    await rm(join(folder.path, 'labels.json'));
    await expect(readLadder(path)).rejects.toMatchObject({ code: 'labels-missing', exitCode: 2 });
  });

  test('a text file is no ladder', async () => {
    await writeFile(join(folder.path, 'ladder.json'), 'hello');
    await expect(readLadder(join(folder.path, 'ladder.json'))).rejects.toMatchObject({ code: 'ladder-invalid' });
  });
});

describe('checkModels', () => {
  test('accepts the models that the ladder names', async () => {
    const { rungs } = await readLadder(await writeLadder(folder.path, RUNGS));
    await expect(checkModels(rungs)).resolves.toBeUndefined();
  });

  test('names a model that is missing, and one that was changed', async () => {
    const { rungs } = await readLadder(await writeLadder(folder.path, RUNGS));
    await appendFile(join(folder.path, 'high.onnx'), ' ');
    await expect(checkModels(rungs)).rejects.toMatchObject({
      code: 'model-changed',
      message: expect.stringContaining('high'),
    });
    await rm(join(folder.path, 'high.onnx'));
    await expect(checkModels(rungs)).rejects.toMatchObject({
      code: 'model-missing',
      message: expect.stringContaining('high'),
    });
  });
});

describe('chooseSubset', () => {
  const twins = [
    { id: 'a-int8', model: colourModel(1), entry: { model: 'a', precision: 'int8' } },
    { id: 'a-fp16', model: colourModel(2), entry: { model: 'a', precision: 'fp16' } },
    { id: 'b-int8', model: colourModel(3), entry: { model: 'b', precision: 'int8' } },
  ];

  test('without a word from anyone, every rung but costlier precision twins', async () => {
    const path = await writeLadder(folder.path, twins);
    expect(chooseSubset(await readLadder(path), null)).toEqual(['a-int8', 'b-int8']);
  });

  test('the rungs asked for, in ladder order', async () => {
    const path = await writeLadder(folder.path, twins);
    expect(chooseSubset(await readLadder(path), ['b-int8', 'a-fp16'])).toEqual(['a-fp16', 'b-int8']);
  });

  test('a rung that does not exist is an error with the nearest name', async () => {
    const path = await writeLadder(folder.path, twins);
    const ladder = await readLadder(path);
    expect(() => chooseSubset(ladder, ['a-int9'])).toThrow(
      expect.objectContaining({ exitCode: 2, message: expect.stringContaining('did you mean "a-int8"?') }),
    );
  });
});

test('ladderPath takes the shipped name, a file or a folder', () => {
  expect(ladderPath('imagenet-1k')).toMatch(/models\/imagenet-1k\/ladder\.json$/);
  expect(ladderPath('/x/ladder.json')).toBe('/x/ladder.json');
  expect(ladderPath('/x')).toBe('/x/ladder.json');
});

test('of very many rungs the one that begins so is named, else the nearest few', () => {
  const many = Array.from({ length: 40 }, (_, n) => `lite${n % 4}@${96 + 8 * n}-int8`);
  expect(suggestion('lite0@96', many)).toBe(' (did you mean "lite0@96-int8"?)');
  expect(suggestion('quite another thing', many)).toMatch(/^ \(known are 40; nearest: (\S+, ){4}\S+\)$/);
});

test('a truth or heads file with mistakes is not said to come with Weir', () => {
  expect(invalid('ladder', 'a.json', ['bad']).remedy).toMatch(/came with Weir/);
  expect(invalid('truth', 'a.json', ['bad']).remedy).toMatch(/docs\/teaching\.md/);
  expect(invalid('heads', 'a.json', ['bad']).remedy).toMatch(/weir teach/);
});
