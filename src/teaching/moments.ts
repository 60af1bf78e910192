import { joinedGroups } from '../premodel/groups.ts';

/** What splitting needs to know of the samples. */
export interface Timed {
  readonly sources: readonly string[];
  /** NaN where there is no time. */
  readonly seconds: Float64Array;
  readonly keys: readonly string[];
}

/** A split of a question's samples that tears no moment apart. */
export interface Split {
  /** The labelled samples that are used, in order of source and time. */
  readonly rows: readonly number[];
  /** By sample: what it belongs to, from 0; −1 where it is not used. Pieces of an event that one class has too few of are told apart. */
  readonly moments: Int32Array;
  readonly momentCount: number;
  /** By sample; only of labelled ones. */
  readonly folds: Uint8Array;
  readonly foldCount: number;
  /** By class: of how many unbroken runs its samples are. */
  readonly events: readonly number[];
  /** Labelled samples that may teach where a fold is judged: of another fold, and not within the margin of one of this. */
  readonly teaching: readonly (readonly number[])[];
  /** By fold: the samples that it judges. */
  readonly judged: readonly (readonly number[])[];
  /** Whether any sample lies within the margin of one that a fold judges. */
  isNear(fold: number, row: number): boolean;
}

const FOLDS = 5;
/** Frames this near to a judged one show what it shows; short footage cannot spare that much. */
const MARGIN_SECONDS = 1;
const MARGIN_SHARE = 1 / 40;
/** Frames of one class that are farther apart are of different moments. */
const LONGEST_GAP_SECONDS = 5;

/**
 * Splits the labelled samples of a question. A moment is an unbroken run of one label; where a class has fewer of them than there
 * are folds, its longest are cut in time, and what lies near a cut does not teach when the other side is judged.
 *
 * @param truth by sample; negative where it has no label
 * @param kept by sample: 1 where its label is to be used; the others still tell that a run goes on
 */
