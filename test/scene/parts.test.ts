import { describe, expect, test } from 'vitest';
import { squareAround } from '../../src/scene/boxes.ts';
import { SAME, STRONG, WEAK } from '../../src/scene/change.ts';
import { edgesOf } from '../../src/scene/contour.ts';
import { GainFinder } from '../../src/scene/gain.ts';
import { joinNear } from '../../src/scene/join.ts';
import { CELLS, contrastOf, LevelPlane, LUMA_HEIGHT, LUMA_WIDTH, toLuma } from '../../src/scene/luma.ts';
import type { Part } from '../../src/scene/part.ts';
import { PartFinder } from '../../src/scene/parts.ts';
import { BLOCK_COLUMNS, BLOCK_ROWS } from '../../src/scene/structure.ts';
import { Tightener } from '../../src/scene/tighten.ts';
import { Tracker } from '../../src/scene/tracker.ts';
import fc from '../support/property.ts';

const fill = (changes: Uint8Array, [x, y, width, height]: readonly number[], value: number) => {
  for (let v = 0; v < (height ?? 0); v++) {
    for (let u = 0; u < (width ?? 0); u++) changes[((y ?? 0) + v) * LUMA_WIDTH + (x ?? 0) + u] = value;
  }
};

/** Parts of rectangles `[x, y, width, height, change]`; inside them the frame is brighter by 50 units. */
function partsOf(rectangles: readonly (readonly number[])[]): Part[] {
  const changes = new Uint8Array(CELLS).fill(SAME);
  for (const rectangle of rectangles) fill(changes, rectangle, rectangle[4] ?? STRONG);
  const values = Float32Array.from(changes, (change) => (change === SAME ? 0 : 50));
  const kinds = new Uint8Array(BLOCK_COLUMNS * BLOCK_ROWS);
  const level = new Float32Array(CELLS);
  return [...new PartFinder().find({ changes, values, level, difference: values, kinds })];
}

const boxOf = ({ left, top, right, bottom }: Part) => [left, top, right - left, bottom - top];

describe('parts', () => {
  test('grow from strong cells over weak ones, and not without', () => {
    const parts = partsOf([
      [10, 10, 3, 3, STRONG],
      [13, 10, 8, 3, WEAK],
      [60, 60, 9, 9, WEAK],
    ]);
    expect(parts.map(boxOf)).toEqual([[10, 10, 11, 3]]);
    expect(parts[0]?.cells).toBe(33);
    expect(edgesOf(parts[0] as Part)).toBe(1);
  });

  test('specks are none', () => {
    expect(partsOf([[5, 5, 2, 2, STRONG]])).toEqual([]);
  });

  test('a gap of one cell is none, one of three is, for small ones; near what is large it is joined', () => {
    expect(
      partsOf([
        [10, 10, 4, 4],
        [15, 10, 4, 4],
      ]),
    ).toHaveLength(1);
    const apart = partsOf([
      [10, 10, 4, 4],
      [17, 10, 4, 4],
    ]);
    joinNear(apart, new Uint8Array(256));
    expect(apart).toHaveLength(2);
    const near = partsOf([
      [10, 10, 40, 30],
      [53, 10, 4, 4],
      [100, 10, 4, 4],
    ]);
    const alias = new Uint8Array(256);
    const ids = near.map(({ id }) => id);
    joinNear(near, alias);
    expect(near.map(boxOf).sort()).toEqual(
      [
        [10, 10, 47, 30],
        [100, 10, 4, 4],
      ].sort(),
    );
    expect(alias[ids[1] as number]).toBe(alias[ids[0] as number]);
    expect(alias[ids[2] as number]).toBe(ids[2]);
    expect(alias[0]).toBe(0);
  });
});

test('a box is drawn in to the body of a thing, and a soft glow left out', () => {
  const changes = new Uint8Array(CELLS).fill(SAME);
  fill(changes, [10, 20, 40, 20], STRONG);
  const difference = new Float32Array(CELLS);
  for (let y = 20; y < 40; y++) for (let x = 10; x < 50; x++) difference[y * LUMA_WIDTH + x] = x < 20 ? -12 : 100;
  difference[20 * LUMA_WIDTH + 12] = 100; // a speck in the glow
  const finder = new PartFinder();
  const level = new Float32Array(CELLS);
  const kinds = new Uint8Array(BLOCK_COLUMNS * BLOCK_ROWS);
  const parts = [...finder.find({ changes, values: difference, level, difference, kinds })];
  const alias = new Uint8Array(256);
  joinNear(parts, alias);
  new Tightener().tighten({ parts, map: finder.map, alias }, difference);
  expect(parts.map(boxOf)).toEqual([[20, 20, 30, 20]]);
});

