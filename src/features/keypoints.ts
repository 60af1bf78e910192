import type { FeatureGroup } from './group.ts';

const THRESHOLD = 20;
/** So many pixels in a row of the 16 on the circle must all be lighter or all be darker. */
const ARC = 9;
const RADIUS = 3;
/** The circle of radius 3, clockwise from the top: `[dx, dy]`. */
const CIRCLE = [
  ...[[0, -3], [1, -3], [2, -2], [3, -1], [3, 0], [3, 1], [2, 2], [1, 3]], // biome-ignore format: one half a line
  ...[[0, 3], [-1, 3], [-2, 2], [-3, 1], [-3, 0], [-3, -1], [-2, -2], [-1, -3]], // biome-ignore format: one half a line
] as const;

/** How many corners a picture has. */
export const keypoints: FeatureGroup = {
  features: [
    {
      name: 'keypoints',
      definition: `share of pixels that are FAST-9 corners at a threshold of ${THRESHOLD}, without thinning, 0..1`,
      source: 'Taylor et al., LCTES 2018; detector: Rosten & Drummond, 2006',
    },
  ],
  create: (width, height) => {
    const offsets = CIRCLE.map(([dx = 0, dy = 0]) => dy * width + dx);
    return ({ luma }, out, offset) => {
      let corners = 0;
      for (let y = RADIUS; y < height - RADIUS; y++) {
        for (let x = RADIUS; x < width - RADIUS; x++) if (isCorner(luma, y * width + x, offsets)) corners++;
      }
      out[offset] = corners / luma.length;
    };
  },
};

function isCorner(luma: Uint8Array, centre: number, offsets: readonly number[]): boolean {
  const high = (luma[centre] ?? 0) + THRESHOLD;
  const low = (luma[centre] ?? 0) - THRESHOLD;
  // An arc of nine covers one of two opposite pixels at least.
  const top = luma[centre + (offsets[0] ?? 0)] ?? 0;
  const bottom = luma[centre + (offsets[8] ?? 0)] ?? 0;
  if (top <= high && top >= low && bottom <= high && bottom >= low) return false;
  let lighter = 0;
  let darker = 0;
  for (let i = 0; i < 16 + ARC - 1; i++) {
    const value = luma[centre + (offsets[i & 15] ?? 0)] ?? 0;
    lighter = value > high ? lighter + 1 : 0;
    darker = value < low ? darker + 1 : 0;
    if (lighter === ARC || darker === ARC) return true;
  }
  return false;
}
