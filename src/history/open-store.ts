import { randomUUID } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { aboveAllSent } from './floor.ts';
import type { StoreSetup } from './protocol.ts';
import { quarantine } from './quarantine.ts';
import { MIGRATIONS, migrate, newer, versionOf } from './schema.ts';
import { breakSeal, type Sealed } from './seal.ts';
import { Spool } from './spool.ts';
import { isCorruption, numberOf, openSqlite, type Sqlite, textOf } from './sqlite.ts';
import { Store } from './store.ts';
import { forgetEpochs, RESERVED } from './writing.ts';

export const DATABASE = 'weir.db';

/** What waits for a disk that takes nothing. */
const SPOOL_BYTES = 16_000_000;

/** Of a larger file only the newest messages and the small tables are looked through at the start: a check takes 1 ms of CPU a megabyte, but a memory card that reads 1 GB takes a minute. */
const WHOLE_CHECK_BYTES = 128_000_000;
const PROBED_MESSAGES = 2_000;

export interface Opened {
  readonly store: Store;
  readonly last: number;
  readonly notices: readonly string[];
}

/**
 * Opens the database of a folder, makes it if there is none, sets it aside if it is corrupt.
 *
 * @throws WeirError `history-newer`; anything SQLite says of a disk that takes nothing
 */
export function openStore(setup: StoreSetup, unixMs: number, spool?: Spool): Opened {
  const { folder } = setup;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, DATABASE);
  try {
    return open(path, setup, spool, []);
  } catch (error) {
    if (!isCorruption(error)) throw error;
    const reserved = reservedOf(path);
    const aside = quarantine(path, unixMs);
    const notice = `the history was corrupt and is set aside as ${aside}; a new one begins`;
    return open(path, setup, spool, [notice], reserved);
  }
}

function open(
  path: string,
  setup: StoreSetup,
  spool: Spool | undefined,
  before: readonly string[],
  reserved = 0,
): Opened {
  const isNew = !existsSync(path) || statSync(path).size === 0;
  if (!isNew) refuseNewer(path);
  const sealed = setup.adopt === null ? breakSeal(setup.folder, path) : null;
  const database = openSqlite(path);
  try {
    if (isNew) database.exec('PRAGMA auto_vacuum = INCREMENTAL');
    for (const setting of ['journal_mode = WAL', 'synchronous = NORMAL', 'journal_size_limit = 4194304']) {
      database.prepare(`PRAGMA ${setting}`).all();
    }
    chmodSync(path, 0o600);
    if (!isNew) check(database, statSync(path).size);
    const copy = migrate(database, path);
    const { epoch, last, lost } = begin(database, { sealed, adopt: setup.adopt, folder: setup.folder, reserved });
    const notices =
      copy === null ? before : [...before, `the history's layout was renewed; what was before is ${copy}`];
    return {
      store: new Store(path, database, epoch, setup.limits, spool ?? new Spool(SPOOL_BYTES, lost)),
      last,
      notices,
    };
  } catch (error) {
    database.close();
    throw error;
  }
}

/** @throws WeirError `history-newer` */
export function refuseNewer(path: string): void {
  const database = openSqlite(path, { readOnly: true });
  try {
    const version = versionOf(database);
    if (version > MIGRATIONS.length) throw newer(path, version, MIGRATIONS.length);
  } finally {
    database.close();
  }
}

/** @throws an error that `isCorruption` knows */
function check(database: Sqlite, bytes: number): void {
  if (bytes <= WHOLE_CHECK_BYTES) {
    const word = textOf(database.prepare('PRAGMA quick_check(1)').get(), 'quick_check');
    if (word !== 'ok') throw Object.assign(new Error(word), { code: 'SQLITE_CORRUPT' });
    return;
  }
  for (const table of ['epochs', 'holes', 'spans', 'names']) database.prepare(`SELECT count(*) FROM ${table}`).get();
  database
    .prepare(`SELECT sum(length(body)) FROM (SELECT body FROM messages ORDER BY seq DESC LIMIT ${PROBED_MESSAGES})`)
    .get();
}

/** What a broken file still tells of how far the numbers had come; 0 where it tells nothing. */
export function reservedOf(path: string): number {
  try {
    const database = openSqlite(path, { readOnly: true });
    try {
      return numberOf(database.prepare('SELECT max(reserved) AS reserved FROM epochs').get(), 'reserved');
    } finally {
      database.close();
    }
  } catch {
    return 0;
  }
}

interface Beginning {
  readonly sealed: Sealed | null;
  readonly adopt: StoreSetup['adopt'];
  readonly folder: string;
  /** Numbers that another, broken database had set aside. */
  readonly reserved: number;
}

/** Which epoch goes on or begins, behind which number, and how many messages of it were lost before they were written. */
function begin(database: Sqlite, { sealed, adopt, folder, reserved }: Beginning): Sealed & { readonly lost: number } {
  const row = database.prepare('SELECT * FROM epochs ORDER BY id DESC LIMIT 1').get();
  const newest = { epoch: textOf(row, 'epoch'), last: numberOf(row, 'last'), reserved: numberOf(row, 'reserved') };
  if (sealed !== null && sealed.epoch === newest.epoch && sealed.last === newest.last) return { ...sealed, lost: 0 };
  const sent = Math.max(reserved, newest.last, aboveAllSent(folder, newest.reserved));
  const { epoch, last } = adopt ?? { epoch: randomUUID(), last: sent };
  if (row !== undefined && newest.epoch !== epoch && newest.last > last) {
    // It could not be read when this epoch began: numbers would be used twice.
    throw new Error('numbers that are kept were given anew meanwhile; a restart of Weir puts that in order');
  }
  const isHole = row !== undefined && newest.last < last;
  database.transaction(() => {
    if (isHole) {
      const reason = newest.epoch === epoch ? 'expired' : 'epoch';
      database.prepare('INSERT OR REPLACE INTO holes VALUES (?, ?, ?)').run([newest.last + 1, last, reason]);
    }
    if (newest.epoch === epoch) {
      database
        .prepare('UPDATE epochs SET last = max(last, ?), reserved = max(reserved, ?) WHERE epoch = ?')
        .run([last, last + RESERVED, epoch]);
    } else {
      database
        .prepare('INSERT INTO epochs (epoch, first, last, reserved) VALUES (?, ?, ?, ?)')
        .run([epoch, last + 1, last, last + RESERVED]);
      forgetEpochs(database);
    }
  });
  return { epoch, last, lost: isHole && newest.epoch === epoch ? last - newest.last : 0 };
}
