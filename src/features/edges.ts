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
  create: (width, height) => {
    const mask = new Uint8Array(width * height);
    const angles = new Uint32Array(BINS);
    const lengths = new Uint32Array(BINS);
    const finder = new ComponentFinder(width, height);
    const countLength = ({ area }: { readonly area: number }) => {
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
      for (let i = 0; i < mask.length; i++) {
        const x = gradientX[i] ?? 0;
        const y = gradientY[i] ?? 0;
        xx += x * x;
        yy += y * y;
        xy += x * y;
        const isEdge = x * x + y * y >= EDGE_FROM * EDGE_FROM;
        mask[i] = isEdge ? 1 : 0;
        if (!isEdge) continue;
        count++;
        let turn = Math.atan2(y, x) / Math.PI;
        if (turn < 0) turn += 1;
        const bin = Math.floor(turn * BINS) % BINS;
        angles[bin] = (angles[bin] ?? 0) + 1;
      }
      finder.find(mask, countLength);
      out[offset] = count / mask.length;
      for (let bin = 0; bin < BINS; bin++) {
        out[offset + 1 + bin] = count === 0 ? 0 : (angles[bin] ?? 0) / count;
        out[offset + 1 + BINS + bin] = count === 0 ? 0 : (lengths[bin] ?? 0) / count;
      }
      out[offset + 1 + 2 * BINS] = xx + yy === 0 ? 0 : Math.sqrt((xx - yy) ** 2 + 4 * xy * xy) / (xx + yy);
    };
  },
};
