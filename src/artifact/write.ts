import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { messageOf, WeirError } from '../errors.ts';

/**
 * Writes a file whole or not at all: to a temporary name beside it, flushed to disk, then renamed.
 *
 * @param isPrivate nobody else is to read it: it shows what a camera sees. Neither then are folders that are made for it
 * @throws WeirError `write-failed` (disk full, no permission …); an older file of that name is then untouched
 */
export async function writeArtifact(
  path: string,
  content: string | Uint8Array,
  { isPrivate = false } = {},
): Promise<void> {
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    await mkdir(dirname(path), { recursive: true, mode: isPrivate ? 0o700 : 0o777 });
    const file = await open(temporary, 'w', isPrivate ? 0o600 : 0o666);
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (cause) {
    await rm(temporary, { force: true }).catch(() => {});
    throw new WeirError('write-failed', `cannot write ${path}: ${messageOf(cause)}`, {
      remedy: 'check free space and permissions of that folder, or choose another path',
      cause,
    });
  }
}

/** JSON with sorted keys and no spaces: the same value always gives the same text. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  entries.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${canonicalJson(item)}`).join(',')}}`;
}
