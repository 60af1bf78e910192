import { seededRandom } from './random.ts';

const RESAMPLES = 1000;

/** 95 % interval of a statistic by bootstrap (percentile method, Efron 1979), from a seed. */
export function bootstrapInterval(
  count: number,
  statistic: (rows: Int32Array) => number,
  seed: number,
  resamples = RESAMPLES,
): [number, number] {
  const random = seededRandom(seed);
  const rows = new Int32Array(count);
  const values = Array.from({ length: resamples }, () => {
    for (let i = 0; i < count; i++) rows[i] = Math.floor(random() * count);
    return statistic(rows);
  }).sort((a, b) => a - b);
  const at = (q: number) => values[Math.min(values.length - 1, Math.floor(q * values.length))] ?? Number.NaN;
  return [at(0.025), at(0.975)];
}

/** 95 % interval of the mean of some values. */
export function intervalOfMean(values: ArrayLike<number>, seed: number, resamples?: number): [number, number] {
  const statistic = (rows: Int32Array) => {
    let sum = 0;
    for (let r = 0; r < rows.length; r++) sum += values[rows[r] ?? 0] ?? 0;
    return sum / rows.length;
  };
  return bootstrapInterval(values.length, statistic, seed, resamples);
}
