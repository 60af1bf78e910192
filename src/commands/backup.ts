import { constants, existsSync } from 'node:fs';
import { copyFile, mkdir, open, readdir } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { z } from 'zod';
import { writeArtifact } from '../artifact/write.ts';
import { messageOf, usageError, WeirError } from '../errors.ts';
import { copyDatabase } from '../history/copy.ts';
import { DATABASE } from '../history/open-store.ts';
import { SYSTEM_CLOCK } from '../service/clock.ts';
import { stateDirectory } from '../service/state-dir.ts';
import { digestOf, MANIFEST, type manifestSchema, stateFiles } from './backup-manifest.ts';
import { packageVersion } from './package-version.ts';
import { print } from './shell.ts';

/**
 * Copies the state directory into a new folder, also while a daemon runs: the history as it is at one moment, every other file
 * whole (the daemon replaces its files, it does not change them).
 *
 * @throws WeirError `backup-exists`, `state-missing`, `backup-failed`
 */
export async function backup(folder: string, { stateDir }: { readonly stateDir?: string }): Promise<number> {
  const from = stateDirectory(stateDir, process.env);
  const to = resolve(folder);
  if (!existsSync(from)) throw usageError('state-missing', `there is no ${from}`, 'name the daemon’s --state-dir');
  await requireEmpty(to);
  try {
    await mkdir(join(to, 'history'), { recursive: true, mode: 0o700 });
    const paths: string[] = [];
    const database = join('history', DATABASE);
    if (existsSync(join(from, database))) {
      copyDatabase(join(from, database), join(to, database));
      paths.push(database);
    }
    for (const path of await stateFiles(from)) if (await copied(join(from, path), join(to, path))) paths.push(path);
    const files = [];
    for (const path of paths) files.push({ path, ...(await digestOf(join(to, path))) });
    const manifest: z.infer<typeof manifestSchema> = {
      schema: 'weir.backup/1',
      version: packageVersion(),
      createdAtMs: SYSTEM_CLOCK.unixMs(),
      files,
    };
    await writeArtifact(join(to, MANIFEST), `${JSON.stringify(manifest, null, 1)}\n`, { isPrivate: true });
    const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
    print(`${to}: ${files.length} files, ${(bytes / 1e6).toFixed(1)} MB; it may hold passwords of cameras`);
    return 0;
  } catch (cause) {
    throw new WeirError('backup-failed', `the backup broke off: ${messageOf(cause)}`, {
      remedy: `remove ${to}, check free space and permissions (of ${from} too), and try again`,
      cause,
    });
  }
}

async function requireEmpty(folder: string): Promise<void> {
  const held = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw usageError('backup-exists', `${folder} cannot be used: ${error.message}`, 'name a new folder', error);
  });
  if (held.length > 0) throw usageError('backup-exists', `${folder} is not empty`, 'name a new folder');
}

/** @returns whether it was still there */
async function copied(from: string, to: string): Promise<boolean> {
  await mkdir(dirname(to), { recursive: true, mode: 0o700 });
  try {
    // A link that was put there meanwhile is not followed.
    const source = await open(from, constants.O_RDONLY | constants.O_NOFOLLOW);
    await source.close();
    await copyFile(from, to, constants.COPYFILE_EXCL);
    return true;
  } catch (error) {
    if (['ENOENT', 'ELOOP'].includes((error as NodeJS.ErrnoException).code ?? '')) return false;
    throw error;
  }
}
