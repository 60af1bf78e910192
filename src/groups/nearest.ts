import { distance } from 'fastest-levenshtein';

/** Names are compared without regard to case, and `_`, `-` and spaces are the same. */
export function plainName(name: string): string {
  return name
    .toLowerCase()
    .replace(/[\s_-]+/g, ' ')
    .trim();
}

const MOST_TOLD = 3;

/** ` (did you mean "a", "b"?)`: the nearest of many names, as far as they are near; else nothing. */
export function nearest(name: string, known: Iterable<string>): string {
  const wanted = plainName(name);
  const limit = Math.max(1, Math.floor(wanted.length / 3));
  const near = [...new Set(known)]
    .map((candidate) => ({ candidate, edits: editsBetween(wanted, plainName(candidate)) }))
    .filter(({ edits }) => edits <= limit)
    .sort((a, b) => a.edits - b.edits || (a.candidate < b.candidate ? -1 : 1))
    .slice(0, MOST_TOLD)
    .map(({ candidate }) => `"${candidate}"`);
  return near.length === 0 ? '' : ` (did you mean ${near.join(' or ')}?)`;
}

/** Half of a name is as near as a name with one letter wrong: `tabby cat` for `tabby`. */
function editsBetween(a: string, b: string): number {
  const holds = b.split(' ').includes(a) || a.split(' ').includes(b);
  return holds ? 1 : distance(a, b);
}
