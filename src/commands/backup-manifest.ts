import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { sha256OfFile } from '../artifact/read.ts';

export const MANIFEST = 'backup.json';

/** Says what is in a backup; written last, so that one that broke off has none. */
export const manifestSchema = z.strictObject({
  schema: z.literal('weir.backup/1'),
  version: z.string(),
  createdAtMs: z.int(),
  files: z
    .array(
      z.strictObject({
        path: z.string().refine((path) => path.split('/').every((part) => part !== '' && !/^\.\.?$|[\\\0]/.test(part))),
        bytes: z.int().min(0),
        sha256: z.string().regex(/^[0-9a-f]{64}$/),
      }),
    )
    .max(1_000_000),
});

/** What is made anew, or is of a running daemon alone. The history is copied in a way of its own. */
const LEFT_OUT = /^(outcomes|teaching|history|before-restore-.*|restoring-.*)$/;
const PASSING = /\.tmp$/;

/** Whether something at the top of a state directory belongs to what is backed up, file by file. */
export function isState(name: string): boolean {
  return !LEFT_OUT.test(name) && !PASSING.test(name);
}

/** Plain files in a state directory that are backed up, as paths in it; links are not followed. */
export async function stateFiles(stateDir: string, folder = ''): Promise<string[]> {
  const found: string[] = [];
  for (const entry of await readdir(join(stateDir, folder), { withFileTypes: true })) {
    if (folder === '' ? !isState(entry.name) : PASSING.test(entry.name)) continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) found.push(...(await stateFiles(stateDir, path)));
    else if (entry.isFile()) found.push(path);
  }
  return found.sort();
}

export async function digestOf(path: string): Promise<{ readonly bytes: number; readonly sha256: string }> {
  const { size, isFile } = await lstat(path).then((found) => ({ size: found.size, isFile: found.isFile() }));
  if (!isFile) throw new Error('it is no plain file');
  return { bytes: size, sha256: await sha256OfFile(path) };
}
