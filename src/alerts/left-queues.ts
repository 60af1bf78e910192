import { readdir, rm, rmdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isQueueFile } from './queue.ts';

export interface LeftQueue {
  readonly id: string;
  /** So many were removed. */
  readonly alerts: number;
}

/**
 * Removes alerts that wait for targets which are not there any more: they show what a camera saw. What is not an alert stays, and
 * so does what cannot be removed.
 *
 * @param folder of all queues, each in a folder that is called as its target
 * @param beforeMs Unix time; later ones stay, as the target may come back
 */
export async function removeLeftQueues(
  folder: string,
  targets: readonly string[],
  beforeMs: number,
): Promise<LeftQueue[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const left: LeftQueue[] = [];
  for (const entry of entries) {
    if (!entry.isDirectory() || targets.includes(entry.name)) continue;
    const alerts = await removeOld(join(folder, entry.name), beforeMs).catch(() => 0);
    if (alerts > 0) left.push({ id: entry.name, alerts });
  }
  return left;
}

async function removeOld(folder: string, beforeMs: number): Promise<number> {
  let removed = 0;
  for (const name of (await readdir(folder)).filter(isQueueFile)) {
    const path = join(folder, name);
    if ((await stat(path)).mtimeMs >= beforeMs) continue;
    await rm(path, { force: true });
    removed++;
  }
  await rmdir(folder).catch(() => {}); // something is in it still
  return removed;
}
