import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf, usageError } from '../errors.ts';
import { codeOf, openSqlite } from './sqlite.ts';

/**
 * Makes sure that one daemon alone uses a state directory. The lock is the operating system's: it ends with the process,
 * however that ends.
 *
 * @returns what gives it free
 * @throws WeirError `state-in-use` (another holds it), `history-unusable` (the folder cannot be written)
 */
export function lockState(stateDir: string): () => void {
  const folder = join(stateDir, 'history');
  const told = join(folder, 'lock.pid');
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const database = openSqlite(join(folder, 'lock.db'), { busyMs: 0 });
    try {
      database.exec('BEGIN EXCLUSIVE');
      chmodSync(join(folder, 'lock.db'), 0o600);
    } catch (error) {
      database.close();
      throw error;
    }
    try {
      writeFileSync(told, `${process.pid}\n`, { mode: 0o600 });
    } catch {
      // A full disk: the lock holds without a word of who has it.
    }
    return () => {
      rmSync(told, { force: true });
      database.exec('ROLLBACK');
      database.close();
    };
  } catch (error) {
    if (codeOf(error).startsWith('SQLITE_BUSY')) {
      const by = `${stateDir} is in use by another Weir${holder(told)}`;
      throw usageError('state-in-use', by, 'stop that one, or give this one a --state-dir of its own', error);
    }
    throw unusable(folder, error);
  }
}

function holder(path: string): string {
  try {
    return ` (process ${readFileSync(path, 'utf8').trim()})`;
  } catch {
    return '';
  }
}

export function unusable(folder: string, cause: unknown) {
  return usageError(
    'history-unusable',
    `the history in ${folder} cannot be used: ${messageOf(cause)}`,
    'check that folder, its owner and free space, or say `history: {enabled: false}`',
    cause,
  );
}
