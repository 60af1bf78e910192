import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { GroupBook, type GroupDefinitions } from '../../src/groups/book.ts';
import type { GroupWish } from '../../src/groups/groups.ts';
import { readGroupBook } from '../../src/groups/read.ts';
import { Vocabulary } from '../../src/groups/vocabulary.ts';
import { readLadder } from '../../src/infer/ladder.ts';
import type { LabelClass } from '../../src/types.ts';

/** Folder of the ladder that ships. */
export const SHIPPED = fileURLToPath(new URL('../../models/imagenet-1k', import.meta.url));

/** The book of the ladder that ships, with groups of one's own. */
export async function shippedBook(own: GroupDefinitions = {}): Promise<GroupBook> {
  const { labels } = await readLadder(join(SHIPPED, 'ladder.json'));
  return await readGroupBook({ folder: SHIPPED, shippedFolder: SHIPPED }, labels, own);
}

/** The book of labels `a`, `b`, … of which nothing else is known. */
export function letterBook(count: number, own: GroupDefinitions): GroupBook {
  return new GroupBook(new Vocabulary(letters(count), null), {}, own);
}

export function letters(count: number): LabelClass[] {
  return Array.from({ length: count }, (_, index) => {
    const name = String.fromCharCode(97 + index);
    return { id: `id-${name}`, name };
  });
}

/** A camera's wish, with what is left out empty. */
export function wish(given: Partial<GroupWish>): GroupWish {
  return { groups: [], only: [], ignore: [], ...given };
}
