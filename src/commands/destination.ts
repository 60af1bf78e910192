import { access, constants, mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { messageOf, WeirError } from '../errors.ts';

/**
 * Makes sure, before long work, that its result can be written there; makes the folder.
 *
 * @throws WeirError `write-failed`
 */
export async function requireDestination(path: string | undefined): Promise<void> {
  if (path === undefined) return;
  try {
    await makeFolder(dirname(path));
    await access(dirname(path), constants.W_OK);
    const found = await stat(path).catch(() => null);
    if (found?.isDirectory()) throw new Error('it is a folder');
  } catch (cause) {
    throw new WeirError('write-failed', `cannot write ${path}: ${messageOf(cause)}`, {
      remedy: 'check that folder and its permissions, or choose another path',
      cause,
    });
  }
}

/** One level at a time: where a file system refuses new folders with ENOENT (/proc), Node's recursive way never ends. */
async function makeFolder(path: string): Promise<void> {
  const found = await stat(path).catch(() => null);
  if (found !== null) {
    if (!found.isDirectory()) throw new Error(`${path} is no folder`);
    return;
  }
  if (dirname(path) !== path) await makeFolder(dirname(path));
  await mkdir(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
}
