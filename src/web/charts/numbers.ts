/** How numbers are written on the pages: short, with their unit, and a dash where there is none. */

const NONE = '–';

/** `0.42 ms`, `12.3 ms`, `1.25 s` */
export function milliseconds(value: number | null | undefined): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return NONE;
  if (value >= 1000) return `${(value / 1000).toFixed(2)} s`;
  return `${value.toFixed(value >= 100 ? 0 : value >= 10 ? 1 : 2)} ms`;
}

/** `73 %`, `0.4 %` @param ratio 0..1 */
export function share(ratio: number | null | undefined): string {
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

/** `45 s`, `12 min`, `3 h 5 min`, `2 d 4 h` */
export function duration(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  const two = (large: number, unit: string, small: number, part: string) =>
    small === 0 ? `${large} ${unit}` : `${large} ${unit} ${small} ${part}`;
  if (hours < 24) return two(hours, 'h', minutes % 60, 'min');
  return two(Math.floor(hours / 24), 'd', hours % 24, 'h');
}

/** Time of the day, local: `14:02:31`. @param unixMs Unix time */
export function timeOfDay(unixMs: number): string {
  const at = new Date(unixMs);
  return [at.getHours(), at.getMinutes(), at.getSeconds()].map((part) => String(part).padStart(2, '0')).join(':');
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
