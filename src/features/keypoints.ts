import type { FeatureGroup } from './group.ts';

const THRESHOLD = 20;
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
  costMs: 0.05,
  create: (width, height) => {
    const offsets = Int32Array.from(CIRCLE, ([dx = 0, dy = 0]) => dy * width + dx);
    const far = RADIUS * width;
    return ({ luma }, out, offset) => {
      let corners = 0;
      for (let y = RADIUS; y < height - RADIUS; y++) {
        for (let at = y * width + RADIUS, end = (y + 1) * width - RADIUS; at < end; at++) {
          const high = (luma[at] ?? 0) + THRESHOLD;
          const low = (luma[at] ?? 0) - THRESHOLD;
          const top = luma[at - far] ?? 0;
          const bottom = luma[at + far] ?? 0;
          // An arc of nine covers one of two opposite pixels at least: most pixels fail here.
          if (top <= high && top >= low && bottom <= high && bottom >= low) continue;
          const left = luma[at - RADIUS] ?? 0;
          const right = luma[at + RADIUS] ?? 0;
          const mayBeLighter = (top > high || bottom > high) && (left > high || right > high);
          const mayBeDarker = (top < low || bottom < low) && (left < low || right < low);
          if (mayBeLighter && hasArc(lighter(luma, at, offsets, high))) corners++;
          else if (mayBeDarker && hasArc(darker(luma, at, offsets, low))) corners++;
        }
      }
      out[offset] = corners / luma.length;
    };
  },
};

/** A bit for each pixel of the circle that is lighter than `high`; 0 as soon as neither of two opposite ones is. */
function lighter(luma: Uint8Array, centre: number, offsets: Int32Array, high: number): number {
  let bits = 0;
  for (let i = 0; i < 8; i++) {
    const here = (luma[centre + (offsets[i] ?? 0)] ?? 0) > high ? 1 : 0;
    const opposite = (luma[centre + (offsets[i + 8] ?? 0)] ?? 0) > high ? 256 : 0;
    if ((here | opposite) === 0) return 0;
    bits |= (here | opposite) << i;
  }
  return bits;
}

function darker(luma: Uint8Array, centre: number, offsets: Int32Array, low: number): number {
  let bits = 0;
  for (let i = 0; i < 8; i++) {
    const here = (luma[centre + (offsets[i] ?? 0)] ?? 0) < low ? 1 : 0;
    const opposite = (luma[centre + (offsets[i + 8] ?? 0)] ?? 0) < low ? 256 : 0;
    if ((here | opposite) === 0) return 0;
    bits |= (here | opposite) << i;
  }
  return bits;
}

/** Whether nine bits in a row are set, going round: runs of two, of four, of eight, and one more. */
function hasArc(circle: number): boolean {
  const ones = circle | (circle << 16);
  const two = ones & (ones >>> 1);
  const four = two & (two >>> 2);
  const eight = four & (four >>> 4);
  return (eight & (ones >>> 8)) !== 0;
}
