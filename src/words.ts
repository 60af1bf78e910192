/** How names are compared and numbers are written, everywhere. */

/** Names are compared without regard to case, and `_`, `-` and spaces are the same. */
export function plainName(name: string): string {
  return name
    .toLowerCase()
    .replace(/[\s_-]+/g, ' ')
    .trim();
}
