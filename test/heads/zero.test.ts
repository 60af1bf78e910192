import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../src/cascade/random.ts';
import { FEATURE_SIDE, FeatureExtractor } from '../../src/features/extractor.ts';
import { learnBackground } from '../../src/heads/background.ts';
import { RASTER_SIZE, ZeroEmbedder } from '../../src/heads/zero.ts';
import { emptyScene, withThing } from '../support/taught.ts';

const scene = emptyScene();
const embedder = new ZeroEmbedder(scene);
const embed = (raster: Uint8Array) => Float32Array.from(embedder.embed(raster));
const BLOCKS = 36;
/** Of 6 × 6 blocks. */
const energies = (embedding: Float32Array) => [...embedding.subarray(0, BLOCKS)];
const lit = (raster: Uint8Array, gain: number, offset: number) =>
  raster.map((value) => Math.min(255, Math.max(0, gain * value + offset)));

describe('ZeroEmbedder', () => {
  test('sees nothing where nothing differs', () => {
    const embedding = embed(scene);
    for (const energy of energies(embedding)) expect(energy).toBeLessThan(0.02);
    expect(embedding).toHaveLength(embedder.dimensions);
  });

  test('sees a thing in the block where it stands', () => {
    const seen = energies(embed(withThing(scene, 8, 16, 8, 255)));
    const most = seen.indexOf(Math.max(...seen));
    expect(most).toBe(2 * 6 + 1);
  });

  test.each([
    [0.7, 0],
    [1.2, 0],
    [1, 25],
  ])('takes the light out: gain %f, offset %i', (gain, offset) => {
    const thing = withThing(scene, 8, 16, 8, 200);
    const [day, other] = [energies(embed(thing)), energies(embed(lit(thing, gain, offset)))];
    for (const [b, energy] of day.entries()) expect(other[b]).toBeCloseTo(energy, 1);
    for (const energy of energies(embed(lit(scene, gain, offset)))) expect(energy).toBeLessThan(0.1);
  });

  test('its last value tells another scene, black and noise from this one with a thing in it, whatever the light', () => {
    const unlike = (raster: Uint8Array) => embed(raster).at(-1) ?? 0;
    const random = seededRandom(3);
    const own = [scene, withThing(scene, 10, 10, 24, 240), lit(scene, 0.6, 20)].map(unlike);
    const others = [
      emptyScene(2),
      new Uint8Array(RASTER_SIZE),
      new Uint8Array(RASTER_SIZE).fill(255),
      Uint8Array.from({ length: RASTER_SIZE }, () => 256 * random()),
    ].map(unlike);
    expect(Math.max(...own)).toBeLessThan(0.7);
    expect(Math.min(...others)).toBeGreaterThan(0.75);
  });

  test('takes less time than the image features of the same raster', () => {
    const extractor = new FeatureExtractor();
    const raster = { width: FEATURE_SIDE, height: FEATURE_SIDE, pixels: scene };
    // The least of some rounds: what else the machine does must not decide.
    const time = (run: () => void) => {
      let least = Infinity;
      for (let round = 0; round < 40; round++) {
        const begun = performance.now();
        for (let i = 0; i < 5; i++) run();
        least = Math.min(least, performance.now() - begun);
      }
      return least;
    };
    expect(time(() => embedder.embed(scene))).toBeLessThan(time(() => extractor.extract(raster)));
  });

  test('gives finite values for a scene without any contrast', () => {
    const grey = new Uint8Array(RASTER_SIZE).fill(128);
    const embedding = new ZeroEmbedder(grey).embed(scene);
    expect(embedding.every(Number.isFinite)).toBe(true);
  });
});

describe('learnBackground', () => {
  test('is the median of each value', () => {
    const rasters = new Uint8Array(5 * RASTER_SIZE);
    for (const [i, value] of [9, 200, 10, 11, 0].entries()) rasters.fill(value, i * RASTER_SIZE, (i + 1) * RASTER_SIZE);
    expect(new Set(learnBackground(rasters, 5))).toEqual(new Set([10]));
  });

  test('does not see what is there less than half of the time', () => {
    const rasters = new Uint8Array(5 * RASTER_SIZE);
    for (let i = 0; i < 5; i++) rasters.set(i < 2 ? withThing(scene, 8, 8, 20, 255) : scene, i * RASTER_SIZE);
    expect(learnBackground(rasters, 5)).toEqual(scene);
  });
});
