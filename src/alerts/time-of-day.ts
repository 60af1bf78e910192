import type { When } from './when.ts';

/** What the clocks on the walls of a time zone show. */
export interface WallTime {
  /** Since midnight, 0..1439. */
  readonly minutes: number;
  /** 1 (Monday) … 7 (Sunday). */
  readonly weekday: number;
}

const WEEKDAYS: Readonly<Record<string, number>> = { Mon: 1, Tue: 2, Wed: 3, Thu: 4, Fri: 5, Sat: 6, Sun: 7 };
const MINUTE_MS = 60_000;

/** Whether there is a time zone of this IANA name, e.g. `Europe/Vienna`. */
export function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en-US', { timeZone: name });
    return !/^[+-]/.test(name);
  } catch {
    return false;
  }
}

/** Reads Unix times, in milliseconds, on the walls of a time zone. The last minute is remembered: that is mostly the same. */
export function wallClock(timeZone: string): (unixMs: number) => WallTime {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  let knownMinute = Number.NaN;
  let known: WallTime = { minutes: 0, weekday: 1 };
  return (unixMs) => {
    // Zones differ from UTC by whole minutes today.
    const minute = Math.floor(unixMs / MINUTE_MS);
    if (minute === knownMinute) return known;
    const parts = new Map(format.formatToParts(minute * MINUTE_MS).map(({ type, value }) => [type, value]));
    knownMinute = minute;
    known = {
      minutes: Number(parts.get('hour')) * 60 + Number(parts.get('minute')),
      weekday: WEEKDAYS[parts.get('weekday') ?? ''] ?? 1,
    };
    return known;
  };
}

/**
 * Whether a time lies in a rule's hours and days, as the clocks on the walls show it: an hour that a change to summer time
 * leaves out is not, one that is there twice is twice. A night belongs to the day on which it begins.
 */
export function isWithin({ between, weekdays }: Pick<When, 'between' | 'weekdays'>, wall: WallTime): boolean {
  const { minutes, weekday } = wall;
  if (between === null) return weekdays?.includes(weekday) ?? true;
  const { from, to } = between;
  const isOverMidnight = to <= from;
  const isAfterMidnight = isOverMidnight && minutes < to;
  const isInside = isOverMidnight ? minutes >= from || isAfterMidnight : minutes >= from && minutes < to;
  if (!isInside) return false;
  const begun = isAfterMidnight ? ((weekday + 5) % 7) + 1 : weekday;
  return weekdays?.includes(begun) ?? true;
}
