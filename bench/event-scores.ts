import type { TruthQuestion } from '../src/dataset/truth.ts';

/** Something that was said to be in view, PTS seconds. */
export interface BenchEvent {
  readonly from: number;
  readonly to: number;
  /** PTS of the frame with which it was told. */
  readonly toldAt: number;
}

export interface EventScores {
  /** Per event that is judged, whether it is right. */
  readonly right: readonly number[];
  /** Per interval of the class, whether an event says so. */
  readonly found: readonly number[];
  /** Per interval that was found, seconds from its begin until the first event was told. */
  readonly delaySeconds: readonly number[];
  /** Per event that is judged, the share of its scored seconds that are the class's: one event of all time finds all intervals. */
  readonly secondsRight: readonly number[];
}

/**
 * Events against the intervals of one class. An event is right if it overlaps one, and not judged if all it overlaps is unclear or
 * unsaid.
 */
export function scoreEvents(events: readonly BenchEvent[], { intervals }: TruthQuestion, name: string): EventScores {
  const wanted = intervals.filter(({ label, also }) => label === name || also.includes(name));
  const others = intervals.filter((interval) => !wanted.includes(interval) && interval.label !== '~');
  const overlaps = (event: BenchEvent, { from, to }: { readonly from: number; readonly to: number }) =>
    event.from < to && event.to >= from;
  const common = (event: BenchEvent, { from, to }: { readonly from: number; readonly to: number }) =>
    Math.max(0, Math.min(event.to, to) - Math.max(event.from, from));
  const sum = (event: BenchEvent, of: typeof wanted) =>
    of.reduce((total, interval) => total + common(event, interval), 0);
  const right = events.flatMap((event) => {
    if (wanted.some((interval) => overlaps(event, interval))) return [1];
    return others.some((interval) => overlaps(event, interval)) ? [0] : [];
  });
  const told = wanted.map((interval) => events.filter((event) => overlaps(event, interval)));
  return {
    right,
    found: told.map(({ length }) => (length > 0 ? 1 : 0)),
    delaySeconds: told.flatMap((found, k) => {
      if (found.length === 0) return [];
      return [Math.max(0, Math.min(...found.map(({ toldAt }) => toldAt)) - (wanted[k]?.from ?? 0))];
    }),
    secondsRight: events.flatMap((event) => {
      const inside = sum(event, wanted);
      const scored = inside + sum(event, others);
      return scored === 0 ? [] : [inside / scored];
    }),
  };
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
