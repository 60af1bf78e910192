import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { seededRandom } from '../../src/cascade/random.ts';
import {
  answerClasses,
  backgroundOf,
  type Heads,
  headsText,
  parseHeads,
  readHeads,
  taughtQuestion,
  toHead,
  toHeadFile,
} from '../../src/heads/artifact.ts';
import { floatsOf, toBase64 } from '../../src/heads/binary.ts';
import { applyHead } from '../../src/heads/head.ts';
import { headReader } from '../../src/heads/reader.ts';
import { teach } from '../../src/teaching/teach.ts';
import { ZERO } from '../../src/words.ts';
import { SMALL_LADDER } from '../support/premodels.ts';
import { inRuns, madeUpCamera, normal } from '../support/taught.ts';

const [low, , top] = SMALL_LADDER.rungs.map(({ id }) => id);
let folder: string;
let heads: Heads;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'weir-heads-'));
  const input = madeUpCamera({ labels: inRuns(3, 9, 8), clarity: { [low ?? '']: 3, [top ?? '']: 6 } });
  const { name, fingerprint } = SMALL_LADDER;
  heads = teach({ ...input, ladder: { name, fingerprint, reference: top ?? '' } }, () => {}).heads;
});
afterAll(() => rm(folder, { recursive: true }));

// biome-ignore lint/suspicious/noExplicitAny: what a file holds is anything
type Spoil = (file: any) => void;

function spoilt(spoil: Spoil): () => Heads {
  const file = JSON.parse(headsText(heads));
  spoil(file);
  return () => parseHeads(JSON.stringify(file), 'gate.json', SMALL_LADDER);
}

describe('a heads file', () => {
  test('is read back bit by bit, and written again is the same text', async () => {
    const path = join(folder, 'gate.json');
    await writeFile(path, headsText(heads));
    const read = await readHeads(path, SMALL_LADDER);
    expect(read).toEqual(heads);
    expect(headsText(read)).toBe(headsText(heads));
    expect(backgroundOf(read)).toEqual(backgroundOf(heads));
  });

  test('keeps every bit of every value', () => {
    const random = seededRandom(1);
    const values = Float32Array.from([
      0,
      -0,
      1e-45,
      -3.4e38,
      Math.PI,
      ...Array.from({ length: 50 }, () => normal(random)),
    ]);
    const head = {
      space: 'root',
      weights: values,
      bias: values.subarray(0, 1),
      means: values,
      other: { limit: 0.1 + 0.2, slope: 20 },
    } as const;
    const back = toHead(JSON.parse(JSON.stringify(toHeadFile(head))));
    for (const name of ['weights', 'bias', 'means'] as const) {
      expect(new Uint32Array(back[name].slice().buffer)).toEqual(new Uint32Array(head[name].slice().buffer));
    }
    expect(back.other).toEqual(head.other);
  });

  test('holds arrays in little-endian order', () => {
    expect([...Buffer.from(toBase64(Float32Array.of(1)), 'base64')]).toEqual([0, 0, 0x80, 0x3f]);
    expect([...floatsOf(toBase64(Float32Array.of(1, -2)))]).toEqual([1, -2]);
  });

  test('that is not there is said to be missing', async () => {
    await expect(readHeads(join(folder, 'none.json'), SMALL_LADDER)).rejects.toMatchObject({ code: 'heads-missing' });
  });

  test('of another ladder is refused, with both names and what to do', () => {
    const reading = spoilt((file) => Object.assign(file.ladder, { name: 'old', fingerprint: 'e'.repeat(64) }));
    expect(reading).toThrow(/old eeeeeeeeeeee….*this one is/);
    expect(reading).toThrow(
      expect.objectContaining({ code: 'heads-other-ladder', remedy: expect.stringContaining('weir teach') }),
    );
  });

  test.each<[string, Spoil, RegExp]>([
    [
      'an unknown key',
      (file) => Object.assign(file.questions[0], { hads: 1 }),
      /questions\[0\]\.hads: unknown key \(did you mean "heads"\?\)/,
    ],
    [
      'a cut array',
      (file) => Object.assign(file.questions[0].heads[ZERO], { bias: 'AAAA' }),
      /must be base64 of finite float32 values/,
    ],
    [
      'an array of another length',
      (file) => Object.assign(file.questions[0].heads[ZERO], { bias: toBase64(new Float32Array(2)) }),
      /bias: has 2 values, not 3/,
    ],
    [
      'a value that is not finite',
      (file) => Object.assign(file.questions[0].heads[ZERO], { bias: toBase64(Float32Array.of(1, Number.NaN, 2)) }),
      /finite/,
    ],
    ['a rung that the ladder has not', (file) => file.rungs.push('gone'), /the ladder has no rung "gone"/],
    ['a head that is missing', (file) => delete file.questions[0].heads[ZERO], /there is none for rung "zero"/],
    ['a rung of the premodel that is not listed', (file) => file.rungs.shift(), /its rung "zero" is not among rungs/],
    [
      'a class named other',
      (file) => Object.assign(file.questions[0].classes[0], { name: 'other' }),
      /"other" is taken/,
    ],
    ['two questions of one name', (file) => file.questions.push(file.questions[0]), /"default" stands there twice/],
    [
      'a premodel that contradicts itself',
      (file) => Object.assign(file.questions[0].premodel.modes.cascade[0], { accept: [] }),
      /premodel: modes\.cascade\[0\]/,
    ],
    [
      'a background of another size',
      (file) => Object.assign(file.scene, { background: 'AAAA' }),
      /scene\.background: must have 6912 bytes/,
    ],
  ])('with %s is refused, naming it', (_, spoil, message) => {
    expect(spoilt(spoil)).toThrow(message);
    expect(spoilt(spoil)).toThrow(expect.objectContaining({ code: 'heads-invalid', exitCode: 2 }));
  });

  test('that is no JSON is refused', () => {
    expect(() => parseHeads('{', 'gate.json', SMALL_LADDER)).toThrow(/is not JSON/);
  });
});

test('a question’s answers are its classes in their order, then `other`', () => {
  expect(answerClasses(taughtQuestion(heads, 'default')).map(({ id }) => id)).toEqual([
    'things-0',
    'things-1',
    'things-2',
    'other',
  ]);
});

describe('headReader', () => {
  test('reads each rung of a policy by its own head, loaded or as taught', () => {
    const ids = heads.rungs;
    const loaded = parseHeads(headsText(heads), 'gate.json', SMALL_LADDER);
    const reader = headReader(loaded, 'default', ids);
    expect(reader.wantsEmbedding).toBe(true);
    const random = seededRandom(2);
    for (const [rung, id] of ids.entries()) {
      const head = toHead(taughtQuestion(heads, 'default').heads[id] as Parameters<typeof toHead>[0]);
      const embedding = Float32Array.from({ length: head.weights.length / 3 }, () => Math.abs(normal(random)));
      const [read, applied] = [new Float32Array(4), new Float32Array(4)];
      reader.read(rung, { logits: new Float32Array(0), embedding }, read);
      applyHead(head, embedding, applied);
      expect(read).toEqual(applied);
    }
  });

  test('a question or a rung without a head is a mistake of the caller', () => {
    expect(() => headReader(heads, 'none', heads.rungs)).toThrow(RangeError);
    expect(() => headReader(heads, 'default', ['none'])).toThrow(RangeError);
    const reader = headReader(heads, 'default', heads.rungs);
    expect(() => reader.read(0, { logits: new Float32Array(0), embedding: null }, new Float32Array(4))).toThrow(
      RangeError,
    );
  });
});
