import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../src/cascade/random.ts';
import { DifferenceDetector } from '../../src/scene/difference.ts';

const SIDE = 48;

/** A yard with posts and patches, in grey levels. */
function yard(seed: number): Float32Array {
  const random = seededRandom(seed);
  const patches = Float32Array.from({ length: 64 }, () => 60 + 120 * random());
  return Float32Array.from({ length: SIDE * SIDE }, (_, i) => {
    const [x, y] = [i % SIDE, Math.floor(i / SIDE)];
    return (patches[Math.floor(x / 6) + 8 * Math.floor(y / 6)] as number) + (x % 12 === 0 ? 25 : 0);
  });
}

interface Shown {
  readonly scene?: Float32Array;
  readonly light?: number;
  /** The camera's black level, grey levels. */
  readonly black?: number;
  /** Compression: blocks of 3x3 pixels are so much too bright or too dark. */
  readonly blocks?: number;
  readonly noise?: number;
  /** Something of so many pixels across, so much brighter than what it covers, at x and y. */
  readonly thing?: { readonly size: number; readonly brighter: number; readonly x: number; readonly y: number };
}

const YARD = yard(3);
const OTHER_YARD = yard(4);
/** A yard with deep shade and a sky that is cut off. */
const SUNNY_YARD = YARD.map((value, i) => (i < 8 * SIDE ? 300 : i % SIDE < 12 ? value / 10 : value));

const SUNNY: Shown = { scene: SUNNY_YARD, noise: 1 };

class Camera {
  readonly detector = new DifferenceDetector();
  readonly #random = seededRandom(7);
  #seconds = 0;

