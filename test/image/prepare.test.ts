import { describe, expect, test } from 'vitest';
import { boxToRect, InputPreparer } from '../../src/image/prepare.ts';
import { Resizer } from '../../src/image/resize.ts';
import { toWorkingSize, workingSizeFor, workingSizer } from '../../src/image/working-size.ts';
import type { Box, Fit, Raster, RungView } from '../../src/types.ts';

/** Left half red, right half blue. */
function halves(width: number, height: number): Raster {
  const pixels = new Uint8Array(width * height * 3);
  for (let i = 0; i < width * height; i++) pixels[i * 3 + (i % width < width / 2 ? 0 : 2)] = 200;
  return { width, height, pixels };
}

function prepared(frame: Raster, fit: Fit, view: RungView = 'whole', box: Box = [0, 0, 1, 1]): number[][] {
  const target = new Uint8Array(8 * 8 * 3);
  new InputPreparer().prepare(frame, box, { input: { width: 8, height: 8, fit }, view }, target);
  const pixel = (x: number, y: number) => [...target.subarray((y * 8 + x) * 3, (y * 8 + x) * 3 + 3)];
  return [pixel(0, 4), pixel(7, 4), pixel(4, 0), pixel(1, 1)];
}

const RED = [200, 0, 0];
const BLUE = [0, 0, 200];
const GREY = [127, 127, 127];

describe('InputPreparer', () => {
  test('stretch shows all of the frame', () => {
    const [left, right] = prepared(halves(64, 16), 'stretch');
    expect([left, right]).toEqual([RED, BLUE]);
  });

  test('crop takes the centred part of the input’s aspect ratio', () => {
    const frame = halves(64, 16);
    for (let i = 0; i < 64 * 16; i++) if (i % 64 < 24 || i % 64 >= 40) frame.pixels.set([9, 9, 9], i * 3);
    const [left, right] = prepared(frame, 'crop');
    expect([left, right]).toEqual([RED, BLUE]);
  });

  test('letterbox keeps the aspect ratio and fills with grey', () => {
    const [left, right, top] = prepared(halves(64, 32), 'letterbox');
    expect([left, right, top]).toEqual([RED, BLUE, GREY]);
  });

  test('letterbox leaves no bytes of an earlier, larger picture', () => {
    const preparer = new InputPreparer();
    const spec = { input: { width: 8, height: 8, fit: 'letterbox' }, view: 'whole' } as const;
    const target = new Uint8Array(8 * 8 * 3);
    preparer.prepare(halves(16, 16), [0, 0, 1, 1], spec, target);
    preparer.prepare(halves(16, 4), [0, 0, 1, 1], spec, target);
    expect([...target.subarray(0, 3)]).toEqual(GREY);
  });

  test('the mirror view swaps left and right', () => {
    const [left, right] = prepared(halves(64, 16), 'stretch', 'mirror');
    expect([left, right]).toEqual([BLUE, RED]);
  });

  test('the centre view leaves out the rim', () => {
    const frame = halves(64, 64);
    for (let i = 0; i < 64 * 64; i++) if (i % 64 < 3 || i % 64 >= 61) frame.pixels.set([9, 9, 9], i * 3);
    const [left, right] = prepared(frame, 'stretch', 'centre');
    expect([left, right]).toEqual([RED, BLUE]);
  });

  test('a box looks at that part alone', () => {
    const [left, right] = prepared(halves(64, 64), 'stretch', 'whole', [0.5, 0, 0.5, 1]);
    expect([left, right]).toEqual([BLUE, BLUE]);
  });

  test.each([
    [[0, 0, 1, 1], { x: 0, y: 0, width: 10, height: 6 }],
    [[0.5, 0.5, 0.5, 0.5], { x: 5, y: 3, width: 5, height: 3 }],
    [[0.99, 0.99, 0.01, 0.01], { x: 9, y: 5, width: 1, height: 1 }],
    [[0, 0, 0.001, 0.001], { x: 0, y: 0, width: 1, height: 1 }],
  ] as const)('box %j of 10x6 covers whole pixels inside', (box, rect) => {
    expect(boxToRect({ width: 10, height: 6, pixels: new Uint8Array(0) }, box)).toEqual(rect);
  });
});

describe('working size', () => {
  const rung = (side: number, fit: Fit) => ({ input: { width: side, height: side, fit } });

  test('is that of the largest rung, and keeps the aspect ratio when a rung needs it', () => {
    expect(workingSizeFor([rung(96, 'stretch'), rung(300, 'stretch')])).toEqual({
      aspect: 'stretch',
      width: 300,
      height: 300,
    });
    expect(workingSizeFor([rung(96, 'crop'), rung(300, 'stretch')]).aspect).toBe('keep');
  });

  test.each([
    ['stretch', 640, 360, 300, 300],
    ['stretch', 200, 360, 200, 300],
    ['keep', 640, 360, 533, 300],
    ['keep', 200, 100, 200, 100],
  ] as const)('%s of %dx%d is %dx%d: never enlarged', (aspect, width, height, toWidth, toHeight) => {
    const source = { width, height, pixels: new Uint8Array(width * height * 3) };
    const result = toWorkingSize(source, { aspect, width: 300, height: 300 }, new Resizer());
    expect([result.width, result.height]).toEqual([toWidth, toHeight]);
  });

  test('into one buffer is the same as into new ones; what has that size stays as it is', () => {
    const sizer = workingSizer({ aspect: 'keep', width: 30, height: 30 });
    let buffer: ArrayBufferLike | undefined;
    for (const [at, [width, height]] of (
      [
        [64, 36],
        [64, 36],
        [36, 64],
        [53, 30],
      ] as const
    ).entries()) {
      const source = { width, height, pixels: Uint8Array.from({ length: width * height * 3 }, (_, i) => i * (at + 7)) };
      const result = sizer(source);
      expect(result).toEqual(toWorkingSize(source, { aspect: 'keep', width: 30, height: 30 }, new Resizer()));
      if (at === 1) expect(result.pixels.buffer).toBe(buffer);
      if (at === 3) expect(result).toBe(source);
      buffer = result.pixels.buffer;
    }
  });
});
