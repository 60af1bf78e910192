/** More bins tell a tree nothing. */
export const MAX_BINS = 64;

/** Borders between the bins of one feature, ascending; a value on a border belongs above it. */
export type Borders = readonly number[];

/** Borders at the quantiles of a feature's values: at most `MAX_BINS` bins of about equally many samples. */
export function quantileBorders(values: ArrayLike<number>): Borders {
  const sorted = Array.from(values).sort((a, b) => a - b);
  const borders: number[] = [];
  let at = 0; // of the first value that is not below the quantile
  for (let bin = 1; bin < MAX_BINS; bin++) {
    const value = sorted[Math.floor((bin * sorted.length) / MAX_BINS)] ?? 0;
    while (at < sorted.length && (sorted[at] ?? 0) < value) at++;
    const before = sorted[at - 1] ?? value;
    if (at === 0) continue;
    const border = Number(((before + value) / 2).toPrecision(8));
    if (border > before && border <= value && border > (borders.at(-1) ?? -Infinity)) borders.push(border);
  }
  return borders;
}

/** The number of the bin that a value falls into, 0 for the lowest. */
export function binOf(value: number, borders: Borders): number {
  let low = 0;
  let high = borders.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (value < (borders[middle] ?? Infinity)) high = middle;
    else low = middle + 1;
  }
  return low;
}
