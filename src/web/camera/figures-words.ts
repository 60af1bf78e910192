import { count, fineShare } from '../charts/numbers.ts';
import { counted, milliseconds } from '../words/numbers.ts';
import type { ClockName, Figures, LatencyRow } from './wire.ts';

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
  const lost = total === 0 ? 'none was dropped' : `${count(total)} (${fineShare(ratio)}) were dropped`;
  const { unanswered = 0 } = figures;
  const rest = unanswered === 0 ? '' : ` In them ${counted(unanswered, 'answer')} to some question were left out.`;
  return `${count(classified)} of ${count(came)} frames were classified; ${lost}.${rest}`;
}

/** How the times stand against the budget, a clock state each. */
export function budgetSentence(rows: readonly LatencyRow[], budgetMs: number | null): string {
  if (budgetMs === null) return 'This camera has no limit of time.';
  const limit = `A frame may take ${milliseconds(budgetMs)}.`;
  const parts = latencyRows(rows).map(({ clock, p95Ms }) => {
    const ratio = (p95Ms ?? Number.NaN) / budgetMs;
    const verdict =
      ratio <= 1 ? `at most ${fineShare(ratio)} of that` : `up to ${ratio.toFixed(1)} times that, too long`;
    return `95 of 100 took ${verdict} (clocks ${clock})`;
  });
  return parts.length === 0 ? `${limit} None has been decided yet.` : `${limit} ${parts.join('; ')}.`;
}
