import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const FILE = 'line.json';
/** Written so far ahead, so that it is written seldom. */
const AHEAD = 2_000;

const floorSchema = z.strictObject({
  schema: z.literal('weir.line/1'),
  /** What the database had set aside when this was written: one that has set aside less is older. */
  floor: z.int().min(0),
  /** No number above this was sent. */
  ceiling: z.int().min(0),
});

/** How far the line of numbers has come, told beside the database, for when that is lost or an older one is put in its place. */
export class Floor {
  readonly #folder: string;
  #ceiling: number;

  constructor(folder: string) {
    this.#folder = folder;
    this.#ceiling = read(folder)?.ceiling ?? 0;
  }

  /** @param reserved what the database has set aside */
  raise(reserved: number): void {
    if (reserved + AHEAD / 4 >= this.#ceiling) this.settle(reserved);
  }

  /** At the end too, so that a copy made before is known as such. */
  settle(reserved: number): void {
    const ceiling = reserved + AHEAD;
    try {
      const path = join(this.#folder, FILE);
      const text = JSON.stringify({ schema: 'weir.line/1', floor: reserved, ceiling });
      writeFileSync(`${path}.tmp`, text, { mode: 0o600 });
      renameSync(`${path}.tmp`, path);
      this.#ceiling = ceiling;
    } catch {
      // A full disk: tried again with the next batch.
    }
  }
}

/** Behind which number a new epoch may begin, where a database knows of `reserved` numbers. */
export function aboveAllSent(folder: string, reserved: number): number {
  const told = read(folder);
  return told !== null && told.floor > reserved ? told.ceiling : reserved;
}

function read(folder: string): z.infer<typeof floorSchema> | null {
  try {
    return floorSchema.parse(JSON.parse(readFileSync(join(folder, FILE), 'utf8')));
  } catch {
    return null;
  }
}
