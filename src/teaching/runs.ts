import { UNLABELLED } from '../words.ts';

/** What splitting needs to know of the samples. */
export interface Timed {
  readonly sources: readonly string[];
  /** NaN where there is no time. */
  readonly seconds: Float64Array;
  readonly keys: readonly string[];
}

/** A question's samples in time. */
export interface Timeline {
  /** All samples, in order of source and time. */
  readonly order: readonly number[];
  /** By sample: seconds; where a source has none, the position in it. */
  readonly times: Float64Array;
  /** By label: its unbroken runs, each of the samples that are used, in order. */
  readonly runs: ReadonlyMap<number, readonly (readonly number[])[]>;
  /** By sample: the used ones before and after it of its source that a run could reach it from; −1 where there is none. */
  readonly before: Int32Array;
  readonly after: Int32Array;
}

/**
 * A run goes on until another label, whatever nobody labelled in between, or until a gap that is long for how the labelled
 * frames of its source lie: footage has several a second, a daemon keeps one in many seconds or minutes.
 */
const GAP_IN_SPACINGS = 10;
/** A few seconds do not change what is seen, whatever the spacing; after an hour the light, at least, is another. */
const LEAST_GAP_SECONDS = 30;
const MOST_GAP_SECONDS = 3600;
/** Of the gaps between labelled frames, so many are no longer than the spacing. */
const SPACING_SHARE = 0.75;

/**
 * Finds the runs of a question's labels.
 *
 * @param truth by sample: its class, `UNLABELLED` or `UNUSED`, which ends a run
 * @param kept by sample: 1 where its label is to be used; the others still tell that a run goes on
 */
export function timelineOf(samples: Timed, truth: Int32Array, kept: Uint8Array): Timeline {
  const { sources } = samples;
  const times = timesOf(samples);
  const order = Array.from(truth.keys()).sort(
    (a, b) => compare(sources[a] ?? '', sources[b] ?? '') || (times[a] ?? 0) - (times[b] ?? 0) || a - b,
  );
  const gaps = longestGaps(order, sources, times, truth);
  const isReached = (row: number, from: number) =>
    from >= 0 &&
    sources[from] === sources[row] &&
    Math.abs((times[row] ?? 0) - (times[from] ?? 0)) <= (gaps.get(sources[row] ?? '') ?? 0);
  const isUsed = (row: number) => (truth[row] ?? -1) >= 0 && kept[row] === 1;
  const runs = new Map<number, number[][]>();
  let last = -1;
  let isBegun = false;
  for (const row of order) {
    const label = truth[row] ?? UNLABELLED;
    if (label === UNLABELLED) continue;
    if (!isReached(row, last) || truth[last] !== label) isBegun = false;
    last = row;
    if (!isUsed(row)) continue;
    const own = runs.get(label) ?? [];
    runs.set(label, own);
    if (isBegun) own.at(-1)?.push(row);
    else own.push([row]);
    isBegun = true;
  }
  const neighbours = (rows: readonly number[]): Int32Array => {
    const found = new Int32Array(truth.length).fill(-1);
    let used = -1;
    for (const row of rows) {
      if (isReached(row, used)) found[row] = used;
      if (isUsed(row)) used = row;
    }
    return found;
  };
  return { order, times, runs, before: neighbours(order), after: neighbours(order.toReversed()) };
}

/** Seconds; where a source has none, the position in it. */
function timesOf({ sources, seconds }: Timed): Float64Array {
  const untimed = new Set(sources.filter((_, i) => Number.isNaN(seconds[i])));
  const counts = new Map<string, number>();
  return Float64Array.from(sources, (source, i) => {
    const position = counts.get(source) ?? 0;
    counts.set(source, position + 1);
    return untimed.has(source) ? position : (seconds[i] ?? 0);
  });
}

/** By source: how far apart two neighbours of one run may lie. */
function longestGaps(
  order: readonly number[],
  sources: readonly string[],
  times: Float64Array,
  truth: Int32Array,
): Map<string, number> {
  const gaps = new Map<string, number[]>();
  let last = -1;
  for (const row of order) {
    if (truth[row] === UNLABELLED) continue;
    const source = sources[row] ?? '';
    const own = gaps.get(source) ?? [];
    gaps.set(source, own);
    if (last >= 0 && sources[last] === source) own.push((times[row] ?? 0) - (times[last] ?? 0));
    last = row;
  }
  return new Map(
    [...gaps].map(([source, own]) => {
      own.sort((a, b) => a - b);
      const spacing = own[Math.floor(SPACING_SHARE * (own.length - 1))] ?? 0;
      return [source, Math.min(MOST_GAP_SECONDS, Math.max(LEAST_GAP_SECONDS, GAP_IN_SPACINGS * spacing))];
    }),
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
