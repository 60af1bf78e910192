import type { FeatureGroup } from './group.ts';

const DARK_BELOW = 26;
const BRIGHT_FROM = 230;
const ENTROPY_BINS = 32;

const SEED = 'Taylor et al., LCTES 2018';

/** How light, how dark, how flat a picture is. */
export const tone: FeatureGroup = {
  features: [
    { name: 'brightnessMean', definition: 'mean luma (BT.601), 0..1', source: SEED },
    { name: 'brightnessRms', definition: 'root of the mean squared luma, 0..1', source: SEED },
    {
      name: 'perceivedBrightnessMean',
      definition: 'mean of √(0.299 R² + 0.587 G² + 0.114 B²), 0..1',
      source: `${SEED}; formula: Finley, HSP colour model, 2006`,
    },
    {
      name: 'perceivedBrightnessRms',
      definition: 'root of the mean of 0.299 R² + 0.587 G² + 0.114 B², 0..1',
      source: `${SEED}; formula: Finley, HSP colour model, 2006`,
    },
    {
      name: 'contrast',
      definition: 'standard deviation of luma (RMS contrast), 0..0.5',
      source: `${SEED}; Peli, Contrast in complex images, 1990, eq. 2`,
    },
    {
      name: 'darkRatio',
      definition: `share of pixels with luma below ${DARK_BELOW} of 255`,
      source: 'exposure at night',
    },
    {
      name: 'brightRatio',
      definition: `share of pixels with luma of at least ${BRIGHT_FROM} of 255`,
      source: 'exposure: glare, fog, burnt-out sky',
    },
    {
      name: 'entropy',
      definition: `entropy of luma's histogram of ${ENTROPY_BINS} bins over its maximum, 0..1`,
      source: 'Shannon, 1948',
    },
    { name: 'saturationMean', definition: 'mean of (max − min) / max over R, G, B, 0..1', source: 'Smith, HSV, 1978' },
  ],
  costMs: 0.025,
  create: () => {
    const histogram = new Uint32Array(ENTROPY_BINS);
    return ({ luma, pixels }, out, offset) => {
      const count = luma.length;
      let sum = 0;
      let squares = 0;
      let perceived = 0;
      let perceivedSquares = 0;
      let dark = 0;
      let bright = 0;
      let saturation = 0;
      histogram.fill(0);
      for (let i = 0, at = 0; i < count; i++, at += 3) {
        const y = luma[i] ?? 0;
        sum += y;
        squares += y * y;
        if (y < DARK_BELOW) dark++;
        if (y >= BRIGHT_FROM) bright++;
        histogram[y >> 3] = (histogram[y >> 3] ?? 0) + 1;
        const r = pixels[at] ?? 0;
        const g = pixels[at + 1] ?? 0;
        const b = pixels[at + 2] ?? 0;
        const hsp = 0.299 * r * r + 0.587 * g * g + 0.114 * b * b;
        perceivedSquares += hsp;
        perceived += Math.sqrt(hsp);
        const max = r > g ? (r > b ? r : b) : g > b ? g : b;
        const min = r < g ? (r < b ? r : b) : g < b ? g : b;
        if (max > 0) saturation += (max - min) / max;
      }
      const mean = sum / count;
      out[offset] = mean / 255;
      out[offset + 1] = Math.sqrt(squares / count) / 255;
      out[offset + 2] = perceived / count / 255;
      out[offset + 3] = Math.sqrt(perceivedSquares / count) / 255;
      out[offset + 4] = Math.sqrt(Math.max(0, squares / count - mean * mean)) / 255;
      out[offset + 5] = dark / count;
      out[offset + 6] = bright / count;
      out[offset + 7] = entropy(histogram, count);
      out[offset + 8] = saturation / count;
    };
  },
};

function entropy(histogram: Uint32Array, count: number): number {
  let bits = 0;
  for (let bin = 0; bin < histogram.length; bin++) {
    const share = (histogram[bin] ?? 0) / count;
    if (share > 0) bits -= share * Math.log2(share);
  }
  return bits / Math.log2(histogram.length);
}