  show({ scene = YARD, light = 1, black = 0, noise = 2, blocks = 0, thing }: Shown = {}, elapsedSeconds = 0.2): number {
    const raster = new Uint8Array(SIDE * SIDE * 3);
    const errors = Array.from({ length: 256 }, () => blocks * (2 * this.#random() - 1));
    for (let i = 0; i < SIDE * SIDE; i++) {
      const [x, y] = [i % SIDE, Math.floor(i / SIDE)];
      const isThing =
        thing !== undefined && x >= thing.x && x < thing.x + thing.size && y >= thing.y && y < thing.y + thing.size;
      const grain = noise * (this.#random() + this.#random() + this.#random() - 1.5) * 2;
      const error = errors[Math.floor(x / 3) + 16 * Math.floor(y / 3)] ?? 0;
      const seen = Math.max(0, Math.min(255, (scene[i] as number) + (isThing ? thing.brighter : 0)));
      const value = seen * light + black + grain + error;
      raster.fill(Math.max(0, Math.min(255, value)), i * 3, i * 3 + 3);
    }
    this.#seconds += elapsedSeconds;
    return this.detector.score(raster, this.#seconds);
  }

  /** The greatest score of some frames. */
  most(frames: number, shown: (at: number) => Shown): number {
    let most = 0;
    for (let at = 0; at < frames; at++) most = Math.max(most, this.show(shown(at)));
    return most;
  }
}

function randomly(share: number): () => boolean {
  const random = seededRandom(11);
  return () => random() < share;
}

/** A camera that has seen its yard for a while. */
function settled(shown: Shown = {}): Camera {
  const camera = new Camera();
  for (let at = 0; at < 100; at++) camera.show(shown);
  camera.detector.keep();
  return camera;
}

describe('is no difference', () => {
  test.each<[string, (at: number) => Shown, Shown?]>([
    ['a picture that is frozen', () => ({ noise: 0 }), { noise: 0 }],
    ['the noise of a sensor', () => ({})],
    ['much noise', () => ({ noise: 4 }), { noise: 4 }],
    ['mains flicker', (at) => ({ light: at % 2 === 0 ? 1.06 : 0.95 })],
    ['a step of the exposure', () => ({ light: 1.2 })],
    [
      'a step of the exposure, with shade and a sky that stays cut off',
      (at) => ({ ...SUNNY, light: at % 20 < 10 ? 1 : 1.2 }),
      SUNNY,
    ],
    ['a step back, with a sky that was cut off and is not now', () => ({ ...SUNNY, light: 0.8 }), SUNNY],
    ['another black level', () => ({ light: 0.95, black: 12 })],
    ['blocks of compression', () => ({ noise: 0.5, blocks: 3 }), { noise: 0.5, blocks: 3 }],
    ['dusk', (at) => ({ light: 1 - at * 0.002 })],
    ['a black picture that stays black', () => ({ light: 0, noise: 1 }), { light: 0, noise: 1 }],
  ])('%s', (_, shown, before) => {
    expect(settled(before).most(60, shown)).toBeLessThan(1);
  });
});

describe('is one', () => {
  test.each<[string, Shown, Shown?]>([
    ['something small that enters', { thing: { size: 3, brighter: 50, x: 20, y: 30 } }],
    ['something far, two pixels across', { noise: 1, thing: { size: 2, brighter: 45, x: 20, y: 30 } }, { noise: 1 }],
    ['something dark at the border', { thing: { size: 4, brighter: -45, x: 0, y: 44 } }],
    ['something small in other light', { light: 1.15, thing: { size: 4, brighter: 50, x: 20, y: 30 } }],
    ['another scene', { scene: OTHER_YARD }],
    ['black', { light: 0 }],
    ['a lamp that is lit', { light: 1.6 }],
  ])('%s', (_, shown, before) => {
    expect(settled(before).show(shown)).toBeGreaterThan(1.2);
  });

  test('a picture that flickers between two scenes for long', () => {
    const camera = settled();
    let least = Infinity;
    for (let at = 0; at < 300; at++) {
      const score = camera.show({ scene: at % 2 === 0 ? OTHER_YARD : YARD });
      if (at % 2 === 0) least = Math.min(least, score);
    }
    expect(least).toBeGreaterThan(1.2);
  });

  test('something that comes so slowly that no two frames differ', () => {
    const camera = settled({ noise: 0.5 });
    expect(
      camera.most(100, (at) => ({ noise: 0.5, thing: { size: 6, brighter: at * 0.6, x: 10, y: 10 } })),
    ).toBeGreaterThan(1.2);
  });
});

test('a thing of the size counts the more the more it differs, and not by how large it is', () => {
  const scoreOf = (size: number, brighter: number) => settled().show({ thing: { size, brighter, x: 20, y: 20 } });
  expect(scoreOf(4, 60)).toBeGreaterThan(scoreOf(4, 30) * 1.3);
  expect(scoreOf(12, 60)).toBeLessThan(scoreOf(4, 60) * 1.5);
});

test.each<[string, number, (at: number) => boolean]>([
  ['a fifth of the time', 40, (at) => at % 10 < 2],
  ['half of the time', 25, (at) => at % 2 === 0],
  ['now and again', 25, randomly(0.5)],
])('what passes %s is no noise of the place where it passes', (_, brighter, isThere) => {
  const camera = settled();
  const passing = { thing: { size: 6, brighter, x: 20, y: 20 } };
  for (let at = 0; at < 800; at++) {
    if (camera.show(isThere(at) ? passing : {}) > 0.7) camera.detector.keep();
  }
  camera.show();
  camera.detector.keep();
  expect(camera.show(passing)).toBeGreaterThan(1.2);
});

test('what a place does all the time is its noise', () => {
  const leaf = (at: number): Shown => ({ thing: { size: 5, brighter: at % 3 === 0 ? 16 : 0, x: 30, y: 30 } });
  const fresh = settled();
  const before = fresh.most(3, leaf);
  fresh.most(400, leaf);
  expect(fresh.most(30, leaf)).toBeLessThan(0.75 * before);
});

test('there is nothing to compare with before a frame is kept, after a jump back in time, and after a reset', () => {
  const camera = new Camera();
  expect(camera.show()).toBe(Infinity);
  expect(camera.show()).toBe(Infinity);
  camera.detector.keep();
  expect(camera.show()).toBeLessThan(1);
  expect(camera.show({}, -5)).toBe(Infinity);
  expect(camera.show()).toBe(Infinity);
  camera.detector.keep();
  expect(camera.show()).toBeLessThan(1);
  camera.detector.reset();
  expect(camera.show()).toBe(Infinity);
});

test('white noise gives finite scores', () => {
  const random = seededRandom(1);
  const detector = new DifferenceDetector();
  for (let at = 1; at < 200; at++) {
    const score = detector.score(
      Uint8Array.from({ length: SIDE * SIDE * 3 }, () => random() * 256),
      at / 5,
    );
    if (at > 1) expect(score).toBeGreaterThan(0);
    if (at > 1) expect(Number.isFinite(score)).toBe(true);
    detector.keep();
  }
});
