import { closest, distance } from 'fastest-levenshtein';
import type { z } from 'zod';

/** One thing that is wrong with a file, and where. */
export interface Problem {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** The keys that an object at `path` of the schema may have; empty where it is no object. */
export function knownKeys(schema: z.core.$ZodType, path: readonly (string | number)[]): string[] {
  const def = schema._zod.def as unknown as SchemaDef;
  if (def.innerType !== undefined) return knownKeys(def.innerType, path);
  if (def.type === 'pipe' && def.in !== undefined) return knownKeys(def.in, path);
  if (def.options !== undefined) return def.options.flatMap((option) => knownKeys(option, path));
  const [head, ...rest] = path;
  if (def.type === 'object' && def.shape !== undefined) {
    if (head === undefined) return Object.keys(def.shape);
    const next = def.shape[head];
    return next === undefined ? [] : knownKeys(next, rest);
  }
  if (head !== undefined && def.element !== undefined) return knownKeys(def.element, rest);
  if (head !== undefined && def.valueType !== undefined) return knownKeys(def.valueType, rest);
  return [];
}

/** Everything that a failed parse found, unknown keys each with the nearest known one. */
export function problemsOf(error: z.core.$ZodError, schema: z.core.$ZodType): Problem[] {
  return error.issues.flatMap((issue): Problem[] => {
    const path = issue.path.map((part) => (typeof part === 'number' ? part : String(part)));
    if (issue.code !== 'unrecognized_keys') return [{ path, message: wordsOf(issue) }];
    const known = knownKeys(schema, path);
    return issue.keys.map((key) => ({ path: [...path, key], message: `unknown key${suggestion(key, known)}` }));
  });
}

/** More words than this nobody reads through. */
const MOST_LISTED = 20;
const NEAREST = 5;
/** A shorter beginning says too little. */
const LEAST_BEGINNING = 3;

/** ` (did you mean …?)` for the nearest known word; if none is near the list of all, of very many the nearest. */
export function suggestion(word: string, known: readonly string[]): string {
  if (known.length === 0) return '';
  const meant = didYouMean(word, known);
  if (meant !== '') return meant;
  if (known.length <= MOST_LISTED) return ` (known: ${known.join(', ')})`;
  const nearest = [...known].sort((a, b) => distance(word, a) - distance(word, b)).slice(0, NEAREST);
  return ` (known are ${known.length}; nearest: ${nearest.join(', ')})`;
}

/** ` (did you mean …?)` for the word that may have been meant; nothing where none is near. */
export function didYouMean(word: string, known: readonly string[]): string {
  const near = nearWord(word, known);
  return near === null ? '' : ` (did you mean "${near}"?)`;
}

/** The known word that may have been meant: one with few other letters, or one that begins so; `null` where none is near. */
export function nearWord(word: string, known: readonly string[]): string | null {
  if (known.length === 0) return null;
  const nearest = closest(word, [...known]);
  const lower = word.toLowerCase();
  if (distance(lower, nearest.toLowerCase()) <= Math.max(2, Math.floor(word.length / 3))) return nearest;
  const longer = known.filter((other) => other.toLowerCase().startsWith(lower));
  return lower.length < LEAST_BEGINNING || longer.length === 0 ? null : closest(word, longer);
}

/** `cameras[0].fps` */
export function formatPath(path: readonly (string | number)[]): string {
  return path.reduce<string>(
    (text, part) => (typeof part === 'number' ? `${text}[${part}]` : text === '' ? part : `${text}.${part}`),
    '',
  );
}

interface SchemaDef {
  readonly type: string;
  readonly shape?: Record<string, z.core.$ZodType>;
  readonly element?: z.core.$ZodType;
  readonly valueType?: z.core.$ZodType;
  readonly innerType?: z.core.$ZodType;
  readonly options?: readonly z.core.$ZodType[];
  readonly in?: z.core.$ZodType;
}

const WORDS: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  tuple: 'a list',
  object: 'an object with keys',
  null: 'nothing',
};

/** Messages of our own stand as they are; those of the validator are put into a person's words. */
function wordsOf({ code, message }: z.core.$ZodIssue): string {
  const match = code === 'invalid_type' ? /^Invalid input: expected (\w+), received (\w+)$/.exec(message) : null;
  if (match === null)
    return message.startsWith('Invalid ') || message.startsWith('Too ') ? lowerFirst(message) : message;
  const [, expected = '', received = ''] = match;
  if (received === 'undefined') return 'is missing';
  return `must be ${WORDS[expected] ?? expected}, not ${WORDS[received] ?? received}`;
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
