import type { FeatureGroup } from './group.ts';

export const HUE_BINS = 7;

/** Which colours a picture has. */
export const hue: FeatureGroup = {
  features: Array.from({ length: HUE_BINS }, (_, bin) => ({
    name: `hue${bin + 1}`,
    definition: `share of the picture's chroma (max − min of R, G, B) in the ${bin + 1}. of ${HUE_BINS} equal parts of the hue circle, from red, 0..1`,
    source: 'Taylor et al., LCTES 2018; hue: Smith, HSV, 1978',
  })),
  costMs: 0.027,
  create: () => {
    const bins = new Float64Array(HUE_BINS);
    return ({ pixels }, out, offset) => {
      let total = 0;
      bins.fill(0);
      for (let at = 0; at < pixels.length; at += 3) {
        const r = pixels[at] ?? 0;
        const g = pixels[at + 1] ?? 0;
        const b = pixels[at + 2] ?? 0;
        const max = r > g ? (r > b ? r : b) : g > b ? g : b;
        const min = r < g ? (r < b ? r : b) : g < b ? g : b;
        const chroma = max - min;
        if (chroma === 0) continue;
        // The hue in sixths of the circle, times the chroma: whole, so that a hue on a border falls into the same bin everywhere.
        let scaled = max === r ? g - b : max === g ? 2 * chroma + b - r : 4 * chroma + r - g;
        if (scaled < 0) scaled += 6 * chroma;
        const bin = Math.floor((scaled * HUE_BINS) / (6 * chroma));
        bins[bin] = (bins[bin] ?? 0) + chroma;
        total += chroma;
      }
      for (let bin = 0; bin < HUE_BINS; bin++) out[offset + bin] = total === 0 ? 0 : (bins[bin] ?? 0) / total;
    };
  },
};
