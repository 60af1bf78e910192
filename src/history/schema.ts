import { chmodSync, rmSync } from 'node:fs';
import { usageError } from '../errors.ts';
import { DICTIONARY } from './body.ts';
import { numberOf, type Sqlite } from './sqlite.ts';

/** Each leads from the version that is its index to the next. Never change one that was published. */
export const MIGRATIONS: readonly ((database: Sqlite) => void)[] = [
  (database) => {
    database.exec(`
      CREATE TABLE meta (key TEXT PRIMARY KEY, value) WITHOUT ROWID;
      CREATE TABLE dictionaries (id INTEGER PRIMARY KEY, bytes BLOB NOT NULL);
      CREATE TABLE names (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
      CREATE TABLE epochs (id INTEGER PRIMARY KEY, epoch TEXT NOT NULL UNIQUE,
        first INTEGER NOT NULL, last INTEGER NOT NULL, reserved INTEGER NOT NULL);
      CREATE TABLE holes (first INTEGER PRIMARY KEY, last INTEGER NOT NULL, reason TEXT NOT NULL);
      CREATE TABLE spans (first INTEGER PRIMARY KEY, last INTEGER NOT NULL,
        atMin INTEGER NOT NULL, atMax INTEGER NOT NULL, messages INTEGER NOT NULL);
      CREATE TABLE messages (seq INTEGER PRIMARY KEY, at INTEGER NOT NULL, type INTEGER NOT NULL,
        camera INTEGER NOT NULL, question INTEGER NOT NULL, changed INTEGER NOT NULL, body BLOB NOT NULL);
    `);
    database.prepare('INSERT INTO dictionaries VALUES (1, ?)').run([DICTIONARY]);
  },
];

export function versionOf(database: Sqlite): number {
  return numberOf(database.prepare('PRAGMA user_version').get(), 'user_version');
}

/**
 * Brings a database to the present version, a step a transaction. Before the first step a copy of what there is is made
 * beside it: `weir.db.before-v2`.
 *
 * @returns the copy's path, `null` where none was needed
 * @throws WeirError `history-newer`: the file is untouched
 */
export function migrate(database: Sqlite, path: string, migrations = MIGRATIONS): string | null {
  const version = versionOf(database);
  if (version > migrations.length) throw newer(path, version, migrations.length);
  if (version === migrations.length) return null;
  const copy = version === 0 ? null : `${path}.before-v${migrations.length}`;
  if (copy !== null) {
    rmSync(copy, { force: true });
    database.prepare('VACUUM INTO ?').run([copy]);
    chmodSync(copy, 0o600);
  }
  for (const [index, step] of migrations.entries()) {
    if (index < version) continue;
    database.transaction(() => {
      step(database);
      database.exec(`PRAGMA user_version = ${index + 1}`);
    });
  }
  return copy;
}

export function newer(path: string, version: number, known: number) {
  return usageError(
    'history-newer',
    `${path} was written by a newer Weir (version ${version} of its layout; this one knows ${known}): it is left as it is`,
    'run that newer Weir, move the file away, or name another --state-dir',
  );
}
