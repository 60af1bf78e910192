/** How numbers are written in charts and tables: what words/numbers.ts has not, and a dash where there is none. */

import { percent } from '../../words.ts';
import { milliseconds, timeOfDay } from '../words/numbers.ts';

const NONE = '–';

/** A time that may not be known. */
export function knownMilliseconds(value: number | null | undefined): string {
  return value === null || value === undefined || !Number.isFinite(value) ? NONE : milliseconds(value);
}

/** A time at an axis: none is said as another than it is. */
export function tickMilliseconds(ms: number): string {
  return ms >= 1000 || Number.isInteger(ms) ? milliseconds(ms).replace('.0 ', ' ') : `${ms.toFixed(1)} ms`;
}

/** An accuracy, to the decimal that tells one from another: `97.3 %`. @param ratio 0..1 */
export function accuracy(ratio: number | null | undefined): string {
  return percent(ratio ?? Number.NaN, 1);
}

/** `73 %`, `0.4 %`: small ones keep a decimal. @param ratio 0..1 */
export function fineShare(ratio: number | null | undefined): string {
  if (ratio === null || ratio === undefined || !Number.isFinite(ratio)) return NONE;
  const percent = ratio * 100;
  const isWhole = percent === 0 || (percent >= 10 && percent < 99.5) || percent === 100;
  return `${percent.toFixed(isWhole ? 0 : 1)} %`;
}

/** A difference of two ratios in points: `+0.4 points`. */
export function points(difference: number): string {
  const text = Math.abs(difference * 100).toFixed(1);
  return `${text === '0.0' ? '±' : difference > 0 ? '+' : '−'}${text} points`;
}

/** `12,345` */
export function count(value: number | null | undefined): string {
  return value === null || value === undefined ? NONE : String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** `3.2 MB` */
export function bytes(value: number | null | undefined): string {
  if (value === null || value === undefined) return NONE;
  const [unit, size] =
    value >= 1e9 ? ['GB', 1e9] : value >= 1e6 ? ['MB', 1e6] : value >= 1e3 ? ['kB', 1e3] : ['bytes', 1];
  return `${size === 1 ? value : (value / Number(size)).toFixed(1)} ${unit}`;
}

/** With its date where that is another day than today's: `25 Nov 14:02:31`. */
export function moment(unixMs: number, nowMs: number): string {
  const [at, now] = [new Date(unixMs), new Date(nowMs)];
  if (at.toDateString() === now.toDateString()) return timeOfDay(unixMs);
  const month = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'][at.getMonth()];
  return `${at.getDate()} ${month} ${timeOfDay(unixMs)}`;
}

/** `a, b and c` */
export function list(words: readonly string[]): string {
  return words.length < 2 ? (words[0] ?? '') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}

/** Whether a column's cells are numbers, with or without a unit; a dash is none that is known. */
export function areNumbers(cells: readonly string[]): boolean {
  return (
    cells.length > 0 && cells.every((cell) => /^[–+−±]?[\d.,]*( (%|ms|s|points|[kMG]?B))?$/.test(cell) && cell !== '')
  );
}
