import { bootstrapInterval } from '../src/cascade/bootstrap.ts';

const SEED = 12345;

/** Nearest-rank median. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length / 2) - 1)] ?? Number.NaN;
}

/** 95 % interval of a statistic of some values by bootstrap (percentile method, fixed seed). */
export function intervalOf(
  values: readonly number[],
  statistic: (values: readonly number[]) => number = median,
): [number, number] {
  return bootstrapInterval(
    values.length,
    (rows) => statistic(Array.from(rows, (row) => values[row] ?? Number.NaN)),
    SEED,
  );
}
