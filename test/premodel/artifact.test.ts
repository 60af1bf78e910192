import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Premodel, premodelFingerprint, premodelText, readPremodel } from '../../src/premodel/artifact.ts';
import { SMALL_LADDER, smallPremodel } from '../support/premodels.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'weir-premodel-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** A premodel as JSON that a test may spoil at will. */
// biome-ignore lint/suspicious/noExplicitAny: what a file holds is anything
type Spoil = (file: any) => void;

async function read(text: string): Promise<Premodel> {
  const path = join(folder, 'premodel.json');
  await writeFile(path, text);
  return readPremodel(path, SMALL_LADDER);
}

async function readSpoilt(spoil: Spoil): Promise<Premodel> {
  const file = JSON.parse(premodelText(smallPremodel()));
  spoil(file);
  return read(JSON.stringify(file));
}

describe('premodelText', () => {
  test('is read back as it was', async () => {
    expect(await read(premodelText(smallPremodel()))).toEqual(smallPremodel());
  });

  test('is read back with what it remembers', async () => {
    const own = smallPremodel();
    for (const { deferral } of own.rungs) Object.assign(deferral, { recalled: [1, -0.5] });
    const remembering = { ...own, features: [own.features[0] ?? '', 'sceneDifference'] };
    expect(await read(premodelText(remembering))).toEqual(remembering);
  });

  test('has a line per rung and per operating point', () => {
    const lines = premodelText(smallPremodel()).split('\n');
    expect(lines.filter((line) => line.includes('"deferral"'))).toHaveLength(3);
    expect(lines.filter((line) => line.includes('"accept"'))).toHaveLength(7);
  });
});

test('premodelFingerprint tells values apart, not the order of keys', () => {
  const { schema, ...rest } = smallPremodel();
  expect(premodelFingerprint({ ...rest, schema })).toBe(premodelFingerprint(smallPremodel()));
  expect(premodelFingerprint({ ...smallPremodel(), features: [] })).not.toBe(premodelFingerprint(smallPremodel()));
});

