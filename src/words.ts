/** How names are compared and numbers are written, everywhere. */

/** Names are compared without regard to case, and `_`, `-` and spaces are the same. */
export function plainName(name: string): string {
  return name
    .toLowerCase()
    .replace(/[\s_-]+/g, ' ')
    .trim();
}

/** `73.1 %`; a dash where there is no number. */
export function percent(ratio: number, digits = 1): string {
  return Number.isFinite(ratio) ? `${(ratio * 100).toFixed(digits)} %` : '–';
}
