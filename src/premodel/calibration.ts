import { logSumExp } from '../cascade/evidence.ts';
import { mean } from '../cascade/statistics.ts';
import { everyNth } from './answers.ts';

const LOWEST = 0.1;
const HIGHEST = 10;
const STEPS = 24;
const GOLDEN = (Math.sqrt(5) - 1) / 2;
/** More samples change the third digit. */
const MAX_SAMPLES = 1500;

/**
 * The temperature at which a rung's answers have the least cross-entropy with the truth (Guo et al. 2017), by golden-section
 * search on its logarithm; rounded to three digits.
 *
 * @param logits `float32 [samples][classes]`
 */
export function fitTemperature(logits: Float32Array, truth: ArrayLike<number>, classes: number): number {
  const rows = everyNth(truth.length, MAX_SAMPLES);
  const loss = (temperature: number) => {
    let sum = 0;
    for (const i of rows) {
      const row = logits.subarray(i * classes, (i + 1) * classes);
      sum += logSumExp(row, temperature) - (row[truth[i] ?? 0] ?? 0) / temperature;
    }
    return sum;
  };
  let low = Math.log(LOWEST);
  let high = Math.log(HIGHEST);
  let a = high - GOLDEN * (high - low);
  let b = low + GOLDEN * (high - low);
  let lossA = loss(Math.exp(a));
  let lossB = loss(Math.exp(b));
  for (let step = 0; step < STEPS; step++) {
    if (lossA <= lossB) {
      high = b;
      [b, lossB] = [a, lossA];
      a = high - GOLDEN * (high - low);
      lossA = loss(Math.exp(a));
    } else {
      low = a;
      [a, lossA] = [b, lossB];
      b = low + GOLDEN * (high - low);
      lossB = loss(Math.exp(b));
    }
  }
  return Number(Math.exp((low + high) / 2).toPrecision(3));
}

/** A bin of a reliability diagram. */
export interface ReliabilityBin {
  /** Mean predicted probability. */
  readonly predicted: number;
  /** Share of what really was right. */
  readonly observed: number;
  readonly count: number;
}

/** Ten bins of equally many predictions. */
export function reliability(predicted: ArrayLike<number>, right: ArrayLike<number>, bins = 10): ReliabilityBin[] {
  const order = Array.from({ length: predicted.length }, (_, i) => i).sort(
    (a, b) => (predicted[a] ?? 0) - (predicted[b] ?? 0) || a - b,
  );
  return Array.from({ length: bins }, (_, bin) => {
    const part = order.slice(Math.floor((bin * order.length) / bins), Math.floor(((bin + 1) * order.length) / bins));
    const over = (values: ArrayLike<number>) => mean(part.map((i) => values[i] ?? 0));
    return { predicted: over(predicted), observed: over(right), count: part.length };
  }).filter(({ count }) => count > 0);
}

/** Mean distance between predicted and observed over the bins (expected calibration error, Naeini et al. 2015). */
export function calibrationError(bins: readonly ReliabilityBin[]): number {
  const total = bins.reduce((sum, { count }) => sum + count, 0);
  return bins.reduce(
    (sum, { predicted, observed, count }) => sum + Math.abs(predicted - observed) * (count / total),
    0,
  );
}
