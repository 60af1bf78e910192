import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Column } from '../../src/dataset/column.ts';
import { temporaryFolder } from '../support/clips.ts';
import { ROOT } from '../support/daemon.ts';
import { waitFor } from '../support/processes.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let path: string;
beforeEach(async () => {
  folder = await temporaryFolder();
  path = join(folder.path, 'deep/down/a.column');
});
afterEach(() => folder.remove());

const BYTES = 16;
const HEADER = 512;
const RECORD = 32 + BYTES;
const key = (n: number) => n.toString(16).padStart(64, '0');
const values = (n: number) => new Uint8Array(BYTES).fill(n % 256);

function filled(count: number, what = 'test'): Column {
  const column = new Column(path, what, BYTES);
  for (let n = column.size; n < count; n++) column.append(key(n), values(n));
  return column;
}

function expectWhole(column: Column): void {
  const into = new Uint8Array(BYTES);
  for (let n = 0; n < column.size; n++) {
    expect(column.read(key(n), into)).toBe(true);
    expect(into).toEqual(values(n));
  }
}

/** Appends records `0`, `1` … for ever or `count` times, in a process of its own. */
const WRITER = `const { Column } = await import('./dist/src/dataset/column.js');
  const [path, count] = process.argv.slice(1);
  const column = new Column(path, 'test', ${BYTES});
  try {
    for (let n = column.size; n < Number(count); n++)
      column.append(n.toString(16).padStart(64, '0'), new Uint8Array(${BYTES}).fill(n % 256));
  } catch ({ code, remedy, message }) { console.log(JSON.stringify({ code, remedy, message, size: column.size })); }`;

test('a record that was changed behind its back is an error, not an answer', async () => {
  const column = filled(3);
  const bytes = await readFile(path);
  bytes[HEADER + RECORD] = 77; // of the second record's key
  await writeFile(path, bytes);
  const into = new Uint8Array(BYTES);
  expect(column.read(key(2), into)).toBe(true);
  expect(() => column.read(key(1), into)).toThrow(/not where it was written/);
  await truncate(path, HEADER + 2 * RECORD + 5);
  expect(() => column.read(key(2), into)).toThrow(/not where it was written/);
  column.close();
});

test('keeps what was appended, and finds it again', () => {
  const column = filled(5);
  expect(column.has(key(4))).toBe(true);
  expect(column.has(key(5))).toBe(false);
  expect(column.read(key(5), new Uint8Array(BYTES))).toBe(false);
  column.close();
  const again = filled(7);
  expect(again.size).toBe(7);
  expectWhole(again);
  again.close();
});

test('a record that was cut off is taken away, and its place used again', async () => {
  filled(3).close();
  await truncate(path, HEADER + 3 * RECORD - 1);
  const column = new Column(path, 'test', BYTES);
  expect(column.size).toBe(2);
  expect((await stat(path)).size).toBe(HEADER + 2 * RECORD);
  column.append(key(2), values(2));
  expectWhole(column);
  column.close();
});

test.each([0, 1, HEADER - 1])('a file of %i bytes, cut off within its header, is begun anew', async (bytes) => {
  filled(3).close();
  await truncate(path, bytes);
  const column = filled(2);
  expect(column.size).toBe(2);
  column.close();
  const again = new Column(path, 'test', BYTES);
  expectWhole(again);
  again.close();
});

test('a file of something else is refused and not touched', async () => {
  filled(3).close();
  expect(() => new Column(path, 'other', BYTES)).toThrow(expect.objectContaining({ code: 'cache-foreign' }));
  expect(() => new Column(path, 'test', BYTES + 8)).toThrow(expect.objectContaining({ code: 'cache-foreign' }));
  await writeFile(path, 'my diary');
  expect(() => new Column(path, 'test', BYTES)).toThrow(expect.objectContaining({ code: 'cache-foreign' }));
  expect(await readFile(path, 'utf8')).toBe('my diary');
});

test('two that append to one file do not mix their records up', () => {
  const [one, other] = [filled(2), filled(2)];
  for (let n = 2; n < 8; n++) (n % 2 === 0 ? one : other).append(key(n), values(n));
  const into = new Uint8Array(BYTES);
  for (const n of [2, 4, 6]) {
    one.read(key(n), into);
    expect(into).toEqual(values(n));
  }
  one.close();
  other.close();
  const both = new Column(path, 'test', BYTES);
  expect(both.size).toBe(8);
  expectWhole(both);
  both.close();
});

test('a process that is killed while it appends loses at most the record in hand', async () => {
  const writer = spawn(process.execPath, ['--input-type=module', '-e', WRITER, path, '1e9'], { cwd: ROOT });
  const closed = once(writer, 'close');
  await waitFor(
    () =>
      stat(path).then(
        ({ size }) => size > 500 * RECORD,
        () => false,
      ),
    'some records',
  );
  process.kill(writer.pid ?? 0, 'SIGKILL');
  await closed;
  const { size } = await stat(path);
  const column = new Column(path, 'test', BYTES);
  expect(column.size).toBe(Math.floor((size - HEADER) / RECORD));
  expect(column.size).toBeGreaterThan(400);
  expectWhole(column);
  column.close();
});

test('where no more fits, the error says what to do, and what is there is kept', async () => {
  filled(12).close(); // 1,088 bytes
  const limited = `ulimit -f 3; exec "$0" "$@"`; // 1,536 bytes, or 3,072 where the shell counts in 1,024
  const { stdout } = await promisify(execFile)(
    '/bin/sh',
    ['-c', limited, process.execPath, '--input-type=module', '-e', WRITER, path, '1000'],
    { cwd: ROOT },
  );
  const error = JSON.parse(stdout);
  expect(error).toMatchObject({ code: 'cache-failed', remedy: expect.stringContaining('free space') });
  expect(error.message).toContain(path);
  const column = new Column(path, 'test', BYTES);
  expect(column.size).toBe(error.size);
  expect(column.size).toBeGreaterThanOrEqual(12);
  expect((await stat(path)).size).toBe(HEADER + column.size * RECORD);
  expectWhole(column);
  column.close();
});

test('a file that cannot be written is told', async () => {
  expect(() => new Column('/dev/full', 'test', BYTES)).toThrow(expect.objectContaining({ code: 'cache-failed' }));
  await writeFile(join(folder.path, 'file'), '');
  expect(() => new Column(join(folder.path, 'file/a.column'), 'test', BYTES)).toThrow(
    expect.objectContaining({ code: 'cache-failed', remedy: expect.stringContaining('--cache') }),
  );
});