export function splitByTime(samples: Timed, truth: Int32Array, kept: Uint8Array): Split {
  const times = timesOf(samples);
  const order = Array.from(truth.keys()).sort(
    (a, b) => compare(samples.sources[a] ?? '', samples.sources[b] ?? '') || (times[a] ?? 0) - (times[b] ?? 0) || a - b,
  );
  const pieces = new Map<number, number[][]>();
  let last = -1;
  let isBegun = false;
  for (const row of order) {
    const label = truth[row] ?? -1;
    const continues =
      last >= 0 &&
      truth[last] === label &&
      samples.sources[last] === samples.sources[row] &&
      (times[row] ?? 0) - (times[last] ?? 0) <= LONGEST_GAP_SECONDS;
    last = row;
    if (!continues) isBegun = false;
    if (label < 0 || kept[row] !== 1) continue;
    const own = pieces.get(label) ?? [];
    pieces.set(label, own);
    if (isBegun) own.at(-1)?.push(row);
    else own.push([row]);
    isBegun = true;
  }
  const rows = order.filter((row) => (truth[row] ?? -1) >= 0 && kept[row] === 1);
  const cut = [...pieces].sort(([a], [b]) => a - b).map(([, own]) => cutUp(own));
  const names: string[] = Array.from(truth, () => '');
  for (const [label, own] of cut.entries())
    for (const [at, piece] of own.entries()) for (const row of piece) names[row] = `${label}/${at}`;
  const joined = joinedGroups(rows.map((row) => ({ key: samples.keys[row] ?? '', group: names[row] ?? '' })));
  const moments = new Int32Array(truth.length).fill(-1);
  const numbers = new Map<string, number>();
  for (const [at, row] of rows.entries()) {
    const name = joined[at] ?? '';
    const number = numbers.get(name) ?? numbers.size;
    numbers.set(name, number);
    moments[row] = number;
  }
  const foldCount = Math.min(FOLDS, numbers.size);
  const folds = assignFolds(rows, moments, numbers.size, truth, foldCount);
  const judged = Array.from({ length: foldCount }, (_, fold) => rows.filter((row) => folds[row] === fold));
  const margins = marginsOf(samples.sources, times, rows);
  const near = judged.map((own) => nearness(samples.sources, times, own, margins));
  const isNear = (fold: number, row: number) => near[fold]?.(row) ?? false;
  return {
    rows,
    moments,
    momentCount: numbers.size,
    folds,
    foldCount,
    events: Array.from({ length: 1 + Math.max(-1, ...pieces.keys()) }, (_, label) => pieces.get(label)?.length ?? 0),
    teaching: judged.map((_, fold) => teachingRows(rows, folds, truth, fold, isNear)),
    judged,
    isNear,
  };
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

/** Cuts the longest runs of a class in halves until there is one for every fold, and none holds far more than a fold's share. */
function cutUp(runs: readonly (readonly number[])[]): (readonly number[])[] {
  const pieces = [...runs];
  const total = runs.reduce((sum, run) => sum + run.length, 0);
  for (;;) {
    let longest = 0;
    for (const [at, piece] of pieces.entries()) if (piece.length > (pieces[longest]?.length ?? 0)) longest = at;
    const piece = pieces[longest] ?? [];
    const isEnough = pieces.length >= FOLDS && piece.length <= Math.ceil((1.5 * total) / FOLDS);
    if (isEnough || piece.length < 2) return pieces;
    const half = piece.length >> 1;
    pieces.splice(longest, 1, piece.slice(0, half), piece.slice(half));
  }
}

/** Gives each fold its share of every class: the largest moments first, each to the fold that has least of its class. */
function assignFolds(
  rows: readonly number[],
  moments: Int32Array,
  momentCount: number,
  truth: Int32Array,
  foldCount: number,
): Uint8Array {
  const members: number[][] = Array.from({ length: momentCount }, () => []);
  for (const row of rows) members[moments[row] ?? 0]?.push(row);
  const order = [...members.keys()].sort((a, b) => (members[b]?.length ?? 0) - (members[a]?.length ?? 0) || a - b);
  const ofClass = new Map<string, number>();
  const total = new Float64Array(foldCount);
  const folds = new Uint8Array(truth.length);
  for (const moment of order) {
    const own = members[moment] ?? [];
    const label = truth[own[0] ?? 0] ?? 0;
    const load = (fold: number) => (ofClass.get(`${label}/${fold}`) ?? 0) * 1e6 + (total[fold] ?? 0);
    let best = 0;
    for (let fold = 1; fold < foldCount; fold++) if (load(fold) < load(best)) best = fold;
    ofClass.set(`${label}/${best}`, (ofClass.get(`${label}/${best}`) ?? 0) + own.length);
    total[best] = (total[best] ?? 0) + own.length;
    for (const row of own) folds[row] = best;
  }
  return folds;
}

/** By source: how near is near. */
function marginsOf(sources: readonly string[], times: Float64Array, rows: readonly number[]): Map<string, number> {
  const spans = new Map<string, { from: number; to: number }>();
  for (const row of rows) {
    const time = times[row] ?? 0;
    const span = spans.get(sources[row] ?? '') ?? { from: time, to: time };
    spans.set(sources[row] ?? '', { from: Math.min(span.from, time), to: Math.max(span.to, time) });
  }
  return new Map(
    [...spans].map(([source, { from, to }]) => [source, Math.min(MARGIN_SECONDS, (to - from) * MARGIN_SHARE)]),
  );
}

/** A function that tells whether a sample lies within the margin of some others. */
function nearness(
  sources: readonly string[],
  times: Float64Array,
  others: readonly number[],
  margins: ReadonlyMap<string, number>,
): (row: number) => boolean {
  const sorted = new Map<string, number[]>();
  for (const row of others) {
    const own = sorted.get(sources[row] ?? '') ?? [];
    sorted.set(sources[row] ?? '', own);
    own.push(times[row] ?? 0);
  }
  for (const own of sorted.values()) own.sort((a, b) => a - b);
  return (row) => {
    const source = sources[row] ?? '';
    const own = sorted.get(source) ?? [];
    const margin = margins.get(source) ?? 0;
    const from = (times[row] ?? 0) - margin;
    let low = 0;
    for (let high = own.length; low < high; ) {
      const middle = (low + high) >> 1;
      if ((own[middle] ?? 0) < from) low = middle + 1;
      else high = middle;
    }
    return (own[low] ?? Infinity) <= (times[row] ?? 0) + margin;
  };
}

function teachingRows(
  rows: readonly number[],
  folds: Uint8Array,
  truth: Int32Array,
  fold: number,
  isNear: (fold: number, row: number) => boolean,
): number[] {
  const others = rows.filter((row) => folds[row] !== fold);
  const left = new Set(others.filter((row) => !isNear(fold, row)).map((row) => truth[row]));
  // A class that the margin would take away altogether keeps what it has.
  return others.filter((row) => !left.has(truth[row] ?? 0) || !isNear(fold, row));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
