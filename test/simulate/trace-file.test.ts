import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readTrace, writeTrace } from '../../src/simulate/trace-file.ts';
import { traceOf } from './traces.ts';

type File = { [key: string]: unknown };

let dir = '';
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'weir-trace-'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

test('a trace that is written is read as it was, and is nobody else’s', async () => {
  const path = join(dir, 'good.trace');
  const trace = traceOf();
  trace.rasters.set([1, 2, 3], 100);
  await writeTrace(path, trace);
  const read = await readTrace(path);
  expect(read.rungs[0]?.logits).toEqual(trace.rungs[0]?.logits);
  expect(Buffer.from(read.rasters).equals(Buffer.from(trace.rasters))).toBe(true);
  expect({ ...read, rungs: [], rasters: null }).toEqual({ ...trace, rungs: [], rasters: null });
  expect((await stat(path)).mode & 0o077).toBe(0);
});

const packed = (values: readonly number[]) =>
  deflateSync(new Uint8Array(Float32Array.from(values).buffer)).toString('base64');

test.each<[string, (file: File) => void, RegExp]>([
  [
    'too few values',
    (file) => Object.assign(first(file), { logits: packed([1, 2]) }),
    /rungs\[0\]\.logits: holds 8 bytes, and should 80/,
  ],
  [
    'too many values',
    (file) => Object.assign(first(file), { logits: packed(Array(40).fill(1)) }),
    /rungs\[0\]\.logits: holds more than 80 bytes/,
  ],
  [
    'values that are not finite',
    (file) => Object.assign(first(file), { logits: packed(Array(20).fill(Number.NaN)) }),
    /not finite/,
  ],
  [
    'what is not packed',
    (file) => Object.assign(file, { rasters: 'AAAA' }),
    /rasters: cannot be unpacked: the file is damaged/,
  ],
  ['what is no base64', (file) => Object.assign(file, { rasters: 'AA%A' }), /rasters: is no base64: .*damaged/],
  ['a run that takes longer than an hour', (file) => Object.assign(first(file), { serviceMs: [3.7e6] }), /an hour/],
  ['a cost longer than an hour', (file) => Object.assign(file.main as object, { arrivalMs: 1e300 }), /an hour/],
  [
    'times that do not grow',
    (file) => Object.assign(item(file, 'frames', 3), { seconds: 0.2 }),
    /frames\[3\]\.seconds: must grow/,
  ],
  [
    'a reference that is no rung',
    (file) => Object.assign(file, { reference: 'other' }),
    /reference: other is none of its rungs/,
  ],
  ['a rung twice', (file) => Object.assign(item(file, 'rungs', 1), { id: 'low' }), /rungs\[1\]\.id: low is already/],
  ['more classes than can be', (file) => Object.assign(file, { classes: 2 ** 40 }), /classes/],
  ['an embedding of any size', (file) => Object.assign(first(file), { embeddingSize: 2 ** 40 }), /embeddingSize/],
  [
    'arrays that are too large together, before there is memory for them',
    (file) => {
      Object.assign(file, { classes: 1_000_000, frames: Array.from({ length: 200 }, (_, at) => ({ seconds: at })) });
    },
    /come to 1601382400 bytes: more than 1073741824 are not read/,
  ],
  ['an unknown key', (file) => Object.assign(file, { frame: [] }), /unknown key \(did you mean "frames"\?\)/],
  [
    'times of runs that do not belong together',
    (file) => Object.assign(first(file), { runMs: [1, 2] }),
    /runMs: must be as long/,
  ],
])('refuses %s', async (_what, change, message) => {
  const path = join(dir, 'bad.trace');
  await writeTrace(path, traceOf());
  const file = JSON.parse(await readFile(path, 'utf8'));
  change(file);
  await writeFile(path, JSON.stringify(file));
  await expect(readTrace(path)).rejects.toThrow(message);
});

test.each<[string, string, RegExp]>([
  [
    'another JSON file',
    '{"name": "x"}',
    /^trace file .*: this is no trace: it has no schema, and would be weir.trace\/1$/,
  ],
  ['another file of Weir', '{"schema": "weir.truth/1"}', /: this is no trace: its schema is weir.truth\/1/],
  ['what is no JSON', 'RIFF', /: this is no trace: it is not JSON$/],
  ['a trace that is cut off', '{"schema":"weir.trace/1","ladder":{', /: it is cut off, or damaged/],
])('of %s it says in one sentence what is wrong, and how to get a trace', async (_what, text, message) => {
  const path = join(dir, 'other.trace');
  await writeFile(path, text);
  const remedy = expect.stringContaining('record it anew: weir simulate --record F');
  await expect(readTrace(path)).rejects.toMatchObject({ remedy, message: expect.stringMatching(message) });
});

test('a folder is told as such', async () => {
  await expect(readTrace(dir)).rejects.toMatchObject({
    code: 'trace-unreadable',
    message: expect.stringMatching(/it is a folder$/),
  });
});

function first(file: File): object {
  return item(file, 'rungs', 0);
}

function item(file: File, list: string, at: number): object {
  return (file[list] as object[])[at] ?? {};
}
