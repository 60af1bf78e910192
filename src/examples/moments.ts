const CLOCK_TIME = /^([01]?\d|2[0-3]):([0-5]\d)(?::([0-5]\d))?$/;
/** A date and a time; without a zone it is local time. */
const ISO = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:?\d{2})?$/;
const DAY_MS = 86_400_000;
/** A longer time over midnight is rather one whose ends are the wrong way round. */
const LONGEST_NIGHT_MS = DAY_MS / 2;

export const TIME_WORDS =
  'must be a time of today (14:05, 14:05:30) or with its date (2026-05-01T14:05:30, with Z or +02:00 for another zone)';

/** Unix times, half-open. */
export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

export function isTime(text: string): boolean {
  return CLOCK_TIME.test(text) || (ISO.test(text) && !Number.isNaN(Date.parse(text)));
}

/**
 * The moments that two texts name. Times of day are of today, local time; a span over midnight began yesterday.
 *
 * @param from `isTime` holds for both
 * @returns the reason, in words, if there is no such span
 */
export function spanOf(from: string, to: string, nowMs: number): Span | string {
  const toMs = momentOf(to, nowMs);
  let fromMs = momentOf(from, nowMs);
  if (fromMs > toMs && CLOCK_TIME.test(from)) {
    const yesterdayMs = momentOf(from, fromMs - DAY_MS);
    if (toMs - yesterdayMs <= LONGEST_NIGHT_MS) fromMs = yesterdayMs;
  }
  if (fromMs >= toMs) return `from ${from} is not before to ${to}`;
  if (fromMs > nowMs) return `from ${from} is still to come: only what has been seen can be labelled`;
  return { fromMs, toMs };
}

function momentOf(text: string, nowMs: number): number {
  const match = CLOCK_TIME.exec(text);
  if (match === null) return Date.parse(text);
  const [, hours, minutes, seconds = '0'] = match;
  return new Date(nowMs).setHours(Number(hours), Number(minutes), Number(seconds), 0);
}
