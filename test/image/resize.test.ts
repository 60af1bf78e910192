import { describe, expect, test } from 'vitest';
import { Resizer } from '../../src/image/resize.ts';
import type { Raster } from '../../src/types.ts';
import fc from '../support/property.ts';

/** Bilinear interpolation between pixel centres in floating point, one channel value at a time. */
function reference(source: Raster, width: number, height: number): number[] {
  const at = (x: number, y: number, c: number) => source.pixels[(y * source.width + x) * 3 + c] ?? 0;
  const axis = (i: number, from: number, to: number) => {
    const position = Math.min(Math.max(((i + 0.5) * from) / to - 0.5, 0), from - 1);
    const low = Math.floor(position);
    return { low, high: Math.min(low + 1, from - 1), weight: position - low };
  };
  const out: number[] = [];
  for (let y = 0; y < height; y++) {
    const v = axis(y, source.height, height);
    for (let x = 0; x < width; x++) {
      const u = axis(x, source.width, width);
      for (let c = 0; c < 3; c++) {
        const upper = at(u.low, v.low, c) * (1 - u.weight) + at(u.high, v.low, c) * u.weight;
        const lower = at(u.low, v.high, c) * (1 - u.weight) + at(u.high, v.high, c) * u.weight;
        out.push(upper * (1 - v.weight) + lower * v.weight);
      }
    }
  }
  return out;
}

function resized(source: Raster, width: number, height: number, options = {}): Uint8Array {
  const pixels = new Uint8Array(width * height * 3);
  new Resizer().resize(source, { pixels, offsetBytes: 0, strideBytes: width * 3, width, height }, options);
  return pixels;
}

const raster = (width: number, height: number, value: (x: number, y: number, c: number) => number): Raster => {
  const pixels = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) for (let c = 0; c < 3; c++) pixels[(y * width + x) * 3 + c] = value(x, y, c);
  return { width, height, pixels };
};

const anyRaster = (min: number, max: number) =>
  fc
    .record({ width: fc.integer({ min, max }), height: fc.integer({ min, max }), seed: fc.integer() })
    .map(({ width, height, seed }) =>
      raster(width, height, (x, y, c) => (Math.imul(seed ^ (x * 7919 + y * 104729 + c), 2654435761) >>> 24) & 255),
    );

describe('Resizer', () => {
  test('below half the size in neither direction, is bilinear interpolation to within its weights of 1/256', () => {
    fc.assert(
      fc.property(anyRaster(1, 40), fc.double({ min: 0.51, max: 3, noNaN: true }), (source, scale) => {
        const width = Math.max(1, Math.ceil(source.width * scale));
        const height = Math.max(1, Math.ceil(source.height * scale));
        fc.pre(source.width < 2 * width && source.height < 2 * height);
        const expected = reference(source, width, height);
        const actual = resized(source, width, height);
        for (const [i, value] of expected.entries())
          expect(Math.abs((actual[i] ?? 0) - value)).toBeLessThanOrEqual(1.5);
      }),
    );
  });

  test('keeps a picture of its own size byte for byte', () => {
    fc.assert(
      fc.property(anyRaster(1, 30), (source) => {
        expect(resized(source, source.width, source.height)).toEqual(source.pixels);
      }),
    );
  });

  test('halves exactly: the mean of four pixels, rounded half up', () => {
    const source = raster(4, 2, (x, y) => [10, 20, 30, 41, 12, 22, 31, 42][y * 4 + x] ?? 0);
    expect([...resized(source, 2, 1)].filter((_, i) => i % 3 === 0)).toEqual([16, 36]);
  });

  test('keeps the mean of a picture that it shrinks by a power of two', () => {
    fc.assert(
      fc.property(anyRaster(1, 8), (small) => {
        const large = raster(
          small.width * 4,
          small.height * 4,
          (x, y, c) => small.pixels[((y >> 2) * small.width + (x >> 2)) * 3 + c] ?? 0,
        );
        expect(resized(large, small.width, small.height)).toEqual(small.pixels);
      }),
    );
  });

  test('mirrors: the mirror image of the result for the mirrored source', () => {
    const source = raster(50, 31, (x, y, c) => (x * 5 + y * 3 + c * 40) & 255);
    const plain = resized(source, 20, 13);
    const mirrored = resized(source, 20, 13, { mirror: true });
    for (let y = 0; y < 13; y++)
      for (let x = 0; x < 20; x++)
        for (let c = 0; c < 3; c++) expect(mirrored[(y * 20 + x) * 3 + c]).toBe(plain[(y * 20 + (19 - x)) * 3 + c]);
  });

  test('sees nothing outside its rectangle', () => {
    const inside = { x: 5, y: 3, width: 12, height: 9 };
    const isInside = (x: number, y: number) => x >= 5 && x < 17 && y >= 3 && y < 12;
    const black = raster(30, 20, (x, y) => (isInside(x, y) ? 100 : 0));
    const white = raster(30, 20, (x, y) => (isInside(x, y) ? 100 : 255));
    for (const [width, height] of [
      [4, 4],
      [12, 9],
      [20, 20],
    ] as const) {
      const result = resized(black, width, height, { rect: inside });
      expect(result).toEqual(resized(white, width, height, { rect: inside }));
      expect(new Set(result)).toEqual(new Set([100]));
    }
  });

  test('gives the same bytes from shared memory and when its buffers are reused', () => {
    const resizer = new Resizer();
    const source = raster(300, 300, (x, y, c) => (x * y + c * 31) & 255);
    const shared = { ...source, pixels: new Uint8Array(new SharedArrayBuffer(source.pixels.length)) };
    shared.pixels.set(source.pixels);
    for (const side of [96, 224, 96]) {
      const pixels = new Uint8Array(side * side * 3);
      resizer.resize(shared, { pixels, offsetBytes: 0, strideBytes: side * 3, width: side, height: side });
      expect(pixels).toEqual(resized(source, side, side));
    }
  });
});