describe('readPremodel', () => {
  test('refuses a premodel of another ladder, naming both', async () => {
    const reading = readSpoilt((file) => Object.assign(file.ladder, { name: 'other', fingerprint: 'e'.repeat(64) }));
    await expect(reading).rejects.toMatchObject({
      code: 'premodel-other-ladder',
      message: expect.stringMatching(/other e{12}….* small abcdef012345…/),
      exitCode: 2,
    });
  });

  test('says that a file is not there', async () => {
    await expect(readPremodel(join(folder, 'none.json'), SMALL_LADDER)).rejects.toMatchObject({
      code: 'premodel-missing',
    });
  });

  test.each<[string, Spoil, string]>([
    ['a rung that the ladder lacks', (f) => Object.assign(f.rungs[1], { id: 'huge' }), 'the ladder has no rung "huge"'],
    ['such a reference', (f) => Object.assign(f.reference, { id: 'best' }), 'the ladder has no rung "best"'],
    [
      'an unknown feature',
      (f) => f.features.splice(1, 1, 'beauty'),
      'this version of Weir computes no feature "beauty"',
    ],
    [
      'an unknown feature among those of time',
      (f) => f.features.splice(1, 1, 'sceneDifferences'),
      'this version of Weir computes no feature "sceneDifferences"',
    ],
    ['a weight too few', (f) => f.rungs[2].deferral.weights.pop(), 'rungs[2] (large): deferral needs 10 weights'],
    ['a weight too many', (f) => f.rungs[0].deferral.weights.push(1), 'rungs[0] (small): deferral needs 10 weights'],
    ['no entry tree', (f) => delete f.rungs[1].entry, 'rungs[1] (middle): it has no entry tree'],
    [
      'a tree that asks too much',
      (f) => Object.assign(f.rungs[1].entry.right, { feature: 2 }),
      'rungs[1] (middle): its entry tree asks a feature that is not there',
    ],
    [
      'rungs of a point that are not there',
      (f) => f.modes.cascade[1].rungs.splice(0, 1, 'tiny'),
      'modes.cascade[1]: its rungs are not those of the premodel in their order',
    ],
    [
      'rungs of a point out of order',
      (f) => f.modes.hybrid[1].rungs.reverse(),
      'modes.hybrid[1]: its rungs are not those of the premodel in their order',
    ],
    [
      'a rung of a point twice',
      (f) => Object.assign(f.modes.select[0], { rungs: ['small', 'small'] }),
      'modes.select[0]: its rungs are not those of the premodel in their order',
    ],
    [
      'no threshold of entry',
      (f) => f.modes.hybrid[3].entry.pop(),
      'modes.hybrid[3]: it needs a threshold for each rung but the last',
    ],
    [
      'a threshold of acceptance too many',
      (f) => f.modes.cascade[0].accept.push(0.5),
      'modes.cascade[0]: it needs a threshold for each rung but the last',
    ],
  ])('refuses %s', async (_name, spoil, problem) => {
    await expect(readSpoilt(spoil)).rejects.toMatchObject({
      code: 'premodel-invalid',
      message: expect.stringContaining(`premodel.json: ${problem}`),
      remedy: 'fit it anew with `weir train`',
    });
  });

  test.each<[string, Spoil, string]>([
    ['another schema', (f) => Object.assign(f, { schema: 'weir.premodel/2' }), 'schema: '],
    ['an unknown key', (f) => Object.assign(f, { feature: [] }), 'feature: unknown key (did you mean "features"?)'],
    [
      'an unknown key of a rung',
      (f) => Object.assign(f.rungs[1], { tempreature: 2 }),
      'rungs[1].tempreature: unknown key (did you mean "temperature"?)',
    ],
    [
      'an unknown key of a point',
      (f) => Object.assign(f.modes.hybrid[2], { acept: [] }),
      'modes.hybrid[2].acept: unknown key (did you mean "accept"?)',
    ],
    ['no rungs', (f) => Object.assign(f, { rungs: [] }), 'rungs: '],
    ['a mode without points', (f) => Object.assign(f.modes, { select: [] }), 'modes.select: '],
    ['a missing mode', (f) => delete f.modes.cascade, 'modes.cascade: is missing'],
    [
      'a weight of what is remembered too few',
      (f) => Object.assign(f.rungs[0].deferral, { recalled: [1] }),
      'rungs[0].deferral.recalled: ',
    ],
    ['a temperature of nothing', (f) => Object.assign(f.rungs[0], { temperature: 0 }), 'rungs[0].temperature: '],
    ['a threshold below zero', (f) => f.modes.hybrid[1].accept.splice(0, 1, -0.1), 'modes.hybrid[1].accept[0]: '],
    ['an infinite weight', (f) => f.rungs[0].deferral.weights.splice(0, 1, null), 'rungs[0].deferral.weights[0]: '],
    ['a probability above one', (f) => Object.assign(f.rungs[0].entry.left, { probability: 1.5 }), 'rungs[0].entry'],
    ['an unknown name', (f) => Object.assign(f.modes.hybrid[1], { name: 'best' }), 'modes.hybrid[1].name: '],
  ])('refuses %s, with its place', async (_name, spoil, problem) => {
    await expect(readSpoilt(spoil)).rejects.toMatchObject({
      code: 'premodel-invalid',
      message: expect.stringContaining(problem),
      exitCode: 2,
    });
  });

  test('names everything that is wrong at once', async () => {
    const reading = readSpoilt((file) => {
      delete file.reference;
      file.rungs[2].costMs = -1;
    });
    await expect(reading).rejects.toMatchObject({
      message: expect.stringMatching(
        /rungs\[2\]\.costMs: [\s\S]*reference: is missing|reference: is missing[\s\S]*rungs\[2\]\.costMs: /,
      ),
    });
  });
});
