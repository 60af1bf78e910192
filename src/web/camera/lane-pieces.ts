import type { Lane, Segment } from './timeline.ts';

/** A rectangle of a strip: when, and which share of its height. Unix times; ratios from the bottom. */
export interface Piece {
  readonly label: string;
  readonly fromMs: number;
  readonly toMs: number;
  readonly bottom: number;
  readonly height: number;
}

interface Held {
  readonly label: string;
  readonly ratio: number;
  readonly ms: number;
}

/** Share of the time for which each label held, longest first. */
export function heldShares({ segments }: Pick<Lane, 'segments'>): Held[] {
  const held = new Map<string, number>();
  for (const { label, fromMs, toMs } of segments) held.set(label, (held.get(label) ?? 0) + toMs - fromMs);
  const sum = [...held.values()].reduce((total, ms) => total + ms, 0);
  return [...held].map(([label, ms]) => ({ label, ms, ratio: sum === 0 ? 0 : ms / sum })).sort((a, b) => b.ms - a.ms);
}

/**
 * What is drawn of a lane: its area is the time for which each label held, however narrow the strip is. What lasts for `leastMs` or
 * longer is drawn as it was. What is shorter than a reader can see, and objects, which overlap, are drawn as columns of `leastMs`:
 * in each as high as its label's share of that time, what holds longest in the lane at the bottom.
 */
export function piecesOf({ segments, isObjects }: Pick<Lane, 'segments' | 'isObjects'>, leastMs: number): Piece[] {
  const rank = new Map(heldShares({ segments }).map(({ label }, at) => [label, at]));
  const pieces: Piece[] = [];
  let short: Segment[] = [];
  const flush = () => {
    if (short.length > 0) pieces.push(...columns(short, leastMs, rank));
    short = [];
  };
  for (const segment of [...segments].sort((a, b) => a.fromMs - b.fromMs)) {
    const { label, fromMs, toMs } = segment;
    if (isObjects || toMs - fromMs < leastMs) {
      short.push(segment);
      continue;
    }
    flush();
    pieces.push({ label, fromMs, toMs, bottom: 0, height: 1 });
  }
  flush();
  return joined(pieces);
}

/** @param segments not empty, by when they begin */
function columns(segments: readonly Segment[], leastMs: number, rank: ReadonlyMap<string, number>): Piece[] {
  const beginMs = segments[0]?.fromMs ?? 0;
  const endMs = Math.max(...segments.map(({ toMs }) => toMs));
  const columns = new Map<number, Map<string, number>>();
  for (const { label, fromMs, toMs } of segments) {
    // At whole multiples, so that nothing moves as the time goes on.
    for (let at = Math.floor(fromMs / leastMs); at * leastMs < toMs; at++) {
      const ms = Math.min(toMs, (at + 1) * leastMs) - Math.max(fromMs, at * leastMs);
      const held = columns.get(at) ?? new Map<string, number>();
      columns.set(at, held.set(label, (held.get(label) ?? 0) + ms));
    }
  }
  return [...columns].flatMap(([at, held]) => {
    const [fromMs, toMs] = [Math.max(beginMs, at * leastMs), Math.min(endMs, (at + 1) * leastMs)];
    const whole = Math.max(
      toMs - fromMs,
      [...held.values()].reduce((sum, ms) => sum + ms, 0),
    );
    let bottom = 0;
    return [...held]
      .sort(([a], [b]) => (rank.get(a) ?? 0) - (rank.get(b) ?? 0))
      .map(([label, ms]) => {
        const piece = { label, fromMs, toMs, bottom, height: ms / whole };
        bottom += piece.height;
        return piece;
      });
  });
}

/** Neighbours that are alike are one. */
function joined(pieces: readonly Piece[]): Piece[] {
  const done: Piece[] = [];
  const places = new Map<string, number>();
  for (const piece of [...pieces].sort((a, b) => a.fromMs - b.fromMs)) {
    const place = places.get(piece.label) ?? done.length;
    const last = done[place];
    const isNext = last !== undefined && last.toMs === piece.fromMs;
    const isAlike = isNext && last.bottom === piece.bottom && last.height === piece.height;
    if (!isAlike) places.set(piece.label, done.length);
    done[isAlike ? place : done.length] = isAlike ? { ...last, toMs: piece.toMs } : piece;
  }
  return done;
}
