import { joinedGroups, numbered } from '../premodel/groups.ts';
import { type Timed, timelineOf } from './runs.ts';

/** A split of a question's samples that tears no moment apart, as long as there are enough of them. */
export interface Split {
  /** The labelled samples that are used, in order of source and time. */
  readonly rows: readonly number[];
  /** By sample: the unbroken run that it belongs to, from 0; runs that hold the same picture are one. −1 where it is not used. */
  readonly moments: Int32Array;
  readonly momentCount: number;
  /** How many runs had to be cut, for a class has fewer of them than there are folds. */
  readonly cutCount: number;
  /** By sample; only of labelled ones. */
  readonly folds: Uint8Array;
  readonly foldCount: number;
  /** By class: of how many unbroken runs its samples are. */
  readonly events: readonly number[];
  /** Labelled samples that may teach where a fold is judged: of another fold, and not within the margin of one of this. */
  readonly teaching: readonly (readonly number[])[];
  /** By fold: the samples that it judges. */
  readonly judged: readonly (readonly number[])[];
  /**
   * Whether a sample that nobody labelled may show what a fold judges: it lies within the margin of that, is the same picture, or
   * one could take it for part of a run of that: the next labelled frame before or after it is of the fold.
   */
  isAkin(fold: number, row: number): boolean;
}

const FOLDS = 5;
/** Frames this near to a judged one show what it shows; short footage cannot spare that much. */
const MARGIN_SECONDS = 1;
const MARGIN_SHARE = 1 / 40;

/**
 * Splits the labelled samples of a question. A moment is an unbroken run of one label; where a class has fewer of them than there
 * are folds, its longest are cut in time, and what lies near a cut does not teach when the other side is judged.
 *
 * @param truth by sample; negative where it has no label
 * @param kept by sample: 1 where its label is to be used; the others still tell that a run goes on
 */
export function splitByTime(samples: Timed, truth: Int32Array, kept: Uint8Array): Split {
  const { order, times, runs, before, after } = timelineOf(samples, truth, kept);
  const rows = order.filter((row) => (truth[row] ?? -1) >= 0 && kept[row] === 1);
  const byLabel = [...runs].sort(([a], [b]) => a - b);
  const joined = (parts: readonly (readonly (readonly number[])[])[]): Int32Array => {
    const names: string[] = Array.from(truth, () => '');
    for (const [label, own] of parts.entries())
      for (const [at, part] of own.entries()) for (const row of part) names[row] = `${label}/${at}`;
    const numbers = numbered(
      joinedGroups(rows.map((row) => ({ key: samples.keys[row] ?? '', group: names[row] ?? '' }))),
    );
    const found = new Int32Array(truth.length).fill(-1);
    for (const [at, row] of rows.entries()) found[row] = numbers[at] ?? 0;
    return found;
  };
  const cut = byLabel.map(([, own]) => cutUp(own));
  const moments = joined(byLabel.map(([, own]) => own));
  const pieces = joined(cut);
  const pieceCount = 1 + pieces.reduce((a, b) => Math.max(a, b), -1);
  const foldCount = Math.min(FOLDS, pieceCount);
  const folds = assignFolds(rows, pieces, pieceCount, truth, foldCount);
  const judged = Array.from({ length: foldCount }, (_, fold) => rows.filter((row) => folds[row] === fold));
  const margins = marginsOf(samples.sources, times, rows);
  const near = judged.map((own) => nearness(samples.sources, times, own, margins));
  const isNear = (fold: number, row: number) => near[fold]?.(row) ?? false;
  const pictures = judged.map((own) => new Set(own.map((row) => samples.keys[row])));
  const isOf = (fold: number, row: number) => row >= 0 && folds[row] === fold;
  return {
    rows,
    moments,
    momentCount: 1 + moments.reduce((a, b) => Math.max(a, b), -1),
    cutCount: byLabel.reduce((sum, [, own], at) => sum + own.filter((run) => !cut[at]?.includes(run)).length, 0),
    folds,
    foldCount,
    events: Array.from({ length: 1 + Math.max(-1, ...runs.keys()) }, (_, label) => runs.get(label)?.length ?? 0),
    teaching: judged.map((_, fold) => teachingRows(rows, folds, truth, fold, isNear)),
    judged,
    isAkin: (fold, row) =>
      isNear(fold, row) ||
      isOf(fold, before[row] ?? -1) ||
      isOf(fold, after[row] ?? -1) ||
      (pictures[fold]?.has(samples.keys[row]) ?? false),
  };
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

/** Gives each fold its share of every class: the largest pieces first, each to the fold that has least of its class. */
function assignFolds(
  rows: readonly number[],
  pieces: Int32Array,
  pieceCount: number,
  truth: Int32Array,
  foldCount: number,
): Uint8Array {
  const members: number[][] = Array.from({ length: pieceCount }, () => []);
  for (const row of rows) members[pieces[row] ?? 0]?.push(row);
  const order = [...members.keys()].sort((a, b) => (members[b]?.length ?? 0) - (members[a]?.length ?? 0) || a - b);
  const ofClass = new Map<string, number>();
  const total = new Float64Array(foldCount);
  const folds = new Uint8Array(truth.length);
  for (const piece of order) {
    const own = members[piece] ?? [];
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
