import { distance } from 'fastest-levenshtein';
import { plainName } from '../words.ts';

const MOST_TOLD = 3;
/** Of shorter names, one letter is all that may be wrong. */
const SHORT = 4;

/** ` (did you mean "a" or "b"?)`: those of many names that are nearest, if they are near; else nothing. */
export function nearest(name: string, known: Iterable<string>): string {
  const wanted = plainName(name);
  const limit = wanted.length < SHORT ? 1 : Math.max(2, Math.floor(wanted.length / 3));
  const near = [...new Map([...known].map((candidate) => [plainName(candidate), candidate])).values()]
    .map((candidate) => ({ candidate, edits: editsBetween(wanted, plainName(candidate)) }))
    .filter(({ edits }) => edits <= limit);
  const least = Math.min(...near.map(({ edits }) => edits));
  const told = near
    .filter(({ edits }) => edits === least)
    .map(({ candidate }) => `"${candidate}"`)
    .sort()
    .slice(0, MOST_TOLD);
  return told.length === 0 ? '' : ` (did you mean ${told.join(' or ')}?)`;
}

/** A word of a name (`tabby cat` for `tabby`), or two letters in each other's place, are as near as one wrong letter. */
function editsBetween(a: string, b: string): number {
  if (b.split(' ').includes(a) || a.split(' ').includes(b)) return 1;
  const edits = distance(a, b);
  return edits === 2 && sorted(a) === sorted(b) ? 1 : edits;
}

function sorted(text: string): string {
  return [...text].sort().join('');
}
