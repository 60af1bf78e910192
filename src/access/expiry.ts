import { usageError } from '../errors.ts';

const UNITS_MS: Readonly<Record<string, number>> = { h: 3_600_000, d: 86_400_000, w: 7 * 86_400_000 };
const LATEST_MS = Date.UTC(9999, 0);

/**
 * When a token ends: `12h`, `30d`, `8w` from now, or a date: the end of that day in this machine's time, or the moment itself where
 * a time is given with its zone.
 *
 * @throws WeirError `expires-invalid`
 */
export function expiryOf(text: string, nowMs: number): number {
  const atMs = relative(text, nowMs) ?? dayEnd(text) ?? moment(text);
  if (atMs === null || !Number.isFinite(atMs) || atMs > LATEST_MS) {
    throw usageError(
      'expires-invalid',
      `--expires: "${text}" is no time`,
      'give 12h, 30d, 8w, a date like 2030-12-31, or 2030-12-31T18:00:00Z',
    );
  }
  if (atMs <= nowMs) throw usageError('expires-invalid', `--expires: ${text} is over`, 'give a time to come');
  return Math.floor(atMs);
}

function relative(text: string, nowMs: number): number | null {
  const [, count, unit] = /^([1-9]\d{0,5})([hdw])$/.exec(text) ?? [];
  const unitMs = UNITS_MS[unit ?? ''];
  return count === undefined || unitMs === undefined ? null : nowMs + Number(count) * unitMs;
}

function dayEnd(text: string): number | null {
  const match = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text);
  if (match === null) return null;
  const [year = 0, month = 0, day = 0] = match.slice(1).map(Number);
  const date = new Date(year, month - 1, day);
  const isReal = date.getMonth() === month - 1 && date.getDate() === day;
  return isReal ? new Date(year, month - 1, day + 1).getTime() : Number.NaN;
}

function moment(text: string): number | null {
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/.test(text) ? Date.parse(text) : null;
}
