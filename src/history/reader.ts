import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf, WeirError } from '../errors.ts';
import { dictionaryOf, textFrom } from './body.ts';
import { DATABASE, refuseNewer } from './open-store.ts';
import type { ScanAnswer, ScanRequest } from './protocol.ts';
import { firstOf, scan } from './scan.ts';
import { numberOf, openSqlite, type Sqlite, textOf, type Value } from './sqlite.ts';

/** What a look through a database found. */
export interface Findings {
  /** Empty: it is sound. */
  readonly problems: readonly string[];
  readonly messages: number;
  readonly first: number;
  readonly last: number;
  readonly epochs: number;
  /** Numbers that were never written, without those that retention took. */
  readonly holes: number;
  /** Unix ms of the oldest and the newest message; 0 without one. */
  readonly fromMs: number;
  readonly toMs: number;
}

/** A database that is only read, while a daemon may write it. Every call blocks, none holds a lock for longer than itself. */
export class Reader {
  readonly #database: Sqlite;
  readonly #text: (body: Value | undefined) => string | null;

  constructor(path: string) {
    this.#database = openSqlite(path, { readOnly: true });
    this.#text = textFrom(dictionaryOf(this.#database));
  }

  /** Number of the newest message on the disk. */
  get last(): number {
    return numberOf(this.#database.prepare('SELECT max(last) AS last FROM epochs').get(), 'last');
  }

  /** Whether a message of a camera is kept. */
  hasCamera(camera: string): boolean {
    const kept = 'SELECT seq FROM messages WHERE camera = (SELECT id FROM names WHERE name = ?) LIMIT 1';
    return this.#database.prepare(kept).get([camera]) !== undefined;
  }

  /** Ids of all cameras of which a message is kept. Looks through all of them. */
  cameras(): string[] {
    return this.#database
      .prepare('SELECT name FROM names WHERE id IN (SELECT DISTINCT camera FROM messages) ORDER BY name')
      .all()
      .map((row) => textOf(row, 'name'));
  }

  scan(request: ScanRequest): ScanAnswer {
    const last = this.last;
    const first = firstOf(this.#database) ?? last + 1;
    const held = { database: this.#database, first, last, committed: last, waiting: [], lost: [], text: this.#text };
    return scan(held, request);
  }

  check(): Findings {
    const problems = this.#database
      .prepare('PRAGMA integrity_check(20)')
      .all()
      .map((row) => textOf(row, 'integrity_check'))
      .filter((word) => word !== 'ok');
    const count = (sql: string) => numberOf(this.#database.prepare(sql).get(), 'n');
    for (const { seq, body } of this.#bodies()) {
      if (this.#text(body) === null && problems.length < 20) problems.push(`message ${seq} cannot be read`);
    }
    return {
      problems,
      messages: count('SELECT count(*) AS n FROM messages'),
      first: firstOf(this.#database) ?? this.last + 1,
      last: this.last,
      epochs: count('SELECT count(*) AS n FROM epochs'),
      holes: count('SELECT sum(last - first + 1) AS n FROM holes'),
      fromMs: count('SELECT min(atMin) AS n FROM spans'),
      toMs: count('SELECT max(atMax) AS n FROM spans'),
    };
  }

  close(): void {
    this.#database.close();
  }

  *#bodies(): Generator<{ seq: number; body: Value | undefined }> {
    const some = this.#database.prepare('SELECT seq, body FROM messages WHERE seq > ? ORDER BY seq LIMIT 1000');
    for (let after = -1; ; ) {
      const rows = some.all([after]);
      for (const row of rows) yield { seq: numberOf(row, 'seq'), body: row.body };
      if (rows.length === 0) return;
      after = numberOf(rows.at(-1), 'seq');
    }
  }
}

/** @throws WeirError `history-missing`, `history-newer`, `history-unreadable` */
export function openReader(stateDir: string): Reader {
  const path = join(stateDir, 'history', DATABASE);
  if (!existsSync(path)) {
    throw new WeirError('history-missing', `there is no history in ${stateDir}`, {
      remedy: 'name the daemon’s --state-dir',
      exitCode: 2,
    });
  }
  try {
    refuseNewer(path);
    return new Reader(path);
  } catch (cause) {
    if (cause instanceof WeirError) throw cause;
    throw unreadable(path, cause);
  }
}

/** What `use` finds in a history, which is closed afterwards. @throws what `openReader` and `use` throw */
export function withReader<T>(stateDir: string, use: (reader: Reader) => T): T {
  const reader = openReader(stateDir);
  try {
    return use(reader);
  } finally {
    reader.close();
  }
}

export function unreadable(path: string, cause: unknown): WeirError {
  return new WeirError('history-unreadable', `${path} cannot be read: ${messageOf(cause)}`, {
    remedy: 'run it as the user of the daemon; if the file is broken, the daemon sets it aside at its next start',
    cause,
  });
}
