import { expect, test } from 'vitest';
import { seededRandom } from '../../src/cascade/random.ts';
import { FEATURE_SIDE } from '../../src/features/extractor.ts';
import { Exposure, LEVEL_UNIT, LEVELS, SIDE } from '../../src/scene/exposure.ts';

const random = seededRandom(5);
const before = Uint8Array.from({ length: SIDE * SIDE }, (_, i) => 20 + 200 * ((i % SIDE) / SIDE) + 4 * random());

function changed(change: (grey: number, i: number) => number): Uint8Array {
  return before.map((grey, i) => Math.max(0, Math.min(255, Math.round(change(grey, i)))));
}

/** The greatest error of what is expected, units, for greys that the picture shows. */
function error(now: Uint8Array, light: (grey: number) => number): number {
  const exposure = new Exposure();
  exposure.find(before, now);
  let most = 0;
  for (let grey = 25; grey < 215; grey++) {
    const shown = Math.max(0, Math.min(255, Math.round(light(grey))));
    most = Math.max(most, Math.abs((exposure.expected[grey] ?? 0) - (LEVELS[shown] ?? 0)) / LEVEL_UNIT);
  }
  return most;
}

test.each<[string, (grey: number) => number]>([
  ['none', (grey) => grey],
  ['a gain', (grey) => 1.25 * grey],
  ['a loss', (grey) => 0.7 * grey],
  ['a black level', (grey) => grey + 14],
  ['both', (grey) => 0.85 * grey + 10],
])('finds a light of %s, beside something that moves in a third of the picture', (_, light) => {
  const now = changed((grey, i) => (i < (SIDE * SIDE) / 3 ? 255 - grey : light(grey)));
  // Half a grey level of the darkest is two units.
  expect(error(now, light)).toBeLessThan(3);
});

test('tells by how much middle grey changed, and nothing of a picture that is all black or all white', () => {
  const exposure = new Exposure();
  expect(exposure.find(before, before)).toBe(0);
  expect(
    exposure.find(
      before,
      changed((grey) => 1.2 * grey),
    ) / LEVEL_UNIT,
  ).toBeCloseTo(23.6, 0);
  for (const grey of [0, 255]) {
    const flat = new Uint8Array(SIDE * SIDE).fill(grey);
    expect(exposure.find(flat, flat)).toBe(0);
    expect(exposure.expected[grey]).toBe(LEVELS[grey]);
  }
});

test('the raster is that of the features', () => {
  expect(SIDE).toBe(FEATURE_SIDE);
});
