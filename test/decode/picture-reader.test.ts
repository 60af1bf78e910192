import { join } from 'node:path';
import { Writable } from 'node:stream';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { toCameraSource } from '../../src/config/camera.ts';
import { camera } from '../../src/config/schema.ts';
import { ffmpegArguments } from '../../src/decode/arguments.ts';
import { PictureReader } from '../../src/decode/picture-reader.ts';
import { startFfmpeg } from '../../src/decode/process.ts';
import { makeNumberedClip, readNumber, temporaryFolder } from '../support/clips.ts';
import { bundledFfmpeg, SMALL } from '../support/decoding.ts';
import fc from '../support/property.ts';

const FRAMES = 40;
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
/** What ffmpeg writes: a picture of each of forty frames, 0.04 s apart from 0 on. */
let stream: Buffer;
let seen: number[];
let dropped: number;

/** The bytes that ffmpeg writes of a clip's pictures. */
async function picturesOf(path: string): Promise<Buffer> {
  const ffmpeg = await bundledFfmpeg();
  const source = toCameraSource(camera.parse({ id: 'test', source: path, fps: 'all' }));
  const args = ffmpegArguments(source, 'file', path, SMALL, ffmpeg, { maxSide: 640, everySeconds: 0.04 });
  const chunks: Uint8Array[] = [];
  const frames = new Writable({ write: (_chunk, _encoding, done) => done() });
  const keep = (chunk: Uint8Array) => chunks.push(chunk.slice());
  await startFfmpeg(...([ffmpeg, args, frames, () => {}, keep] as const)).exited;
  return Buffer.concat(chunks);
}

beforeAll(async () => {
  folder = await temporaryFolder();
  const numbers = join(folder.path, 'numbers.mp4');
  await makeNumberedClip(numbers, FRAMES, 25);
  stream = await picturesOf(numbers);
});
afterAll(() => folder.remove());
beforeEach(() => {
  [seen, dropped] = [[], 0];
});

const reader = (maxSide = 640) =>
  new PictureReader({
    maxSide,
    onPicture: (picture) => {
      seen.push(picture.ptsSeconds);
      expect(readNumber(picture)).toBe(Math.round(picture.ptsSeconds * 25));
    },
    onDropped: () => dropped++,
  });

describe('PictureReader', () => {
  test('gives every picture whole, in any chunking', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 100_000 }), { minLength: 1, maxLength: 8 }), (steps) => {
        seen = [];
        const pictures = reader();
        pictures.reached(1_000);
        for (let at = 0, turn = 0; at < stream.length; turn++) {
          const step = steps[turn % steps.length] ?? 1;
          pictures.push(stream.subarray(at, at + step));
          at += step;
        }
        expect(seen).toEqual(Array.from({ length: FRAMES }, (_, n) => expect.closeTo(n * 0.04, 5)));
      }),
      { seed: 5, numRuns: 20 },
    );
  });

  test('hands none over before its frame is reached, and of several that are only the newest', () => {
    const pictures = reader();
    pictures.push(stream.subarray(0, stream.length / 4));
    expect(seen).toEqual([]);
    pictures.reached(0);
    pictures.reached(0.04);
    pictures.reached(0.07);
    expect(seen).toEqual([0, expect.closeTo(0.04, 5)]);
    pictures.reached(0.2);
    expect(seen.slice(2)).toEqual([expect.closeTo(0.2, 5)]);
  });

  test('hands over at once what comes after its frame', () => {
    const pictures = reader();
    pictures.reached(0.04);
    pictures.push(stream);
    expect(seen).toEqual([0, expect.closeTo(0.04, 5)]);
  });

  test('leaves out, and counts, what comes while too many wait, and goes on afterwards', () => {
    const pictures = reader();
    pictures.push(stream.subarray(0, stream.length - 80_000));
    expect(dropped).toBeGreaterThan(5);
    const before = dropped;
    pictures.reached(10);
    expect(seen).toEqual([expect.closeTo(7 * 0.04, 5)]);
    pictures.push(stream.subarray(stream.length - 80_000));
    expect(dropped).toBe(before);
    expect(seen.at(-1)).toBeCloseTo(39 * 0.04, 5);
  });

  test('leaves out, and counts, what is larger than it asked for', () => {
    const pictures = reader(16);
    pictures.reached(1_000);
    pictures.push(stream);
    expect([seen.length, dropped]).toEqual([0, FRAMES]);
  });

  test('takes what it does not understand, without a word to its source', () => {
    const pictures = reader();
    pictures.reached(1_000);
    pictures.push(Buffer.from('no NUT at all'));
    pictures.push(stream);
    expect([seen.length, dropped]).toEqual([0, 1]);
  });
});
