import { existsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { performance } from 'node:perf_hooks';
import { dictionaryOf, textFrom } from './body.ts';
import { Floor } from './floor.ts';
import type { Entry, EpochRange, Limits, Range, ScanAnswer, ScanRequest, StoreStatus } from './protocol.ts';
import { giveBack, Retention, usedBytes } from './retention.ts';
import { firstOf, scan } from './scan.ts';
import type { Span } from './spans.ts';
import type { Spool } from './spool.ts';
import { numberOf, type Sqlite, textOf, type Value } from './sqlite.ts';
import { Writing } from './writing.ts';

/** So many of the last batches are judged by their time. */
const TIMES_KEPT = 100;

/** An open database of kept messages. Every call may throw what SQLite throws. */
export class Store {
  readonly path: string;
  readonly epoch: string;
  readonly spool: Spool;
  readonly #database: Sqlite;
  readonly #writing: Writing;
  readonly #retention: Retention;
  readonly #timesMs: number[] = [];
  readonly #floor: Floor;
  readonly #text: (body: Value | undefined) => string | null;
  #written = 0;

  constructor(path: string, database: Sqlite, epoch: string, limits: Limits, spool: Spool) {
    this.path = path;
    this.epoch = epoch;
    this.spool = spool;
    this.#database = database;
    this.#retention = new Retention(limits);
    const dictionary = dictionaryOf(database);
    this.#text = textFrom(dictionary);
    this.#floor = new Floor(dirname(path));
    this.#writing = new Writing(database, epoch, dictionary);
  }

  /** Newest on the disk. */
  get committed(): number {
    return this.#writing.last;
  }

  get last(): number {
    return Math.max(this.committed, this.spool.entries.at(-1)?.seq ?? 0, this.spool.lost.at(-1)?.last ?? 0);
  }

  take(entries: readonly Entry[], dropped: readonly Range[]): void {
    for (const range of dropped) this.spool.lose(range);
    // What is on the disk already was sent again because a thread died: it neither waits nor can it be lost.
    this.spool.push(entries.filter(({ seq }) => seq > this.committed));
  }

  /** Writes all that waits, in one transaction: all of it or none. */
  flush(): void {
    const { entries, lost } = this.spool;
    if (entries.length === 0 && lost.length === 0) return;
    const beganMs = performance.now();
    this.#writing.write(entries, lost);
    this.#written += entries.length;
    this.spool.written(entries.length);
    this.#floor.raise(this.#writing.reserved);
    this.#timesMs.push(performance.now() - beganMs);
    if (this.#timesMs.length > TIMES_KEPT) this.#timesMs.shift();
  }

  /** One small step of what keeps the store within its bounds. */
  tidy(unixMs: number, monotonicMs: number): void {
    const spans = this.#spans();
    const count = this.#retention.due(spans, usedBytes(this.#database), unixMs, monotonicMs);
    const end = spans[count - 1];
    if (count > 0 && end !== undefined) this.#writing.forget(end.last);
    giveBack(this.#database);
  }

  scan(request: ScanRequest): ScanAnswer {
    const { entries, lost } = this.spool;
    return scan(
      {
        database: this.#database,
        first: this.#first(),
        last: this.last,
        committed: this.committed,
        waiting: entries,
        lost,
        text: this.#text,
      },
      request,
    );
  }

  status(failure: string | null, quarantined: readonly string[]): StoreStatus {
    const times = [...this.#timesMs].sort((a, b) => a - b);
    return {
      state: failure === null ? 'ok' : 'failing',
      reason: failure ?? '',
      first: this.#first(),
      last: this.committed,
      bytes: ['', '-wal'].reduce((sum, part) => sum + sizeOf(this.path + part), 0),
      written: this.#written,
      dropped: this.spool.dropped,
      waitingBytes: this.spool.bytes,
      batchP95Ms: times[Math.floor(times.length * 0.95)] ?? 0,
      epochs: this.#epochs(),
      quarantined,
    };
  }

  /** Everything into the one file, which is then closed. */
  close(): void {
    this.#floor.settle(this.#writing.reserved);
    this.#database.prepare('PRAGMA wal_checkpoint(TRUNCATE)').all();
    this.#database.close();
  }

  /** Lets go of a database that is not sound. */
  abandon(): void {
    this.#database.close();
  }

  #first(): number {
    const first = firstOf(this.#database);
    if (first !== null) return first;
    return this.spool.entries[0]?.seq ?? this.last + 1;
  }

  #spans(): Span[] {
    return this.#database
      .prepare('SELECT * FROM spans ORDER BY first')
      .all()
      .map((row) => ({
        first: numberOf(row, 'first'),
        last: numberOf(row, 'last'),
        atMin: numberOf(row, 'atMin'),
        atMax: numberOf(row, 'atMax'),
        messages: numberOf(row, 'messages'),
      }));
  }

  #epochs(): EpochRange[] {
    return this.#database
      .prepare('SELECT epoch, first, last FROM epochs ORDER BY id')
      .all()
      .map((row) => ({ epoch: textOf(row, 'epoch'), first: numberOf(row, 'first'), last: numberOf(row, 'last') }));
  }
}

function sizeOf(path: string): number {
  return existsSync(path) ? statSync(path).size : 0;
}
