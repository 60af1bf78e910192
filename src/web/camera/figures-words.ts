import { count, milliseconds, share } from '../charts/numbers.ts';
import type { ClockName, Figures, LatencyRow } from './wire.ts';

/** A clock state for people: a sign and a word beside the colour, and what it means for times. */
export const CLOCKS: Readonly<
  Record<ClockName, { readonly sign: string; readonly words: string; readonly tone: 'good' | 'fair' | 'bad' }>
> = {
  pinned: { sign: '●', words: 'clocks stand still: times can be compared', tone: 'good' },
  floating: { sign: '◐', words: 'clocks change with load: read ratios, not milliseconds', tone: 'fair' },
  throttled: { sign: '▼', words: 'the machine is slowed down, by heat or by a limit', tone: 'bad' },
  mixed: { sign: '◇', words: 'clocks changed while the frame was decided', tone: 'fair' },
  unreadable: { sign: '?', words: 'clocks cannot be read: read ratios, not milliseconds', tone: 'fair' },
};

const ORDER: readonly ClockName[] = ['pinned', 'floating', 'throttled', 'mixed', 'unreadable'];

/** In one order, whatever order they came in; states without a frame are left out. */
export function latencyRows(rows: readonly LatencyRow[]): LatencyRow[] {
  return ORDER.flatMap((clock) => rows.filter((row) => row.clock === clock && row.n > 0));
}

/** Why a climb ended, for people. */
export const STOPS: Readonly<Record<string, string>> = {
  accepted: 'sure enough',
  top: 'the last rung was asked',
  budget: 'no time was left',
  fixed: 'only this rung is used',
  unchanged: 'the scene had not changed',
  still: 'nothing moved',
};

/** Why a frame was not classified, for people. */
const DROPS: Readonly<Record<string, string>> = {
  displaced: 'a newer frame came first',
  budget: 'too late to be of use',
  failed: 'could not be decoded or run',
  skipped: 'left out to save time',
};

export interface Share {
  readonly name: string;
  readonly words: string;
  readonly count: number;
  readonly ratio: number;
}

/** Counts as shares of their sum, the largest first. */
export function sharesOf(
  counts: Readonly<Record<string, number>>,
  words: Readonly<Record<string, string>> = {},
): Share[] {
  const sum = Object.values(counts).reduce((total, value) => total + value, 0);
  return Object.entries(counts)
    .map(([name, value]) => ({ name, words: words[name] ?? '', count: value, ratio: sum === 0 ? 0 : value / sum }))
    .sort((a, b) => b.count - a.count);
}

export function dropsOf({ frames }: Figures): {
  readonly total: number;
  readonly ratio: number;
  readonly shares: Share[];
} {
  const shares = sharesOf(frames.dropped, DROPS);
  const total = shares.reduce((sum, { count: value }) => sum + value, 0);
  return { total, ratio: frames.in === 0 ? 0 : total / frames.in, shares };
}

/** `1,204 of 1,210 frames were classified; 6 (0.5 %) were dropped.` */
export function framesSentence(figures: Figures): string {
  const { total, ratio } = dropsOf(figures);
  const { classified, in: came } = figures.frames;
  const lost = total === 0 ? 'none was dropped' : `${count(total)} (${share(ratio)}) were dropped`;
  return `${count(classified)} of ${count(came)} frames were classified; ${lost}.`;
}

/** What the median says about the budget. @param rows of one clock state each */
export function budgetSentence(rows: readonly LatencyRow[], budgetMs: number | null): string {
  if (budgetMs === null) return 'This camera has no limit of time.';
  const parts = latencyRows(rows).map(({ clock, p95Ms }) => {
    const ratio = p95Ms === null ? null : p95Ms / budgetMs;
    const verdict =
      ratio === null
        ? 'not known'
        : ratio <= 1
          ? `within it (${share(ratio)} of it)`
          : `${ratio.toFixed(1)} times the budget`;
    return `${clock}: ${verdict}`;
  });
  return `A frame may take ${milliseconds(budgetMs)}. Of a hundred frames 95 take at most, at clocks that are ${parts.join('; ') || 'not known yet'}.`;
}

/** What gear a camera is in, in words. */
export function gearWords(gear: number | undefined): string {
  if (gear === undefined) return 'it has one operating point only';
  return gear === 0
    ? 'as configured'
    : `${gear} ${gear === 1 ? 'step' : 'steps'} cheaper than configured, for want of time`;
}
