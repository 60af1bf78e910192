import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { encodeJpeg, readImageFile } from '../../src/image/file.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'weir-image-'));
});
afterAll(() => rm(folder, { recursive: true }));

const flat = (width: number, height: number, background: string) =>
  sharp({ create: { width, height, channels: 4, background } });

describe('readImageFile', () => {
  test.each([
    ['grey PNG', 'grey.png', () => flat(8, 4, '#808080').toColourspace('b-w').png(), [128, 128, 128]],
    ['16-bit PNG', 'deep.png', () => flat(8, 4, '#ff0000').toColourspace('rgb16').png(), [255, 0, 0]],
    ['palette PNG', 'palette.png', () => flat(8, 4, '#00ff00').png({ palette: true }), [0, 255, 0]],
    ['PNG with transparency over black', 'clear.png', () => flat(8, 4, 'rgba(255,255,255,0)').png(), [0, 0, 0]],
    ['WebP', 'a.webp', () => flat(8, 4, '#0000ff').webp({ lossless: true }), [0, 0, 255]],
    [
      'CMYK JPEG',
      'cmyk.jpg',
      () => flat(8, 4, '#ffffff').toColourspace('cmyk').jpeg({ quality: 100 }),
      [255, 255, 255],
    ],
  ] as const)('%s', async (_name, file, make, pixel) => {
    const path = join(folder, file);
    await make().toFile(path);
    const { width, height, pixels } = await readImageFile(path);
    expect({ width, height, bytes: pixels.length }).toEqual({ width: 8, height: 4, bytes: 96 });
    for (const [i, value] of pixel.entries()) expect(Math.abs((pixels[i] ?? -99) - value)).toBeLessThan(4);
  });

  test('turns a picture upright by its EXIF orientation', async () => {
    const path = join(folder, 'turned.jpg');
    await flat(8, 4, '#ffffff').jpeg().withMetadata({ orientation: 6 }).toFile(path);
    const { width, height } = await readImageFile(path);
    expect([width, height]).toEqual([4, 8]);
  });

  test.each([
    ['text', 'this is not a picture'],
    ['nothing', ''],
  ])('names the file when it holds %s', async (_name, content) => {
    const path = join(folder, 'broken.jpg');
    await writeFile(path, content);
    await expect(readImageFile(path)).rejects.toMatchObject({
      code: 'image-unreadable',
      message: expect.stringContaining(path),
    });
  });

  test('refuses a JPEG that is cut off', async () => {
    const path = join(folder, 'cut.jpg');
    const whole = await sharp({
      create: {
        width: 400,
        height: 400,
        channels: 3,
        background: '#fff',
        noise: { type: 'gaussian', mean: 128, sigma: 60 },
      },
    })
      .jpeg()
      .toBuffer();
    await writeFile(path, whole.subarray(0, whole.length / 2));
    await expect(readImageFile(path)).rejects.toMatchObject({ code: 'image-unreadable' });
  });
});

test('encodeJpeg takes pixels in shared memory', async () => {
  const pixels = new Uint8Array(new SharedArrayBuffer(16 * 16 * 3)).fill(200);
  const jpeg = await encodeJpeg({ width: 16, height: 16, pixels }, { quality: 90 });
  const { data } = await sharp(jpeg).raw().toBuffer({ resolveWithObject: true });
  expect(Math.abs((data[0] ?? 0) - 200)).toBeLessThan(3);
});