test('boxes are square in pixels of the source, wide enough, and inside', () => {
  const number = (max: number) => fc.double({ min: 0, max, noNaN: true });
  const source = fc.record({ width: fc.integer({ min: 64, max: 4000 }), height: fc.integer({ min: 64, max: 4000 }) });
  fc.assert(
    fc.property(number(1), number(1), number(1), number(1), source, number(0.5), (x, y, w, h, size, margin) => {
      const left = Math.floor(x * (LUMA_WIDTH - 1));
      const top = Math.floor(y * (LUMA_HEIGHT - 1));
      const right = left + 1 + Math.floor(w * (LUMA_WIDTH - left - 1));
      const bottom = top + 1 + Math.floor(h * (LUMA_HEIGHT - top - 1));
      const box = squareAround({ left, top, right, bottom }, size, margin, 40);
      const [bx, by, width, height] = box;
      expect(Math.min(bx, by)).toBeGreaterThanOrEqual(0);
      expect(Math.max(bx + width, by + height)).toBeLessThanOrEqual(1 + 1e-9);
      const across = width * size.width;
      const down = height * size.height;
      expect(Math.min(across, down)).toBeGreaterThanOrEqual(40 - 1e-6);
      if (width < 1 && height < 1) expect(across).toBeCloseTo(down, 6);
      // The thing is inside.
      expect(bx).toBeLessThanOrEqual(left / LUMA_WIDTH + 1e-9);
      expect(by + height).toBeGreaterThanOrEqual(bottom / LUMA_HEIGHT - 1e-9);
    }),
    { numRuns: 200, seed: 1 },
  );
});

describe('tracks', () => {
  /** Parts of 10x10 cells with a contour of their own, at `[x, y]`. */
  const at = (...places: readonly (readonly [number, number])[]) => partsOf(places.map(([x, y]) => [x, y, 10, 10]));

  test('what is hidden by another is waited for, longer than what is merely gone', () => {
    const tracker = new Tracker();
    let seconds = 0;
    const step = (parts: readonly Part[]) => {
      seconds += 0.2;
      tracker.update(parts, seconds);
      for (const track of tracker.tracks) track.isTold = track.id !== 0;
      return [...tracker.ended];
    };
    for (let k = 0; k < 10; k++) step(at([10 + 4 * k, 10], [120 - 4 * k, 60]));
    const ids = tracker.tracks.map(({ id }) => id);
    expect(ids.every((id) => id > 0)).toBe(true);
    // Both are one part for three seconds, then two again.
    for (let k = 0; k < 15; k++) expect(step(partsOf([[40, 8, 60, 66]]))).toEqual([]);
    step(at([50, 10], [80, 60]));
    expect(
      tracker.tracks
        .filter(({ isSeen }) => isSeen)
        .map(({ id }) => id)
        .sort(),
    ).toEqual([...ids].sort());
    let waited = 0;
    while (tracker.tracks.length > 0 && waited++ < 50) step([]);
    expect(waited * 0.2).toBeLessThan(2.2);
  });

  test('a ghost starts none', () => {
    const [ghost] = at([50, 50]);
    const tracker = new Tracker();
    for (let k = 0; k < 20; k++) tracker.update([{ ...(ghost as Part), edgesNow: 1, edgesBefore: 100 }], k / 5);
    expect(tracker.tracks).toEqual([]);
  });

  test('all ends at once, and only what was told is told again', () => {
    const tracker = new Tracker();
    for (let k = 0; k < 8; k++) tracker.update(at([10 + 5 * k, 10], [10 + 5 * k, 60]), k / 5);
    const [first] = tracker.tracks;
    if (first !== undefined) first.isTold = true;
    tracker.endAll();
    expect(tracker.ended).toEqual([first?.id]);
    expect(tracker.tracks).toEqual([]);
  });
});

describe('levels', () => {
  test('grey is luma, and white is the most', () => {
    const luma = new Uint8Array(3);
    toLuma(Uint8Array.from([90, 90, 90, 255, 255, 255, 0, 255, 0]), luma);
    expect([...luma]).toEqual([90, 255, 149]);
  });

  test('the gain is what most of the picture changed by, whatever moves', () => {
    const random = (i: number) => (i * 7919) % 100;
    const luma = Uint8Array.from({ length: CELLS }, (_, i) => 60 + random(i >> 5));
    const plane = new LevelPlane();
    plane.take(luma);
    const background = plane.values.slice();
    const darker = luma.map((value, i) => (i < 0.4 * CELLS ? 230 : Math.round(value * 0.7)));
    plane.take(darker);
    const gain = new GainFinder().find(plane.values, background, new Uint8Array(CELLS));
    expect(gain).toBeGreaterThan(144 * Math.log(0.7) - 3);
    expect(gain).toBeLessThan(144 * Math.log(0.7) + 9);
    expect(new GainFinder().find(plane.values, background, new Uint8Array(CELLS).fill(1))).toBeNaN();
  });

  test('contrast is the standard deviation', () => {
    expect(contrastOf(Uint8Array.from([10, 10, 20, 20]))).toBe(5);
  });
});
