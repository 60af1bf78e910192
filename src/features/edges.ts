import { ComponentFinder } from './components.ts';
import type { FeatureDefinition, FeatureGroup } from './group.ts';

const BINS = 7;
/** Sobel magnitude from which a pixel is an edge: a step of a tenth of the range. */
const EDGE_FROM = 100;
const SEED = 'Taylor et al., LCTES 2018';

const features: readonly FeatureDefinition[] = [
  { name: 'edgeRatio', definition: `share of pixels with a Sobel magnitude of at least ${EDGE_FROM}`, source: SEED },
  ...Array.from({ length: BINS }, (_, bin) => ({
    name: `edgeAngle${bin + 1}`,
    definition: `share of the edge pixels whose gradient points into the ${bin + 1}. of ${BINS} equal parts of a half turn, from rightwards, 0..1`,
    source: SEED,
  })),
  ...Array.from({ length: BINS }, (_, bin) => ({
    name: `edgeLength${bin + 1}`,
    definition: `share of the edge pixels in 8-connected edges of ${2 ** bin} ${bin === BINS - 1 ? 'pixels or more' : `to ${2 ** (bin + 1) - 1} pixels`}, 0..1`,
    source: SEED,
  })),
  {
    name: 'coherence',
    definition: 'how much all gradients point along one line, √((Jxx − Jyy)² + 4 Jxy²) / (Jxx + Jyy), 0..1',
    source: 'structure tensor: Bigün & Granlund, 1987; a shaken camera smears along one line',
  },
];

/** Where brightness changes, in which directions, and along which lengths. */
export const edges: FeatureGroup = {
  features,
  costMs: 0.1,
  create: (width, height) => {
    const angles = new Uint32Array(BINS);
    const lengths = new Uint32Array(BINS);
    const finder = new ComponentFinder(width, height);
    const { mask, stride } = finder;
    const countLength = (area: number) => {
      const bin = Math.min(BINS - 1, 31 - Math.clz32(area));
      lengths[bin] = (lengths[bin] ?? 0) + area;
    };
    return (planes, out, offset) => {
      planes.needGradients();
      const { gradientX, gradientY } = planes;
      angles.fill(0);
      lengths.fill(0);
      let xx = 0;
      let yy = 0;
      let xy = 0;
      let count = 0;
      for (let row = 0, i = 0; row < height; row++) {
        for (let at = (row + 1) * stride + 1, end = at + width; at < end; at++, i++) {
          const x = gradientX[i] ?? 0;
          const y = gradientY[i] ?? 0;
          const squared = x * x + y * y;
          xx += x * x;
          yy += y * y;
          xy += x * y;
          if (squared < EDGE_FROM * EDGE_FROM) continue;
          mask[at] = 1;
          count++;
          const bin = angleBin(x, y);
          angles[bin] = (angles[bin] ?? 0) + 1;
        }
      }
      finder.findAll(countLength);
      out[offset] = count / (width * height);
      for (let bin = 0; bin < BINS; bin++) {
        out[offset + 1 + bin] = count === 0 ? 0 : (angles[bin] ?? 0) / count;
        out[offset + 1 + BINS + bin] = count === 0 ? 0 : (lengths[bin] ?? 0) / count;
      }
      out[offset + 1 + 2 * BINS] = xx + yy === 0 ? 0 : Math.sqrt((xx - yy) ** 2 + 4 * xy * xy) / (xx + yy);
    };
  },
};

/** Directions of the borders between the parts of a half turn. */
const BORDERS = Array.from({ length: BINS - 1 }, (_, i) => {
  const turn = ((i + 1) * Math.PI) / BINS;
  return [Math.cos(turn), Math.sin(turn)] as const;
});

/** Into which part of the half turn a gradient points, there or back: how many borders lie on its right. No arc tangent is needed. */
function angleBin(x: number, y: number): number {
  if (y === 0) return 0;
  const ahead = y > 0 ? x : -x;
  const up = y > 0 ? y : -y;
  let bin = 0;
  while (bin < BINS - 1 && up * (BORDERS[bin]?.[0] ?? 0) >= ahead * (BORDERS[bin]?.[1] ?? 0)) bin++;
  return bin;
}
