import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import type { z } from 'zod';
import { messageOf, usageError, type WeirError } from '../errors.ts';
import { formatPath, problemsOf } from './problems.ts';

/** What a JSON file is to the reader of an error message, e.g. `ladder`. */
export interface ArtifactKind<S extends z.ZodType> {
  readonly what: string;
  readonly schema: S;
}

/**
 * Reads a JSON file and validates it.
 *
 * @throws WeirError `<what>-missing`, `<what>-unreadable` or `<what>-invalid`, naming the file and everything wrong with it
 */
export async function readArtifact<S extends z.ZodType>(path: string, kind: ArtifactKind<S>): Promise<z.infer<S>> {
  return parseArtifact(await readTextFile(path, kind.what), path, kind);
}

/** The same for text already in memory. */
export function parseArtifact<S extends z.ZodType>(text: string, path: string, kind: ArtifactKind<S>): z.infer<S> {
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch (cause) {
    throw invalid(kind.what, path, [`is not JSON: ${messageOf(cause)}`]);
  }
  const result = kind.schema.safeParse(data);
  if (result.success) return result.data;
  const problems = problemsOf(result.error, kind.schema);
  throw invalid(
    kind.what,
    path,
    problems.map((problem) => `${formatPath(problem.path) || 'the file'}: ${problem.message}`),
  );
}

/** For files that do not come with Weir. */
const OTHER_WAY: Readonly<Record<string, string>> = {
  truth: 'correct the file: docs/teaching.md says what may stand in it',
  heads: 'teach the camera anew with `weir teach`, or take the file away',
  cache: 'delete the file: what it holds is measured again',
  trace: 'record it anew: weir simulate --record F --footage CLIP',
  profile: 'write the file anew with `weir profile`',
};

export function invalid(what: string, path: string, problems: readonly string[]): WeirError {
  const list = problems.length === 1 ? ` ${problems[0]}` : problems.map((problem) => `\n  ${problem}`).join('');
  const remedy = OTHER_WAY[what] ?? 'correct the file, or take the one that came with Weir';
  return usageError(`${what}-invalid`, `${what} file ${path}:${list}`, remedy);
}

/** Lower-case hexadecimal SHA-256 of a file, read in pieces. */
export async function sha256OfFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), hash);
  return hash.digest('hex');
}

/**
 * Reads a text file that a person named.
 *
 * @throws WeirError `<what>-missing`, `<what>-unreadable`
 */
export async function readTextFile(path: string, what: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    const missing = code === 'ENOENT';
    const why = code === 'EISDIR' ? 'it is a folder' : messageOf(cause);
    throw usageError(
      missing ? `${what}-missing` : `${what}-unreadable`,
      missing ? `there is no ${what} file ${path}` : `${what} file ${path} cannot be read: ${why}`,
      missing || code === 'EISDIR' ? 'check the path' : 'check the file and its permissions',
      cause,
    );
  }
}
