/** The middle of the sorted values, the upper one of two. */
export function median(values: ArrayLike<number>): number {
  return Array.from(values).sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}

/** Mean of the values of some rows, and the root of their mean squared distance from it. */
export function spreadOf(value: (row: number) => number, rows: ArrayLike<number>): { mean: number; deviation: number } {
  let sum = 0;
  for (let r = 0; r < rows.length; r++) sum += value(rows[r] ?? 0);
  const average = sum / rows.length;
  let squares = 0;
  for (let r = 0; r < rows.length; r++) squares += (value(rows[r] ?? 0) - average) ** 2;
  return { mean: average, deviation: Math.sqrt(squares / rows.length) };
}

/** One-sided quantile of the normal distribution (Abramowitz & Stegun 26.2.23; error below 4.5e-4). */
export function normalQuantile(probability: number): number {
  if (probability < 0.5) return -normalQuantile(1 - probability);
  const t = Math.sqrt(-2 * Math.log(1 - probability));
  return t - (2.515517 + 0.802853 * t + 0.010328 * t * t) / (1 + 1.432788 * t + 0.189269 * t * t + 0.001308 * t ** 3);
}
