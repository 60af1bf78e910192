import { InputPreparer } from '../image/prepare.ts';
import type { Box, Raster } from '../types.ts';
import { FEATURE_SIDE, FeatureExtractor } from './extractor.ts';

const SMALL = { input: { width: FEATURE_SIDE, height: FEATURE_SIDE, fit: 'stretch' }, view: 'whole' } as const;

/**
 * Makes a function that gives the small raster of a part of a frame at the working size: `FEATURE_SIDE` pixels wide and high, valid
 * until the next call. All that is seen of a frame without a network is read off it.
 */
export function smallRaster(): (frame: Raster, box: Box) => Raster {
  const preparer = new InputPreparer();
  const raster = {
    width: FEATURE_SIDE,
    height: FEATURE_SIDE,
    pixels: new Uint8Array(FEATURE_SIDE * FEATURE_SIDE * 3),
  };
  return (frame, box) => {
    preparer.prepare(frame, box, SMALL, raster.pixels);
    return raster;
  };
}

/**
 * Makes a function that gives chosen features of a small raster; its values are valid until the next call.
 *
 * @throws RangeError for a name that no feature has
 */
export function rasterFeatures(names: readonly string[]): (raster: Raster) => Float64Array {
  const extractor = new FeatureExtractor(names);
  return (raster) => extractor.extract(raster);
}

/**
 * Makes a function that gives chosen features of a part of a frame at the working size; its values are valid until the next
 * call. Training, evaluation and the daemon all get their features from here.
 *
 * @throws RangeError for a name that no feature has
 */
export function frameFeatures(names: readonly string[]): (frame: Raster, box: Box) => Float64Array {
  const small = smallRaster();
  const features = rasterFeatures(names);
  return (frame, box) => features(small(frame, box));
}
