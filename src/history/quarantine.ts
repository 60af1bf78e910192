import { existsSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/** More of them would fill the disk that the history is to live on. */
const KEPT = 3;

const PARTS = ['', '-wal', '-shm'];

/** Sets a corrupt database aside, with its log. @returns its new name; of earlier ones the newest are kept */
export function quarantine(path: string, unixMs: number): string {
  const stamp = new Date(unixMs).toISOString().replace(/[:.]/g, '-');
  const target = `${path}.corrupt-${stamp}`;
  for (const part of PARTS) if (existsSync(path + part)) renameSync(path + part, target + part);
  const all = quarantined(path);
  for (const old of all.slice(0, -KEPT)) {
    for (const part of PARTS) rmSync(join(dirname(path), old) + part, { force: true });
  }
  return basename(target);
}

/** Names of the databases that were set aside, oldest first. */
export function quarantined(path: string): string[] {
  const begin = `${basename(path)}.corrupt-`;
  return readdirSync(dirname(path))
    .filter((name) => name.startsWith(begin) && !/-(wal|shm)$/.test(name))
    .sort();
}
