/** Per channel, what turns a picture's values into those of the background's light: `gain · value + offset`. */
export interface Light {
  readonly gain: Float64Array;
  readonly offset: Float64Array;
}

const CHANNELS = 3;
const ROUNDS = 3;
/** Of a picture without contrast no gain can be told: it is drawn to 1 as if there were so much variance besides. */
const GAIN_PRIOR = 25;
/** Residuals of this many typical ones count a half: what moves must not pass for light. */
const TYPICAL = 1.5;
/** A residual of noise. */
const NOISE = 2;

/**
 * Fits the light: an iteratively reweighted regression with Cauchy weights, whose scale is the median residual (Holland & Welsch
 * 1977). Keeps its buffers; not re-entrant.
 */
export class LightFit implements Light {
  readonly gain = new Float64Array(CHANNELS).fill(1);
  readonly offset = new Float64Array(CHANNELS);
  readonly #weights: Float64Array;
  readonly #residuals: Float64Array;
  readonly #counts = new Uint32Array(256);

  /** @param points of a picture */
  constructor(points: number) {
    this.#weights = new Float64Array(points);
    this.#residuals = new Float64Array(points);
  }

  /** @param picture `[points][3]` @param background `[points][3]` */
  fit(picture: Float64Array, background: Float64Array): void {
    for (let channel = 0; channel < CHANNELS; channel++) this.#fitChannel(picture, background, channel);
  }

  #fitChannel(x: Float64Array, y: Float64Array, channel: number): void {
    const weights = this.#weights.fill(1);
    const residuals = this.#residuals;
    const points = weights.length;
    for (let round = 0; round < ROUNDS; round++) {
      let total = 0;
      let sumX = 0;
      let sumY = 0;
      let sumXX = 0;
      let sumXY = 0;
      for (let i = 0, at = channel; i < points; i++, at += CHANNELS) {
        const w = weights[i] as number;
        const xi = x[at] as number;
        const yi = y[at] as number;
        total += w;
        sumX += w * xi;
        sumY += w * yi;
        sumXX += w * xi * xi;
        sumXY += w * xi * yi;
      }
      const meanX = sumX / total;
      const meanY = sumY / total;
      const gain = (sumXY / total - meanX * meanY + GAIN_PRIOR) / (sumXX / total - meanX * meanX + GAIN_PRIOR);
      const offset = meanY - gain * meanX;
      this.gain[channel] = gain;
      this.offset[channel] = offset;
      if (round === ROUNDS - 1) break;
      for (let i = 0, at = channel; i < points; i++, at += CHANNELS) {
        residuals[i] = (y[at] as number) - gain * (x[at] as number) - offset;
      }
      const scale = TYPICAL * this.#medianSize() + NOISE;
      for (let i = 0; i < points; i++) weights[i] = 1 / (1 + ((residuals[i] as number) / scale) ** 2);
    }
  }

  /** Of the residuals, in whole steps of brightness. */
  #medianSize(): number {
    const counts = this.#counts.fill(0);
    const residuals = this.#residuals;
    for (let i = 0; i < residuals.length; i++) {
      const size = Math.min(255, Math.round(Math.abs(residuals[i] as number)));
      counts[size] = (counts[size] as number) + 1;
    }
    let size = 0;
    for (let seen = counts[0] as number; seen * 2 < residuals.length; seen += counts[size] as number) size++;
    return size;
  }
}
