import { pack } from './body.ts';
import type { Entry, Range } from './protocol.ts';
import { extended, type Span, takes } from './spans.ts';
import { numberOf, type Sqlite } from './sqlite.ts';

/** At least so many numbers are set aside for what is sent but not written yet. */
export const RESERVED = 256;

/** Earlier epochs than so many are forgotten: one that ends without a word every few seconds must not fill the table. */
const MOST_EPOCHS = 200;

/** What is added to a database and taken out of it, a transaction a call. */
export class Writing {
  readonly #database: Sqlite;
  readonly #epoch: string;
  readonly #dictionary: Uint8Array;
  readonly #names = new Map<string, number>();
  #span: Span | null;
  #last: number;
  #reserved: number;

  constructor(database: Sqlite, epoch: string, dictionary: Uint8Array) {
    this.#database = database;
    this.#epoch = epoch;
    this.#dictionary = dictionary;
    const line = database.prepare('SELECT last, reserved FROM epochs WHERE epoch = ?').get([epoch]);
    this.#last = numberOf(line, 'last');
    this.#reserved = numberOf(line, 'reserved');
    const row = database.prepare('SELECT * FROM spans ORDER BY first DESC LIMIT 1').get();
    this.#span =
      row === undefined
        ? null
        : {
            first: numberOf(row, 'first'),
            last: numberOf(row, 'last'),
            atMin: numberOf(row, 'atMin'),
            atMax: numberOf(row, 'atMax'),
            messages: numberOf(row, 'messages'),
          };
  }

  /** Newest number that is committed, or known to be lost. */
  get last(): number {
    return this.#last;
  }

  /** Where the next epoch begins if this one ends without a word. */
  get reserved(): number {
    return this.#reserved;
  }

  /** What is on the disk already (sent again after the thread died) is left as it is. */
  write(given: readonly Entry[], lost: readonly Range[]): void {
    const entries = given.filter(({ seq }) => seq > this.#last);
    let span = this.#span;
    const last = Math.max(this.#last, entries.at(-1)?.seq ?? 0, lost.at(-1)?.last ?? 0);
    const reserved = Math.max(this.#reserved, last + Math.max(RESERVED, 4 * entries.length));
    try {
      this.#database.transaction(() => {
        const add = this.#database.prepare('INSERT OR REPLACE INTO messages VALUES (?, ?, ?, ?, ?, ?, ?)');
        for (const { seq, at, type, camera, question, changed, text } of entries) {
          const body = pack(text, this.#dictionary);
          const ids = [this.#id(camera), question === '' ? 0 : this.#id(question)] as const;
          add.run([seq, Math.round(at), type, ...ids, changed ? 1 : 0, body]);
          if (span !== null && takes(span, seq, at)) span = extended(span, seq, Math.round(at));
          else {
            if (span !== null) this.#keep(span);
            span = { first: seq, last: seq, atMin: Math.round(at), atMax: Math.round(at), messages: 1 };
          }
        }
        if (span !== null) this.#keep(span);
        const hole = this.#database.prepare("INSERT OR REPLACE INTO holes VALUES (?, ?, 'expired')");
        for (const range of lost) hole.run([range.first, range.last]);
        this.#database
          .prepare('UPDATE epochs SET last = ?, reserved = ? WHERE epoch = ?')
          .run([last, reserved, this.#epoch]);
      });
    } catch (error) {
      this.#names.clear(); // some may have been rolled back
      throw error;
    }
    this.#span = span;
    this.#last = last;
    this.#reserved = reserved;
  }

  /** Takes everything up to a number out. */
  forget(until: number): void {
    this.#database.transaction(() => {
      for (const table of ['spans', 'holes']) {
        this.#database.prepare(`DELETE FROM ${table} WHERE last <= ?`).run([until]);
      }
      this.#database.prepare('DELETE FROM messages WHERE seq <= ?').run([until]);
      forgetEpochs(this.#database);
    });
    if (this.#span !== null && this.#span.last <= until) this.#span = null;
  }

  #keep({ first, last, atMin, atMax, messages }: Span): void {
    this.#database
      .prepare('INSERT OR REPLACE INTO spans VALUES (?, ?, ?, ?, ?)')
      .run([first, last, atMin, atMax, messages]);
  }

  #id(name: string): number {
    const known = this.#names.get(name);
    if (known !== undefined) return known;
    this.#database.prepare('INSERT OR IGNORE INTO names (name) VALUES (?)').run([name]);
    const id = numberOf(this.#database.prepare('SELECT id FROM names WHERE name = ?').get([name]), 'id');
    this.#names.set(name, id);
    return id;
  }
}

/** Takes out the epochs of which nothing is kept, but for the newest one, and all but the newest 200. */
export function forgetEpochs(database: Sqlite): void {
  const newest = 'SELECT max(id) FROM epochs';
  database
    .prepare(
      `DELETE FROM epochs WHERE id < (${newest}) AND (last < (SELECT min(first) FROM spans) OR id <= (${newest}) - ?)`,
    )
    .run([MOST_EPOCHS]);
}
