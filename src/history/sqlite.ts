import { pathToFileURL } from 'node:url';
import Database from 'libsql';

/** What can be bound to a statement, and what comes out of one. */
export type Value = number | string | null | Uint8Array;
export type Row = Readonly<Record<string, Value | undefined>>;

export interface Statement {
  run(values: readonly Value[]): number;
  all(values?: readonly Value[]): readonly Row[];
  /** The first row. */
  get(values?: readonly Value[]): Row | undefined;
}

/** A SQLite database; the one module with libsql. Every call blocks its thread. */
export interface Sqlite {
  exec(sql: string): void;
  prepare(sql: string): Statement;
  /** All of `work` or none of it. */
  transaction(work: () => void): void;
  close(): void;
}

/** @param busyMs how long a lock of another process is waited for */
export function openSqlite(path: string, { readOnly = false, busyMs = 2_000 } = {}): Sqlite {
  const database = new Database(readOnly ? `${pathToFileURL(path).href}?mode=ro` : path, { timeout: busyMs });
  const prepare = (sql: string): Statement => {
    const statement = database.prepare(sql);
    return {
      run: (values) => statement.run(values).changes,
      all: (values = []) => rowsOf(statement.all(values)),
      get: (values = []) => rowsOf(statement.all(values).slice(0, 1))[0],
    };
  };
  return {
    exec: (sql) => {
      database.exec(sql);
    },
    prepare,
    transaction: (work) => {
      database.exec('BEGIN IMMEDIATE');
      try {
        work();
        database.exec('COMMIT');
      } catch (error) {
        // SQLite has rolled back by itself after some errors.
        if (database.inTransaction) database.exec('ROLLBACK');
        throw error;
      }
    },
    close: () => {
      database.close();
    },
  };
}

/** libsql gives a blob as an `ArrayBuffer`. */
function rowsOf(rows: readonly unknown[]): Row[] {
  for (const row of rows as Record<string, unknown>[]) {
    for (const column in row) {
      const value = row[column];
      if (value instanceof ArrayBuffer) row[column] = new Uint8Array(value);
    }
  }
  return rows as Row[];
}

export function numberOf(row: Row | undefined, column: string): number {
  const value = row?.[column];
  return typeof value === 'number' ? value : 0;
}

export function textOf(row: Row | undefined, column: string): string {
  const value = row?.[column];
  return typeof value === 'string' ? value : '';
}

/** `SQLITE_FULL` and the like; empty where it is none of SQLite's errors. */
export function codeOf(error: unknown): string {
  const code = error instanceof Error ? (error as { code?: unknown }).code : undefined;
  return typeof code === 'string' ? code : '';
}

/** Whether the file is no sound database, so that trying again is of no use. */
export function isCorruption(error: unknown): boolean {
  return /^SQLITE_(CORRUPT|NOTADB)/.test(codeOf(error));
}
