import type { FeatureGroup } from './group.ts';
import { mirrored, type Planes } from './planes.ts';

const BANDS = 4;

/** How much fine detail a picture has: what defocus, shake, distance and compression take away, and noise adds. */
export const detail: FeatureGroup = {
  features: [
    {
      name: 'sharpness',
      definition: 'ln(1 + variance of the Laplacian of luma)',
      source: 'Pech-Pacheco et al., Diatom autofocusing in brightfield microscopy, 2000',
    },
    {
      name: 'noise',
      definition: 'ln(1 + σ), σ the standard deviation of noise in luma units',
      source: 'Immerkær, Fast noise variance estimation, 1996, eq. 8',
    },
    ...Array.from({ length: BANDS }, (_, band) => ({
      name: `bandEnergy${band + 1}`,
      definition: `ln(1 + mean square of what halving the picture the ${band + 1}. time takes away), from the finest octave on`,
      source: 'pyramid: Burt & Adelson, 1983, with 2x2 means',
    })),
  ],
  costMs: 0.032,
  create: (width, height) => {
    const levels = Array.from({ length: BANDS + 1 }, (_, level) => {
      const size = { width: width >> level, height: height >> level };
      return { ...size, values: new Float32Array(size.width * size.height) };
    });
    return (planes, out, offset) => {
      out[offset] = Math.log1p(laplacianVariance(planes));
      out[offset + 1] = Math.log1p(noiseSigma(planes));
      levels[0]?.values.set(planes.luma);
      for (let band = 0; band < BANDS; band++) {
        const fine = levels[band];
        const coarse = levels[band + 1];
        if (fine !== undefined && coarse !== undefined) out[offset + 2 + band] = Math.log1p(halve(fine, coarse));
      }
    };
  },
};

interface Level {
  readonly width: number;
  readonly height: number;
  readonly values: Float32Array;
}

/** Writes the means of 2x2 values and returns the mean square of the differences to them. */
function halve(fine: Level, coarse: Level): number {
  let squares = 0;
  for (let y = 0; y < coarse.height; y++) {
    for (let x = 0; x < coarse.width; x++) {
      const at = 2 * y * fine.width + 2 * x;
      const a = fine.values[at] ?? 0;
      const b = fine.values[at + 1] ?? 0;
      const c = fine.values[at + fine.width] ?? 0;
      const d = fine.values[at + fine.width + 1] ?? 0;
      const mean = (a + b + c + d) / 4;
      coarse.values[y * coarse.width + x] = mean;
      squares += (a - mean) ** 2 + (b - mean) ** 2 + (c - mean) ** 2 + (d - mean) ** 2;
    }
  }
  return squares / (4 * coarse.width * coarse.height);
}

function laplacianVariance({ luma, width, height }: Planes): number {
  let sum = 0;
  let squares = 0;
  for (let y = 0; y < height; y++) {
    const above = mirrored(y - 1, height) * width;
    const below = mirrored(y + 1, height) * width;
    for (let x = 0; x < width; x++) {
      const around =
        (luma[above + x] ?? 0) +
        (luma[below + x] ?? 0) +
        (luma[y * width + mirrored(x - 1, width)] ?? 0) +
        (luma[y * width + mirrored(x + 1, width)] ?? 0);
      const value = around - 4 * (luma[y * width + x] ?? 0);
      sum += value;
      squares += value * value;
    }
  }
  const mean = sum / luma.length;
  return squares / luma.length - mean * mean;
}

/** Sum over the inner pixels of |luma * N|, N the difference of two Laplacians, which is blind to edges. */
function noiseSigma({ luma, width, height }: Planes): number {
  let sum = 0;
  for (let y = 1; y < height - 1; y++) {
    for (let x = 1; x < width - 1; x++) {
      const at = y * width + x;
      const corners =
        (luma[at - width - 1] ?? 0) +
        (luma[at - width + 1] ?? 0) +
        (luma[at + width - 1] ?? 0) +
        (luma[at + width + 1] ?? 0);
      const sides = (luma[at - width] ?? 0) + (luma[at + width] ?? 0) + (luma[at - 1] ?? 0) + (luma[at + 1] ?? 0);
      sum += Math.abs(corners - 2 * sides + 4 * (luma[at] ?? 0));
    }
  }
  return (sum * Math.sqrt(Math.PI / 2)) / (6 * (width - 2) * (height - 2));
}
