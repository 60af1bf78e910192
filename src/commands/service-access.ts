import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { usageError } from '../errors.ts';

/** Places that `ProtectHome=` hides from a service. */
const HOMES = /^\/(home|root|run\/user)\//;
/** `PrivateTmp=` gives it others of its own. */
const TEMPORARY = /^(\/var)?\/tmp\//;

export function isBelowHome(path: string): boolean {
  return HOMES.test(path);
}

export function isTemporary(path: string): boolean {
  return TEMPORARY.test(path);
}

/** The folder that holds a package with everything that it imports: that around the outermost `node_modules`, if it is in one. */
export function installationRoot(packageFolder: string): string {
  return /^(.*?)\/node_modules\//.exec(packageFolder)?.[1] ?? packageFolder;
}

/**
 * Makes sure that a user who owns nothing can read a file: the service's own.
 *
 * @param from the folder at which the service sees it directly, whatever stands above; `/` without one
 * @throws WeirError `service-cannot-read`
 */
export async function requireReadable(path: string, from = '/'): Promise<void> {
  if (isTemporary(path)) throw hidden(path, 'a service has a /tmp of its own', 'move it elsewhere');
  const folders: string[] = [];
  for (let folder = dirname(path); folder.length >= from.length; folder = dirname(folder)) {
    folders.push(folder);
    if (folder === '/') break;
  }
  for (const folder of folders.reverse()) {
    if (((await stat(folder)).mode & 0o001) === 0) throw hidden(path, `${folder} is closed`, `chmod o+x ${folder}`);
  }
  if (((await stat(path)).mode & 0o004) !== 0) return;
  throw hidden(
    path,
    'it is closed',
    `chmod o+r ${path}; passwords can stand in files of their own, see passwordCredential`,
  );
}

function hidden(path: string, reason: string, remedy: string): Error {
  return usageError(
    'service-cannot-read',
    `the service, which runs as a user of its own, cannot read ${path}: ${reason}`,
    remedy,
  );
}
