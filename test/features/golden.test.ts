import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { FEATURES } from '../../src/features/catalogue.ts';
import { FEATURE_SIDE, FeatureExtractor } from '../../src/features/extractor.ts';

interface Golden {
  readonly side: number;
  readonly pictures: readonly { name: string; pixels: string; features: Record<string, number> }[];
}

// Made by fixtures/build/features.py with OpenCV.
const golden = JSON.parse(await readFile(new URL('../../fixtures/features.json', import.meta.url), 'utf8')) as Golden;
const raster = (pixels: string) => ({
  width: FEATURE_SIDE,
  height: FEATURE_SIDE,
  pixels: new Uint8Array(Buffer.from(pixels, 'base64')),
});

describe('features agree with OpenCV', () => {
  test.each(golden.pictures.map((picture) => [picture.name, picture] as const))('%s', (_name, { pixels, features }) => {
    const extractor = new FeatureExtractor();
    const values = extractor.extract(raster(pixels));
    const found = Object.fromEntries(extractor.names.map((name, index) => [name, values[index] ?? Number.NaN]));
    expect(Object.keys(features).sort()).toEqual([...extractor.names].sort());
    for (const [name, value] of Object.entries(features))
      expect({ [name]: found[name] }).toEqual({ [name]: expect.closeTo(value, 5) });
  });
});

describe('FeatureExtractor', () => {
  const [first, second] = golden.pictures;

  test('gives the chosen features in the order in which they were chosen', () => {
    const chosen = ['sharpness', 'brightnessMean', 'hue3'];
    const values = new FeatureExtractor(chosen).extract(raster(first?.pixels ?? ''));
    chosen.forEach((name, index) => {
      expect(values[index]).toBeCloseTo(first?.features[name] ?? Number.NaN, 5);
    });
  });

  test('keeps nothing of the raster before', () => {
    const reused = new FeatureExtractor();
    reused.extract(raster(second?.pixels ?? ''));
    const again = [...reused.extract(raster(first?.pixels ?? ''))];
    expect(again).toEqual([...new FeatureExtractor().extract(raster(first?.pixels ?? ''))]);
  });

  test('refuses unknown names and rasters of another size', () => {
    expect(() => new FeatureExtractor(['nope'])).toThrow(/nope/);
    const small = { width: 2, height: 2, pixels: new Uint8Array(12) };
    expect(() => new FeatureExtractor().extract(small)).toThrow(/48x48.*2x2/);
  });
});

test('each feature names its definition and its source, and no name stands twice', () => {
  for (const { name, definition, source } of FEATURES) {
    expect(name).toMatch(/^[a-z][A-Za-z]*\d?$/);
    expect(definition.length).toBeGreaterThan(15);
    expect(source.length).toBeGreaterThan(10);
  }
  expect(new Set(FEATURES.map(({ name }) => name)).size).toBe(FEATURES.length);
});
