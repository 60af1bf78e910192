import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { readArtifact } from '../artifact/read.ts';
import type { LabelClass } from '../types.ts';
import { GroupBook, type GroupDefinitions } from './book.ts';
import { hypernymsFile, type Synsets } from './hypernyms.ts';
import { Vocabulary } from './vocabulary.ts';

const HYPERNYMS_FILE = 'hypernyms.json';
const GROUPS_FILE = 'groups.json';

/** `weir.groups/1`: groups that ship with a ladder. */
export const groupsFile = z.strictObject({
  schema: z.literal('weir.groups/1'),
  groups: z.record(z.string().min(1), z.array(z.string().min(1)).min(1)),
});

/** Whose files are read. */
export interface BookSources {
  /** Folder of the ladder in use. */
  readonly folder: string;
  /** Folder of the ladder that ships: its files serve any ladder whose labels have its ids. */
  readonly shippedFolder: string;
}

/**
 * The groups of a ladder: those beside it, or the ones that ship, and a configuration's own.
 *
 * @throws WeirError `hypernyms-invalid`, `groups-invalid`, or what is wrong with an own definition
 */
export async function readGroupBook(
  { folder, shippedFolder }: BookSources,
  labels: readonly LabelClass[],
  own: GroupDefinitions,
): Promise<GroupBook> {
  const beside = await read(folder);
  const shipped = folder === shippedFolder ? beside : await read(shippedFolder);
  const isShipped = shipped.synsets !== null && labels.every(({ id }) => shipped.synsets?.[id] !== undefined);
  const synsets = beside.synsets ?? (isShipped ? shipped.synsets : null);
  const ready = beside.ready ?? (isShipped ? shipped.ready : null) ?? {};
  const book = new GroupBook(new Vocabulary(labels, synsets), ready, own);
  book.check();
  return book;
}

async function read(folder: string): Promise<{ synsets: Synsets | null; ready: GroupDefinitions | null }> {
  const hypernyms = join(folder, HYPERNYMS_FILE);
  const groups = join(folder, GROUPS_FILE);
  return {
    synsets: existsSync(hypernyms)
      ? (await readArtifact(hypernyms, { what: 'hypernyms', schema: hypernymsFile })).synsets
      : null,
    ready: existsSync(groups) ? (await readArtifact(groups, { what: 'groups', schema: groupsFile })).groups : null,
  };
}
