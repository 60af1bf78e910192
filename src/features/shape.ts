import { ComponentFinder } from './components.ts';
import type { FeatureGroup } from './group.ts';

const SEED = 'Taylor et al., LCTES 2018; the region: Otsu, 1979';

/** The largest light region of a picture: a rough guess at its main object. */
export const shape: FeatureGroup = {
  features: [
    {
      name: 'areaByPerimeter',
      definition:
        'pixels over border pixels of the largest 8-connected region lighter than Otsu’s threshold, over half the shorter side; 0 if there is none',
      source: SEED,
    },
    {
      name: 'aspectRatio',
      definition: 'width over height of that region’s bounding box; 1 if there is none',
      source: SEED,
    },
  ],
  costMs: 0.07,
  create: (width, height) => {
    const histogram = new Uint32Array(256);
    const finder = new ComponentFinder(width, height);
    const { mask, stride } = finder;
    const largest = { area: 0, perimeter: 0, aspect: 1 };
    return ({ luma }, out, offset) => {
      histogram.fill(0);
      for (let i = 0; i < luma.length; i++) histogram[luma[i] ?? 0] = (histogram[luma[i] ?? 0] ?? 0) + 1;
      const threshold = otsu(histogram, luma.length);
      for (let row = 0, i = 0; row < height; row++) {
        for (let at = (row + 1) * stride + 1, end = at + width; at < end; at++, i++) {
          mask[at] = (luma[i] ?? 0) > threshold ? 1 : 0;
        }
      }
      largest.area = 0;
      largest.perimeter = 0;
      largest.aspect = 1;
      finder.findAll((area, indices) => {
        if (area <= largest.area) return;
        largest.area = area;
        largest.perimeter = 0;
        let left = width;
        let right = 0;
        let top = height;
        let bottom = 0;
        for (let i = 0; i < area; i++) {
          const index = indices[i] ?? 0;
          const y = Math.floor(index / stride) - 1;
          const x = index - (y + 1) * stride - 1;
          if (x < left) left = x;
          if (x > right) right = x;
          if (y < top) top = y;
          if (y > bottom) bottom = y;
          if (isBorder(luma, x, y, threshold, width, height)) largest.perimeter++;
        }
        largest.aspect = (right - left + 1) / (bottom - top + 1);
      });
      const { area, perimeter, aspect } = largest;
      out[offset] = perimeter === 0 ? 0 : area / perimeter / (Math.min(width, height) / 2);
      out[offset + 1] = aspect;
    };
  },
};

/** Whether one of the four neighbours is dark; the picture's own edge is no border. */
function isBorder(luma: Uint8Array, x: number, y: number, threshold: number, width: number, height: number): boolean {
  const index = y * width + x;
  return (
    (x > 0 && (luma[index - 1] ?? 0) <= threshold) ||
    (x < width - 1 && (luma[index + 1] ?? 0) <= threshold) ||
    (y > 0 && (luma[index - width] ?? 0) <= threshold) ||
    (y < height - 1 && (luma[index + width] ?? 0) <= threshold)
  );
}

/** The threshold that parts a histogram into two classes of the greatest variance between them (Otsu 1979, eq. 14). */
function otsu(histogram: Uint32Array, count: number): number {
  let total = 0;
  for (let value = 0; value < 256; value++) total += value * (histogram[value] ?? 0);
  let below = 0;
  let belowSum = 0;
  let best = -1;
  let threshold = 0;
  for (let value = 0; value < 256; value++) {
    below += histogram[value] ?? 0;
    belowSum += value * (histogram[value] ?? 0);
    if (below === 0 || below === count) continue;
    const between = (belowSum / below - (total - belowSum) / (count - below)) ** 2 * below * (count - below);
    if (between <= best) continue;
    best = between;
    threshold = value;
  }
  return threshold;
}
