import { existsSync } from 'node:fs';
import { chmod, copyFile, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { actAsOwnerOf } from '../access/owner.ts';
import { parseArtifact, readTextFile } from '../artifact/read.ts';
import { messageOf, usageError, WeirError } from '../errors.ts';
import { continueAbove, faultOf } from '../history/copy.ts';
import { lockState } from '../history/lock.ts';
import { DATABASE, refuseNewer } from '../history/open-store.ts';
import { SYSTEM_CLOCK } from '../service/clock.ts';
import { stateDirectory } from '../service/state-dir.ts';
import { digestOf, isState, MANIFEST, manifestSchema } from './backup-manifest.ts';
import { print } from './shell.ts';

/** Of the history only these: the lock and the line of numbers go on. */
const HISTORY = ['', '-wal', '-shm'].map((part) => `${DATABASE}${part}`).concat('seal.json');

/**
 * Puts a backup in the place of what there is, which is kept aside. Nothing is touched before the whole backup was looked at and
 * copied.
 *
 * @throws WeirError `state-in-use` (a daemon runs), `backup-missing`, `backup-invalid`, `backup-broken`, `history-newer`, `restore-failed`
 */
export async function restore(folder: string, options: { readonly stateDir?: string }): Promise<number> {
  const from = resolve(folder);
  const shown = stateDirectory(options.stateDir, process.env);
  const stateDir = await actAsOwnerOf(shown);
  const paths = await sound(from);
  const unlock = lockState(stateDir);
  const stamp = new Date(SYSTEM_CLOCK.unixMs()).toISOString().replace(/[:.]/g, '-');
  const [staged, aside] = [`restoring-${stamp}`, `before-restore-${stamp}`];
  try {
    await stage(from, join(stateDir, staged), paths).catch((error: unknown) => {
      if (error instanceof WeirError) throw error;
      throw new WeirError('restore-failed', `the backup cannot be copied: ${messageOf(error)}`, {
        remedy: 'check free space, and that the daemon’s user may read the backup; nothing was changed',
        cause: error,
      });
    });
    await exchange(stateDir, staged, aside);
    const database = join(stateDir, 'history', DATABASE);
    if (existsSync(database)) continueAbove(database, join(stateDir, aside, 'history', DATABASE));
  } catch (cause) {
    if (cause instanceof WeirError) throw cause;
    throw new WeirError('restore-failed', `the restore broke off: ${messageOf(cause)}`, {
      remedy: `what was there is in ${shown}, or in ${join(shown, aside)}: move it back from there, or try again`,
      cause,
    });
  } finally {
    await rm(join(stateDir, staged), { recursive: true, force: true });
    unlock();
  }
  print(`${shown}: ${paths.length} files restored; what was there is kept in ${join(shown, aside)}`);
  return 0;
}

/** @returns the paths in a backup, all of them as they were written */
async function sound(from: string): Promise<readonly string[]> {
  const path = join(from, MANIFEST);
  const manifest = parseArtifact(await readTextFile(path, 'backup'), path, { what: 'backup', schema: manifestSchema });
  const broken = (file: string, why: string) =>
    usageError('backup-broken', `${join(from, file)} ${why}`, 'take another backup; nothing was changed');
  for (const { path: file, bytes, sha256 } of manifest.files) {
    const found = await digestOf(join(from, file)).catch((error: unknown) => {
      throw broken(file, `cannot be read: ${messageOf(error)}`);
    });
    if (found.bytes !== bytes || found.sha256 !== sha256) throw broken(file, 'is not what was backed up');
  }
  const database = join('history', DATABASE);
  const paths = manifest.files.map((file) => file.path);
  const strange = paths.find((file) => file !== database && !isState(file.split('/')[0] ?? ''));
  if (strange !== undefined) throw broken(strange, 'does not belong into a backup');
  return paths;
}

async function stage(from: string, to: string, paths: readonly string[]): Promise<void> {
  await mkdir(to, { recursive: true, mode: 0o700 });
  for (const path of paths) {
    const target = join(to, path);
    await mkdir(dirname(target), { recursive: true, mode: 0o700 });
    await copyFile(join(from, path), target);
    await chmod(target, 0o600);
  }
  const database = join(to, 'history', DATABASE);
  if (!existsSync(database)) return;
  refuseNewer(database);
  const fault = faultOf(database);
  if (fault !== null) throw new Error(`its history is not sound: ${fault}`);
}

async function exchange(stateDir: string, staged: string, aside: string): Promise<void> {
  await mkdir(join(stateDir, aside, 'history'), { recursive: true, mode: 0o700 });
  for (const name of await readdir(stateDir)) {
    if (isState(name)) await rename(join(stateDir, name), join(stateDir, aside, name));
  }
  for (const name of HISTORY) {
    const path = join(stateDir, 'history', name);
    if (existsSync(path)) await rename(path, join(stateDir, aside, 'history', name));
  }
  for (const name of await readdir(join(stateDir, staged))) {
    if (name !== 'history') await rename(join(stateDir, staged, name), join(stateDir, name));
  }
  const database = join(stateDir, staged, 'history', DATABASE);
  if (existsSync(database)) await rename(database, join(stateDir, 'history', DATABASE));
}
