import { dirname } from 'node:path';
import type { Config } from '../config/schema.ts';
import type { GroupBook } from '../groups/book.ts';
import { readGroupBook } from '../groups/read.ts';
import { ladderPath } from '../infer/ladder.ts';
import { type LabelClass, SHIPPED_LADDER } from '../types.ts';

/** The groups that cameras of a configuration may be asked for. @throws WeirError of their files, or of an own definition */
export function groupBookOf(
  { ladder, groups }: Pick<Config, 'ladder' | 'groups'>,
  labels: readonly LabelClass[],
): Promise<GroupBook> {
  const folders = { folder: dirname(ladderPath(ladder)), shippedFolder: dirname(ladderPath(SHIPPED_LADDER)) };
  return readGroupBook(folders, labels, groups);
}

/** Their names, for advice alone: what is wrong with them is told to whoever is asked for one. */
export async function groupNames(
  config: Pick<Config, 'ladder' | 'groups'>,
  labels: readonly LabelClass[],
): Promise<string[]> {
  return await groupBookOf(config, labels).then(
    ({ names }) => names,
    () => [],
  );
}
