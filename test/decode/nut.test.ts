import { execFileSync } from 'node:child_process';
import { beforeAll, describe, expect, test } from 'vitest';
import { type FramedPicture, Framer } from '../../src/decode/framer.ts';
import { NutDemuxer } from '../../src/decode/nut.ts';
import { BUNDLED_FFMPEG, describeWith, SYSTEM_FFMPEG } from '../support/parts.ts';
import fc from '../support/property.ts';

/** What ffmpeg writes for a test picture, at a size below and one above the limit of NUT's elided headers. */
function nut(ffmpeg: string, size: string, frames: number): Buffer {
  const source = `testsrc=size=${size}:rate=25,format=rgb24`;
  const args = [
    '-v',
    'error',
    '-f',
    'lavfi',
    '-i',
    source,
    '-frames:v',
    String(frames),
    '-c:v',
    'rawvideo',
    '-f',
    'nut',
    'pipe:1',
  ];
  return execFileSync(ffmpeg, args, { maxBuffer: 1 << 28 });
}

function raw(ffmpeg: string, size: string, frames: number): Buffer {
  const source = `testsrc=size=${size}:rate=25,format=rgb24`;
  const args = [
    '-v',
    'error',
    '-f',
    'lavfi',
    '-i',
    source,
    '-frames:v',
    String(frames),
    '-c:v',
    'rawvideo',
    '-f',
    'rawvideo',
    'pipe:1',
  ];
  return execFileSync(ffmpeg, args, { maxBuffer: 1 << 28 });
}

/** Feeds bytes in the given pieces; gives times and pixels of the frames. */
function demux(bytes: Buffer, cuts: readonly number[]): { times: number[]; pixels: Buffer; size: string } {
  const times: number[] = [];
  const frames: Uint8Array[] = [];
  let size = '';
  const demuxer = new NutDemuxer({
    header: ({ width, height }) => {
      size = `${width}x${height}`;
    },
    beginFrame: (ptsSeconds, length) => {
      times.push(ptsSeconds);
      const frame = new Uint8Array(length);
      frames.push(frame);
      return frame;
    },
    endFrame: () => {},
  });
  let from = 0;
  for (const cut of [...cuts, bytes.length]) {
    const chunk = bytes.subarray(from, cut);
    for (let at = 0; at < chunk.length; ) at = demuxer.push(chunk, at);
    from = cut;
  }
  return { times, pixels: Buffer.concat(frames), size };
}

function understands(ffmpeg: string): void {
  const SIZES = ['32x24', '64x48', '200x120'];

  test.each(SIZES)('%s: the pixels and times that ffmpeg wrote', (size) => {
    const result = demux(nut(ffmpeg, size, 30), []);
    expect(result.size).toBe(size);
    expect(result.pixels.equals(raw(ffmpeg, size, 30))).toBe(true);
    for (const [n, time] of result.times.entries()) expect(time).toBeCloseTo(n / 25, 6);
  });

  test.each(SIZES)('%s: the same whatever the chunks are', (size) => {
    const bytes = nut(ffmpeg, size, 6);
    const whole = demux(bytes, []);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: bytes.length }), { maxLength: 60 }), (cuts) => {
        const result = demux(
          bytes,
          cuts.sort((a, b) => a - b),
        );
        expect(result.times).toEqual(whole.times);
        expect(result.pixels.equals(whole.pixels)).toBe(true);
      }),
      { numRuns: 40 },
    );
  });

  test('byte by byte', () => {
    const bytes = nut(ffmpeg, '32x24', 3);
    const result = demux(bytes, [...bytes.keys()]);
    expect(result.pixels.equals(raw(ffmpeg, '32x24', 3))).toBe(true);
  });
}

describe('NutDemuxer on the bundled ffmpeg’s output', () => understands(BUNDLED_FFMPEG));
describeWith([SYSTEM_FFMPEG], 'NutDemuxer on the system ffmpeg’s output', () => understands('/usr/bin/ffmpeg'));

test('NutDemuxer refuses what is not NUT, with a remedy', () => {
  const demuxer = new NutDemuxer({ header: () => {}, beginFrame: () => null, endFrame: () => {} });
  expect(() => demuxer.push(Buffer.from('this is no NUT file'))).toThrow(
    expect.objectContaining({ code: 'decode-stream', remedy: expect.stringContaining('doctor') }),
  );
});

describe('Framer', () => {
  let bytes: Buffer;
  beforeAll(() => {
    bytes = nut(BUNDLED_FFMPEG, '64x48', 8);
  });

  /** Writes all bytes in chunks of a size; resolves when the framer has ended. */
  const NEVER = () => {
    throw new Error('a frame was skipped');
  };

  async function feed(framer: Framer, chunkBytes: number): Promise<void> {
    for (let at = 0; at < bytes.length; at += chunkBytes) {
      await new Promise((resolve) => framer.write(bytes.subarray(at, at + chunkBytes), resolve));
    }
  }

  test('hands out whole frames and reads nothing more while one is held', async () => {
    const held: FramedPicture[] = [];
    let letGo = () => {};
    const framer = new Framer((picture) => {
      held.push(picture);
      return new Promise((resolve) => {
        letGo = resolve;
      });
    }, NEVER);
    const written = feed(framer, bytes.length);
    for (let n = 1; n <= 8; n++) {
      await new Promise(setImmediate);
      expect(held.length).toBe(n);
      held.at(-1)?.buffer.release();
      letGo();
    }
    await written;
  });

  test('skips frames, and counts them, while the consumer keeps all buffers', async () => {
    const kept: FramedPicture[] = [];
    let skipped = 0;
    const framer = new Framer(
      (picture) => {
        kept.push(picture);
        return undefined;
      },
      () => skipped++,
    );
    await feed(framer, 1000);
    expect(kept.length).toBe(3);
    expect(skipped).toBe(5);
    expect(new Set(kept.map(({ buffer }) => buffer.pixels.buffer)).size).toBe(3);
  });

  test('reuses buffers that were released', async () => {
    const buffers = new Set<ArrayBufferLike>();
    let frames = 0;
    const framer = new Framer(({ buffer }) => {
      frames++;
      buffers.add(buffer.pixels.buffer);
      buffer.release();
      return undefined;
    }, NEVER);
    await feed(framer, 777);
    expect(frames).toBe(8);
    expect(buffers.size).toBeLessThanOrEqual(3);
  });

  test('fails on a picture that is too small to classify', async () => {
    const framer = new Framer(() => undefined, NEVER);
    const error = new Promise((resolve) => framer.once('error', resolve));
    framer.write(nut(BUNDLED_FFMPEG, '8x8', 1));
    expect(await error).toMatchObject({ code: 'too-small' });
  });
});
