import { bootstrapInterval } from '../src/cascade/bootstrap.ts';
import { median } from '../src/premodel/statistics.ts';

const SEED = 12345;

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

/** Sum over sum. */
export function ratioOf(above: ArrayLike<number>, below: ArrayLike<number>): number {
  let [a, b] = [0, 0];
  for (let i = 0; i < above.length; i++) {
    a += above[i] ?? 0;
    b += below[i] ?? 0;
  }
  return a / b;
}

/** 95 % interval of a ratio of sums, by bootstrap over groups: what belongs together is drawn together. */
export function ratioInterval(
  above: ArrayLike<number>,
  below: ArrayLike<number>,
  groups: readonly unknown[],
): [number, number] {
  const sums = new Map<unknown, { a: number; b: number }>();
  for (const [i, name] of groups.entries()) {
    const group = sums.get(name) ?? { a: 0, b: 0 };
    sums.set(name, { a: group.a + (above[i] ?? 0), b: group.b + (below[i] ?? 0) });
  }
  const clusters = [...sums.values()];
  return bootstrapInterval(
    clusters.length,
    (drawn) => {
      const rows = Array.from(drawn, (at) => clusters[at]);
      return ratioOf(
        rows.map((row) => row?.a ?? 0),
        rows.map((row) => row?.b ?? 0),
      );
    },
    SEED,
  );
}
