import { mkdir, realpath, stat } from 'node:fs/promises';

/**
 * Makes this process write as the owner of the state directory, where root runs it: what it writes then belongs to the daemon's user,
 * and no link that this user may have put there leads root anywhere else. Not to be called twice, nor in the daemon.
 *
 * @returns the folder by the name under which it can be reached from then on
 */
export async function actAsOwnerOf(folder: string): Promise<string> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const { uid, gid } = await stat(folder);
  if (process.geteuid?.() !== 0 || uid === 0) return folder;
  // A folder above may be closed to the owner (systemd's /var/lib/private): from inside, it can be reached all the same.
  process.chdir(await realpath(folder));
  process.setgroups?.([gid]);
  process.setegid?.(gid);
  process.seteuid?.(uid);
  return '.';
}
