import { close, open, read } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** The part of a file system that is read; tests put theirs in its place. */
export interface Files {
  /** The first 4 KiB of a file as text. Rejects as `node:fs` does. */
  read(path: string): Promise<string>;
  /** Names in a folder, sorted. */
  list(path: string): Promise<string[]>;
}

/** Something that could not be read, in words for the reasons of a clock state. */
export class Unreadable extends Error {
  override readonly name = 'Unreadable';
}

const MAX_BYTES = 4096;
const MAX_SHOWN = 24;

/**
 * Files under a root, read asynchronously, through callbacks: they cost half of what `fs/promises` does. Readers read one file
 * after another: one that hangs takes one thread of libuv's pool, not all of them.
 */
export function filesUnder(root: string): Files {
  return {
    read: (path) =>
      new Promise((resolve, reject) => {
        open(join(root, path), 'r', (unopened, file) => {
          if (unopened !== null) return reject(unopened);
          const buffer = Buffer.allocUnsafe(MAX_BYTES);
          read(file, buffer, 0, MAX_BYTES, null, (unread, bytes) => {
            close(file, () => {});
            if (unread !== null) reject(unread);
            else resolve(buffer.toString('utf8', 0, bytes));
          });
        });
      }),
    list: async (path) => (await readdir(join(root, path))).sort(naturally),
  };
}

/** What rarely changes is looked for once in so many calls. */
export function remembered<T>(turns: number, find: () => Promise<T>): () => Promise<T> {
  let turn = 0;
  let found: Promise<T> | undefined;
  return async () => {
    if (found === undefined || turn++ % turns === 0) found = find();
    return await found;
  };
}

/** Reads a text without its last newline or NUL. @throws Unreadable that names the file and says why */
export async function readText(files: Files, path: string): Promise<string> {
  const text = await files.read(path).catch((error: NodeJS.ErrnoException) => {
    throw new Unreadable(`/${path} ${whyUnread(error)}`);
  });
  const trimmed = text.replaceAll('\0', ' ').trim();
  if (trimmed === '') throw new Unreadable(`/${path} is empty`);
  return trimmed;
}

/**
 * Reads a whole number that is not negative.
 *
 * @param most larger values are not believed
 * @throws Unreadable that names the file and says why
 */
export async function readNumber(files: Files, path: string, most: number): Promise<number> {
  return wholeNumber(await readText(files, path), `/${path}`, 0, most);
}

/** @throws Unreadable unless `text` is a whole number within the limits */
export function wholeNumber(text: string, what: string, least: number, most: number): number {
  if (!/^[+-]?\d+$/.test(text)) throw new Unreadable(`${what} says "${shortened(text)}", which is no number`);
  const value = Number(text);
  if (value < least || value > most) throw new Unreadable(`${what} says ${shortened(text)}, which cannot be`);
  return value;
}

/** What could not be read. @throws what is no `Unreadable`: a mistake */
export function whyNot(error: unknown): Unreadable {
  if (error instanceof Unreadable) return error;
  throw error;
}

/** The value of a reading, or `null` where there is none. Other errors than `Unreadable` pass. */
export async function orNull<T>(reading: Promise<T>): Promise<T | null> {
  return await reading.catch((error: unknown) => {
    whyNot(error);
    return null;
  });
}

/** Names in a folder that match; none where there is no such folder. */
export async function listMatching(files: Files, path: string, pattern: RegExp): Promise<string[]> {
  return (await files.list(path).catch(() => [])).filter((name) => pattern.test(name));
}

export async function isThere(files: Files, path: string): Promise<boolean> {
  return await files.read(path).then(
    () => true,
    (error: NodeJS.ErrnoException) => error.code === 'EISDIR',
  );
}

function whyUnread({ code, message }: NodeJS.ErrnoException): string {
  if (code === 'ENOENT') return 'is not there';
  if (code === 'EACCES' || code === 'EPERM') return 'may be read by root only';
  return `cannot be read: ${message}`;
}

function shortened(text: string): string {
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text;
}

function naturally(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true });
}
