import { chmodSync, existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { aboveAllSent } from './floor.ts';
import { reservedOf } from './open-store.ts';
import { openSqlite, textOf } from './sqlite.ts';

/** Copies a database as it is at one moment, also while a daemon writes it. The copy must not exist. */
export function copyDatabase(path: string, target: string): void {
  const database = openSqlite(path, { readOnly: true });
  try {
    database.prepare('VACUUM INTO ?').run([target]);
    chmodSync(target, 0o600);
  } finally {
    database.close();
  }
}

/** @returns what is wrong with a copy; `null`: nothing */
export function faultOf(path: string): string | null {
  const database = openSqlite(path, { readOnly: true });
  try {
    const word = textOf(database.prepare('PRAGMA quick_check(1)').get(), 'quick_check');
    return word === 'ok' ? null : word;
  } finally {
    database.close();
  }
}

/** Makes the next epoch of a restored database begin above all that the one before it sent. */
export function continueAbove(restored: string, before: string): void {
  const known = existsSync(before) ? reservedOf(before) : 0;
  const reserved = aboveAllSent(dirname(restored), Math.max(known, reservedOf(restored)));
  const database = openSqlite(restored);
  try {
    database
      .prepare('UPDATE epochs SET reserved = max(reserved, ?) WHERE id = (SELECT max(id) FROM epochs)')
      .run([reserved]);
  } finally {
    database.close();
  }
}
