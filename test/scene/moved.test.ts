import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../src/cascade/random.ts';
import { SceneWatch } from '../../src/scene/moved.ts';

const SIDE = 48;

/** A street by day: smooth patches, kerbs and posts, in RGB; shifted by so many pixels. */
function street(shift: number, seed: number): Float32Array {
  const random = seededRandom(seed);
  const grains = Float32Array.from({ length: 4096 }, () => random() * 2 - 1);
  const raster = new Float32Array(SIDE * SIDE * 3);
  for (let y = 0; y < SIDE; y++) {
    for (let column = 0; column < SIDE; column++) {
      const x = column + shift;
      const patch = grains[(Math.floor(x / 5) * 31 + Math.floor(y / 5) * 17) & 4095] as number;
      const value =
        110 +
        35 * patch +
        (x % (10 + (seed % 7)) < 2 && y < 30 ? 50 : 0) -
        (y > 30 + (seed % 11) && y < 34 + (seed % 11) ? 40 : 0);
      for (let c = 0; c < 3; c++) raster[(y * SIDE + column) * 3 + c] = value + 10 * c;
    }
  }
  return raster;
}

interface Look {
  readonly shift?: number;
  readonly seed?: number;
  readonly light?: (x: number, y: number) => number;
  readonly noise?: number;
  /** Columns that something covers, from and to. */
  readonly covered?: readonly [number, number];
}

const noises = seededRandom(8);

const streets = new Map<string, Float32Array>();

function streetOnce(shift: number, seed: number): Float32Array {
  const key = `${shift} ${seed}`;
  const made = streets.get(key) ?? street(shift, seed);
  streets.set(key, made);
  return made;
}

function raster({ shift = 0, seed = 3, light = () => 1, noise = 1.5, covered = [0, 0] }: Look = {}): Uint8Array {
  const scene = streetOnce(shift, seed);
  const other = streetOnce(11, 99);
  return Uint8Array.from(scene, (value, i) => {
    const x = Math.floor(i / 3) % SIDE;
    const y = Math.floor(i / 3 / SIDE);
    const seen = x >= covered[0] && x < covered[1] ? (other[i] as number) : value;
    return Math.max(0, Math.min(255, seen * light(x, y) + noise * (noises() + noises() + noises() - 1.5) * 2));
  });
}

class Watcher {
  readonly watch = new SceneWatch(raster({ noise: 0 }));
  seconds = 0;

  /** @returns the distinct answers in order */
  see(seconds: number, look: (seconds: number) => Look): string[] {
    const answers = Array.from({ length: Math.round(seconds * 2) }, (_, k) => {
      this.seconds += 0.5;
      return this.watch.observe(raster(look(k / 2)), this.seconds);
    });
    return answers.filter((answer, k) => answer !== answers[k - 1]);
  }
}

describe('is the same scene', () => {
  test.each([
    ['with noise', () => ({ noise: 6 })],
    ['at dusk', () => ({ light: () => 0.25 })],
    ['in a bright sun', () => ({ light: () => 1.6 })],
    ['in a lamp’s light', () => ({ light: (x: number, y: number) => 0.4 + Math.exp(-((x - 10) ** 2 + y ** 2) / 500) })],
    ['in the dark', () => ({ light: () => 0.01 })],
    ['with half of it covered', () => ({ covered: [0, 24] as const })],
    [
      'behind traffic that leaves little free',
      (s: number) => ({ covered: (s % 8 < 4 ? [0, 36] : [12, 48]) as [number, number] }),
    ],
    ['when all is covered for a while', (s: number) => ({ covered: [0, s < 10 ? 48 : 0] as const })],
    ['when the camera shakes', (s: number) => ({ shift: s % 1 === 0 ? 1 : 0 })],
  ] as [string, (seconds: number) => Look][])('%s', (_name, look) => {
    expect(new Watcher().see(90, look)).toEqual(['same']);
  });
});

describe('was moved', () => {
  test.each([
    ['by a sixth of the picture', { shift: 8 }],
    ['to another scene', { seed: 44, shift: 300 }],
    ['to another scene, at night', { seed: 44, shift: 300, light: () => 0.4 }],
  ] as [string, Look][])('%s: told after tens of seconds, and again when it is back', (_name, look) => {
    const watcher = new Watcher();
    expect(watcher.see(18, () => look)).toEqual(['same']);
    expect(watcher.see(60, () => look)).toEqual(['same', 'moved']);
    expect(watcher.see(15, () => ({}))).toEqual(['moved']);
    expect(watcher.see(60, () => ({}))).toEqual(['moved', 'same']);
  });

  test('nothing is said of a background without structure', () => {
    const watch = new SceneWatch(new Uint8Array(SIDE * SIDE * 3).fill(90));
    expect(watch.isTellable).toBe(false);
    for (let k = 0; k < 200; k++) expect(watch.observe(raster(), k)).toBe('same');
  });
});

test('time that jumps back or stands still counts nothing', () => {
  const watcher = new Watcher();
  const other = raster({ seed: 44, shift: 300 });
  for (let k = 0; k < 300; k++) expect(watcher.watch.observe(other, 500 - Math.floor(k / 2))).toBe('same');
});

test('a raster of another size is refused', () => {
  expect(() => new SceneWatch(new Uint8Array(5))).toThrow(/6912.*5/);
});
