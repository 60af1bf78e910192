import { WhenError } from './when.ts';
import type { Token } from './when-tokens.ts';

const UNIT_SECONDS: Readonly<Record<string, number>> = { ms: 0.001, s: 1, m: 60, min: 60, h: 3600 };
/** What takes longer than a day nobody waits for, and a typing error is likelier. */
const LONGEST_SECONDS = 24 * 3600;
const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];

/** `3s`, `1.5m`, `500ms` in seconds. */
export function parseDuration({ text, position }: Token): number {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|min|h)$/.exec(text.toLowerCase());
  const seconds = Number(match?.[1]) * (UNIT_SECONDS[match?.[2] ?? ''] ?? Number.NaN);
  if (seconds > 0 && seconds <= LONGEST_SECONDS) return seconds;
  throw new WhenError(`a duration above 0 and up to 24h is expected (3s, 500ms, 10m), not "${text}"`, position);
}

/** `22:00` in minutes since midnight; `24:00` is the end of a day. */
export function parseTime({ text, position }: Token): number {
  const match = /^(\d{1,2}):(\d{2})$/.exec(text);
  const [hours, minutes] = [Number(match?.[1]), Number(match?.[2])];
  const time = hours * 60 + minutes;
  if (minutes < 60 && time <= 24 * 60) return time;
  throw new WhenError(`a time of day is expected (22:00), not "${text}"`, position);
}

/** `mon-fri`, `sat`: numbers from 1 for Monday, in order, each once. A range may go over the week's end. */
export function parseDays(tokens: readonly Token[]): number[] {
  const days = new Set<number>();
  for (const { text, position } of tokens) {
    const [first = '', last = first, ...more] = text.toLowerCase().split('-');
    const [from, to] = [DAYS.indexOf(first.slice(0, 3)), DAYS.indexOf(last.slice(0, 3))];
    if (from < 0 || to < 0 || more.length > 0) {
      throw new WhenError(`weekdays are expected (${DAYS.join(', ')}, or mon-fri), not "${text}"`, position);
    }
    for (let day = from; ; day = (day + 1) % 7) {
      days.add(day + 1);
      if (day === to) break;
    }
  }
  return [...days].sort((a, b) => a - b);
}
