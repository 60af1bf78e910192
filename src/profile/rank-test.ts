/**
 * Two-sided probability that two samples of one distribution differ at least this much in rank: the Mann–Whitney U test by its
 * normal approximation, with the correction for ties (Mann & Whitney 1947). A single outlier moves it by one rank only.
 *
 * @returns 1 where there is nothing to compare
 */
export function rankTest(a: readonly number[], b: readonly number[]): number {
  const count = a.length + b.length;
  if (a.length === 0 || b.length === 0) return 1;
  const pooled = [...a.map((value) => ({ value, ofA: true })), ...b.map((value) => ({ value, ofA: false }))];
  pooled.sort((x, y) => x.value - y.value);
  let rankSum = 0;
  let ties = 0;
  for (let from = 0; from < count; ) {
    let to = from;
    while (to < count && pooled[to]?.value === pooled[from]?.value) to++;
    const rank = (from + 1 + to) / 2;
    for (let i = from; i < to; i++) if (pooled[i]?.ofA) rankSum += rank;
    ties += (to - from) ** 3 - (to - from);
    from = to;
  }
  const pairs = a.length * b.length;
  const variance = (pairs / 12) * (count + 1 - ties / (count * (count - 1)));
  if (!(variance > 0)) return 1;
  const u = rankSum - (a.length * (a.length + 1)) / 2;
  const z = Math.max(0, Math.abs(u - pairs / 2) - 0.5) / Math.sqrt(variance);
  return Math.min(1, 2 * upperTail(z));
}

/** P(Z > z) of the normal distribution for z ≥ 0 (Abramowitz & Stegun 26.2.17; error below 7.5e-8). */
function upperTail(z: number): number {
  const t = 1 / (1 + 0.2316419 * z);
  const series = t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  return (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) * series;
}
