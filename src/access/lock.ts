import { link, mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf, usageError, WeirError } from '../errors.ts';

const TRY_EVERY_MS = 20;
const TRIES = 500;

/**
 * Does something while no other process does the same under this lock file. One left behind by a process that is gone is taken away.
 *
 * @throws WeirError `tokens-locked`, `write-failed`; whatever `work` throws
 */
export async function withLock<T>(path: string, work: () => Promise<T>): Promise<T> {
  await take(path);
  try {
    return await work();
  } finally {
    await rm(path, { force: true });
  }
}

async function take(path: string): Promise<void> {
  for (let tries = 0; tries < TRIES; tries++) {
    if (await create(path)) return;
    await removeStale(path);
    await sleep(TRY_EVERY_MS);
  }
  throw usageError(
    'tokens-locked',
    `another process holds ${path}`,
    'wait for the other `weir token` to end, or delete that file if there is none',
  );
}

/** The file has its content from its first moment on: an empty one would look like left behind. */
async function create(path: string): Promise<boolean> {
  const own = `${path}.${process.pid}`;
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await rm(own, { force: true });
    const file = await open(own, 'wx', 0o600);
    await file.writeFile(String(process.pid));
    await file.close();
    await link(own, path);
    return true;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw new WeirError('write-failed', `cannot write ${path}: ${messageOf(cause)}`, {
      remedy: 'check free space and permissions of that folder',
      cause,
    });
  } finally {
    await rm(own, { force: true });
  }
}

async function removeStale(path: string): Promise<void> {
  const holder = await readFile(path, 'utf8').catch(() => null);
  if (holder === null || isAlive(Number(holder))) return;
  // Between reading and removing another may have removed it and taken the lock: what was moved away is looked at once more.
  const moved = `${path}.${process.pid}.stale`;
  try {
    await rename(path, moved);
  } catch {
    return;
  }
  if ((await readFile(moved, 'utf8').catch(() => holder)) !== holder) await link(moved, path).catch(() => {});
  await rm(moved, { force: true });
}

function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
