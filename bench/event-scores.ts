import type { TruthInterval, TruthQuestion } from '../src/dataset/truth.ts';
import { UNCLEAR } from '../src/words.ts';

/** Something that was said to be in view, PTS seconds. */
export interface BenchEvent {
  readonly from: number;
  readonly to: number;
  /** PTS of the frame with which it was told. */
  readonly toldAt: number;
}

export interface EventScores {
  /** Per spell of events that is judged, whether it is right. */
  readonly right: readonly number[];
  /** Per interval of the class, whether a spell of events says so. */
  readonly found: readonly number[];
  /** Per interval that was found, seconds from its begin until the first event of the spell was told. */
  readonly delaySeconds: readonly number[];
  /** Per spell that is judged, the share of its scored seconds that are the class's. */
  readonly secondsRight: readonly number[];
}

interface Span {
  readonly from: number;
  readonly to: number;
}

/**
 * Events against the intervals of one class. The truth says when something is in view and not how many are, so events that overlap in
 * time are one spell, and intervals that touch are one. What is unclear between two intervals of the class parts spells too: going on
 * over it is no mistake, nor is a break. A spell is right if an interval that it overlaps is its own: each has at most one of the
 * other, as many as can have one. It is not judged if nothing is said of all that it overlaps.
 */
export function scoreEvents(events: readonly BenchEvent[], { intervals }: TruthQuestion, name: string): EventScores {
  const isWanted = ({ label, also }: TruthInterval) => label === name || also.includes(name);
  const wanted = joined(intervals.filter(isWanted), (one) => one);
  const others = intervals.filter((interval) => !isWanted(interval) && interval.label !== UNCLEAR);
  const unclear = joined(
    intervals.filter(({ label }) => label === UNCLEAR),
    (one) => one,
  ).filter(({ from, to }) => wanted.some((one) => one.to === from) && wanted.some((one) => one.from === to));
  const told = joined(events, (one, { toldAt }) => ({ ...one, toldAt: Math.min(one.toldAt, toldAt) }));
  const spells = unclear.reduce((left, span) => left.flatMap((spell) => cut(spell, span)), told);
  const owner = matching(spells, wanted);
  const sum = (spell: Span, of: readonly Span[]) => of.reduce((total, interval) => total + common(spell, interval), 0);
  return {
    right: spells.flatMap((spell, at) => {
      if (owner.includes(at)) return [1];
      return [...wanted, ...others].some((interval) => overlaps(spell, interval)) ? [0] : [];
    }),
    found: owner.map((spell) => (spell === null ? 0 : 1)),
    delaySeconds: owner.flatMap((at, k) => {
      const spell = at === null ? undefined : spells[at];
      return spell === undefined ? [] : [Math.max(0, spell.toldAt - (wanted[k]?.from ?? 0))];
    }),
    secondsRight: spells.flatMap((spell) => {
      const inside = sum(spell, wanted);
      const scored = inside + sum(spell, others);
      return scored === 0 ? [] : [inside / scored];
    }),
  };
}

/** Those of several clips together. */
export function pooled(scores: readonly EventScores[]): EventScores {
  return {
    right: scores.flatMap(({ right }) => right),
    found: scores.flatMap(({ found }) => found),
    delaySeconds: scores.flatMap(({ delaySeconds }) => delaySeconds),
    secondsRight: scores.flatMap(({ secondsRight }) => secondsRight),
  };
}

function overlaps(event: Span, { from, to }: Span): boolean {
  return event.from < to && event.to >= from;
}

function common(event: Span, { from, to }: Span): number {
  return Math.max(0, Math.min(event.to, to) - Math.max(event.from, from));
}

/** Spans in order of time, those that overlap or touch as one. @param keep what becomes of the first of them */
function joined<S extends Span>(spans: readonly S[], keep: (one: S, other: S) => S): S[] {
  const all: S[] = [];
  for (const span of [...spans].sort((a, b) => a.from - b.from)) {
    const last = all.at(-1);
    if (last === undefined || span.from > last.to) all.push(span);
    else all[all.length - 1] = { ...keep(last, span), to: Math.max(last.to, span.to) };
  }
  return all;
}

/** What is left of a span without another. */
function cut<S extends Span>(span: S, { from, to }: Span): S[] {
  if (span.to < from || span.from >= to) return [span];
  return [...(span.from < from ? [{ ...span, to: from }] : []), ...(span.to >= to ? [{ ...span, from: to }] : [])];
}

/** By interval, the spell that is its own, or `null`: as many pairs as there can be, of much overlap first (augmenting paths). */
function matching(spells: readonly Span[], intervals: readonly Span[]): (number | null)[] {
  const owner: (number | null)[] = intervals.map(() => null);
  const place = (at: number, tried: Set<number>): boolean => {
    const spell = spells[at] as Span;
    const near = [...intervals.keys()].filter((k) => overlaps(spell, intervals[k] as Span));
    near.sort((a, b) => common(spell, intervals[b] as Span) - common(spell, intervals[a] as Span));
    for (const k of near) {
      if (tried.has(k)) continue;
      tried.add(k);
      const before = owner[k] ?? null;
      if (before !== null && !place(before, tried)) continue;
      owner[k] = at;
      return true;
    }
    return false;
  };
  const most = (spell: Span) => Math.max(0, ...intervals.map((interval) => common(spell, interval)));
  const order = [...spells.keys()].sort((a, b) => most(spells[b] as Span) - most(spells[a] as Span));
  for (const at of order) place(at, new Set());
  return owner;
}

/** What whole frames say, as a camera that tells events would tell it. */
const FRAMES = { toBegin: 2, gapSeconds: 1.6 } as const;

/** Makes events of frames' labels: two of them in a row begin one, and it ends with the last before a longer gap. */
export function eventsOfLabels(labels: readonly { readonly seconds: number; readonly is: boolean }[]): BenchEvent[] {
  const events: BenchEvent[] = [];
  let run = 0;
  let since = 0;
  let before = Number.NEGATIVE_INFINITY;
  for (const { seconds, is } of labels) {
    if (seconds - before > FRAMES.gapSeconds) run = 0;
    before = seconds;
    if (!is) {
      run = 0;
      continue;
    }
    if (run++ === 0) since = seconds;
    const last = events.at(-1);
    if (last !== undefined && seconds - last.to <= FRAMES.gapSeconds) {
      events[events.length - 1] = { ...last, to: seconds };
    } else if (run >= FRAMES.toBegin) events.push({ from: since, to: seconds, toldAt: seconds });
  }
  return events;
}
