import { closeSync, constants, fstatSync, ftruncateSync, mkdirSync, openSync, readSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { messageOf, WeirError } from '../errors.ts';

const HEADER_BYTES = 512;
const KEY_BYTES = 32;
const SCHEMA = 'weir.column/1';

/**
 * A file of equally long records by key (a sha256), appended one by one: what is computed once is kept, and a process that is
 * killed loses at most the record in hand. Each record holds `values` doubles or floats. Nobody else may read it: it can show what
 * cameras saw.
 */
export class Column {
  readonly path: string;
  readonly #fd: number;
  readonly #recordBytes: number;
  readonly #rows = new Map<string, number>();
  readonly #record: Buffer;

  /**
   * Opens the file, or makes it. A record that was cut off is taken away.
   *
   * @param what identifies the content; a file of something else is not touched
   * @throws WeirError `cache-foreign` if the file holds something else; `cache-failed` if it cannot be read or written
   */
  constructor(path: string, what: string, valueBytes: number) {
    this.path = path;
    this.#recordBytes = KEY_BYTES + valueBytes;
    this.#record = Buffer.alloc(this.#recordBytes);
    const header = Buffer.alloc(HEADER_BYTES, ' ');
    header.write(`${JSON.stringify({ schema: SCHEMA, what, recordBytes: this.#recordBytes })}`);
    header[HEADER_BYTES - 1] = 10;
    this.#fd = guarded(path, () => {
      mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
      return openSync(path, constants.O_RDWR | constants.O_CREAT | constants.O_APPEND, 0o600);
    });
    guarded(path, () => {
      const { size } = fstatSync(this.#fd);
      if (this.#isCutOff(size, header)) {
        ftruncateSync(this.#fd, 0);
        this.#write(header, 0);
      } else this.#readIndex(size, header);
    });
  }

  get size(): number {
    return this.#rows.size;
  }

  has(key: string): boolean {
    return this.#rows.has(key);
  }

  /** Appends a record. @throws WeirError `cache-failed`, e.g. with a full disk; the file stays as it was */
  append(key: string, values: Uint8Array): void {
    const record = this.#record;
    record.write(key, 0, 'hex');
    record.set(values, KEY_BYTES);
    const row = guarded(this.path, () => {
      const { size } = fstatSync(this.#fd);
      this.#write(record, size);
      return this.#rowOf(record, Math.floor((size - HEADER_BYTES) / this.#recordBytes));
    });
    this.#rows.set(key, row);
  }

  /**
   * Reads the values of a key into an array.
   *
   * @returns whether they are there
   * @throws WeirError `cache-failed` if the file is no longer what it was
   */
  read(key: string, into: Uint8Array): boolean {
    const row = this.#rows.get(key);
    if (row === undefined) return false;
    const record = this.#record;
    const position = HEADER_BYTES + row * this.#recordBytes;
    guarded(this.path, () => {
      const found = readSync(this.#fd, record, 0, record.length, position);
      if (found < record.length || record.toString('hex', 0, KEY_BYTES) !== key) {
        throw new Error('a record is not where it was written; the file was changed meanwhile');
      }
    });
    into.set(record.subarray(KEY_BYTES));
    return true;
  }

  close(): void {
    closeSync(this.#fd);
  }

  /** Writes all of it, or leaves the file at its size. */
  #write(bytes: Buffer, size: number): void {
    const written = writeSync(this.#fd, bytes);
    if (written === bytes.length) return;
    ftruncateSync(this.#fd, size);
    throw new Error(`only ${written} of ${bytes.length} bytes could be written`);
  }

  /** The row of a record that was just appended: another process may have appended before it. */
  #rowOf(record: Buffer, from: number): number {
    const key = Buffer.alloc(KEY_BYTES);
    for (let row = from; ; row++) {
      const found = readSync(this.#fd, key, 0, KEY_BYTES, HEADER_BYTES + row * this.#recordBytes);
      if (found < KEY_BYTES) throw new Error('what was written is not there');
      if (record.compare(key, 0, KEY_BYTES, 0, KEY_BYTES) === 0) return row;
    }
  }

  /** Whether the file ends within its header: its writer was killed at the very start. */
  #isCutOff(size: number, header: Buffer): boolean {
    if (size >= HEADER_BYTES) return false;
    const found = Buffer.alloc(size);
    readSync(this.#fd, found, 0, size, 0);
    return found.equals(header.subarray(0, size));
  }

  #readIndex(size: number, header: Buffer): void {
    const found = Buffer.alloc(HEADER_BYTES);
    readSync(this.#fd, found, 0, HEADER_BYTES, 0);
    if (!found.equals(header)) {
      throw new WeirError('cache-foreign', `${this.path} holds something else than it should`, {
        remedy: 'delete it, or choose another folder with --cache',
      });
    }
    const rows = Math.floor((size - HEADER_BYTES) / this.#recordBytes);
    if (HEADER_BYTES + rows * this.#recordBytes !== size) {
      ftruncateSync(this.#fd, HEADER_BYTES + rows * this.#recordBytes);
    }
    const key = Buffer.alloc(KEY_BYTES);
    for (let row = 0; row < rows; row++) {
      readSync(this.#fd, key, 0, KEY_BYTES, HEADER_BYTES + row * this.#recordBytes);
      this.#rows.set(key.toString('hex'), row);
    }
  }
}

/** Does file work of the cache. @throws WeirError `cache-failed` */
export function guarded<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    if (cause instanceof WeirError) throw cause;
    throw new WeirError('cache-failed', `cannot keep outcomes in ${path}: ${messageOf(cause)}`, {
      remedy: 'check free space and permissions of that folder, or choose another with --cache; what is there is kept',
      cause,
    });
  }
}
