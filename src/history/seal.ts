import { closeSync, fsyncSync, openSync, readFileSync, rmSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const SEAL = 'seal.json';

const sealSchema = z.strictObject({
  schema: z.literal('weir.seal/1'),
  epoch: z.string().min(1).max(64),
  last: z.int().min(0),
  ino: z.string(),
  ctimeNs: z.string(),
});

export interface Sealed {
  readonly epoch: string;
  readonly last: number;
}

function fileMark(path: string): { readonly ino: string; readonly ctimeNs: string } {
  const { ino, ctimeNs } = statSync(path, { bigint: true });
  return { ino: String(ino), ctimeNs: String(ctimeNs) };
}

/** Says that a database was closed in order and not touched since. */
export function writeSeal(folder: string, database: string, { epoch, last }: Sealed): void {
  const seal = { schema: 'weir.seal/1', epoch, last, ...fileMark(database) };
  const file = openSync(join(folder, SEAL), 'w', 0o600);
  writeSync(file, JSON.stringify(seal));
  fsyncSync(file);
  closeSync(file);
  settle(folder);
}

/** What was made or removed in a folder is on the disk only when the folder itself is. */
function settle(folder: string): void {
  const opened = openSync(folder, 'r');
  try {
    fsyncSync(opened);
  } finally {
    closeSync(opened);
  }
}

/**
 * Takes the seal away, for good before this returns: while the database is open it holds no longer, and a power cut must not bring it
 * back.
 *
 * @returns what it says, `null` where there is none or the database is not the file that was closed (a restored backup)
 */
export function breakSeal(folder: string, database: string): Sealed | null {
  const path = join(folder, SEAL);
  try {
    const seal = sealSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
    const mark = fileMark(database);
    return seal.ino === mark.ino && seal.ctimeNs === mark.ctimeNs ? { epoch: seal.epoch, last: seal.last } : null;
  } catch {
    return null;
  } finally {
    rmSync(path, { force: true });
    settle(folder);
  }
}
