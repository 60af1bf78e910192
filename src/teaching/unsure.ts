/** So many frames are shown to be labelled next, or to be looked at again. */
const MOST_SHOWN = 12;
/** Frames nearer to each other than this show the same. */
const APART_SECONDS = 2;

/**
 * The samples whose label would teach most: those that are least sure, far apart from each other.
 *
 * @param doubts samples, and how likely the answer to each is right
 */
export function leastSure(
  doubts: readonly { readonly row: number; readonly likely: number }[],
  { sources, seconds, keys }: { sources: readonly string[]; seconds: Float64Array; keys: readonly string[] },
): number[] {
  const shown: number[] = [];
  const isFar = (row: number) =>
    shown.every(
      (other) =>
        keys[other] !== keys[row] &&
        (sources[other] !== sources[row] || !(Math.abs((seconds[other] ?? 0) - (seconds[row] ?? 0)) < APART_SECONDS)),
    );
  for (const { row } of [...doubts].sort((a, b) => a.likely - b.likely || a.row - b.row)) {
    if (shown.length === MOST_SHOWN) break;
    if (isFar(row)) shown.push(row);
  }
  return shown;
}
