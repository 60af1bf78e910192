import { describe, expect, test } from 'vitest';
import { cutter } from '../../src/image/cut-out.ts';
import { Resizer } from '../../src/image/resize.ts';
import { sizeAt, toWorkingSize, workingSizeForParts } from '../../src/image/working-size.ts';
import { type Box, type Raster, WHOLE_FRAME, type WorkingSize } from '../../src/types.ts';

/** Every pixel is told by its place. */
function numbered(width: number, height: number): Raster {
  const pixels = new Uint8Array(width * height * 3);
  for (let i = 0; i < width * height; i++) pixels.set([i % width, Math.floor(i / width), 7], i * 3);
  return { width, height, pixels };
}

describe('cutter', () => {
  test('cuts a part out as it is', () => {
    const { width, height, pixels } = cutter([0.5, 0.25, 0.25, 0.5], null)(numbered(16, 8));
    expect([width, height]).toEqual([4, 4]);
    expect([...pixels.subarray(0, 3)]).toEqual([8, 2, 7]);
    expect([...pixels.subarray(-3)]).toEqual([11, 5, 7]);
  });

  test('scales a part down as a frame of it alone is', () => {
    const frame = numbered(120, 80);
    const working: WorkingSize = { aspect: 'stretch', width: 20, height: 30 };
    const alone = cutter([0.5, 0, 0.5, 0.5], null)(frame);
    const wanted = toWorkingSize(alone, working, new Resizer());
    const cut = cutter([0.5, 0, 0.5, 0.5], working)(frame);
    expect(cut).toEqual(wanted);
  });

  test('uses one buffer, in shared memory, while frames have one size', () => {
    const cut = cutter([0, 0, 0.5, 0.5], null);
    const first = cut(numbered(16, 8)).pixels;
    expect(first.buffer).toBeInstanceOf(SharedArrayBuffer);
    expect(cut(numbered(16, 8)).pixels).toBe(first);
    expect(cut(numbered(8, 8)).pixels.length).toBe(4 * 4 * 3);
  });
});

describe('workingSizeForParts', () => {
  const stretch: WorkingSize = { aspect: 'stretch', width: 300, height: 200 };
  const keep = (side: number): WorkingSize => ({ aspect: 'keep', width: side, height: side });
  const SOURCE = { width: 4000, height: 3000 };

  test.each<[string, { box: Box; size: WorkingSize }[], WorkingSize]>([
    ['all of the frame', [{ box: WHOLE_FRAME, size: stretch }], stretch],
    ['a part of it', [{ box: [0, 0, 0.5, 0.25], size: stretch }], { aspect: 'stretch', width: 600, height: 800 }],
    [
      'two parts',
      [
        { box: [0, 0, 0.5, 1], size: stretch },
        { box: [0, 0, 1, 0.5], size: stretch },
      ],
      { aspect: 'stretch', width: 600, height: 400 },
    ],
    ['a part whose form is kept', [{ box: [0, 0, 0.5, 1], size: keep(300) }], keep(600)],
    [
      'parts of both kinds',
      [
        { box: WHOLE_FRAME, size: keep(1080) },
        { box: [0, 0, 0.1, 1], size: stretch },
      ],
      keep(3000),
    ],
  ])('of %s', (_what, parts, size) => {
    expect(workingSizeForParts(parts)).toEqual(size);
    const kept = sizeAt(SOURCE, size);
    for (const part of parts) {
      const ofPart = { width: SOURCE.width * part.box[2], height: SOURCE.height * part.box[3] };
      const needed = sizeAt(ofPart, part.size);
      expect(kept.width * part.box[2]).toBeGreaterThanOrEqual(needed.width - 1e-6);
      expect(kept.height * part.box[3]).toBeGreaterThanOrEqual(needed.height - 1e-6);
    }
  });
});
