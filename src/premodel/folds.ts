import { seededRandom, shuffle } from '../cascade/random.ts';

/** What a split must keep in proportion, and what it must not tear apart. */
export interface FoldItem {
  readonly stratum: string;
  readonly group: string;
}

/**
 * Assigns each item one of `count` folds: groups stay whole, and each fold gets its share of every stratum. A group counts as
 * of its first item's stratum.
 *
 * @returns `uint8 [items]`
 */
export function stratifiedFolds(items: readonly FoldItem[], count: number, seed: number): Uint8Array {
  const random = seededRandom(seed);
  const strata = new Map<string, string[]>();
  const seen = new Set<string>();
  for (const { stratum, group } of items) {
    if (seen.has(group)) continue;
    seen.add(group);
    const groups = strata.get(stratum);
    if (groups === undefined) strata.set(stratum, [group]);
    else groups.push(group);
  }
  const foldOf = new Map<string, number>();
  let next = 0;
  for (const stratum of [...strata.keys()].sort()) {
    for (const group of shuffle([...(strata.get(stratum) ?? [])].sort(), random)) foldOf.set(group, next++ % count);
  }
  return Uint8Array.from(items, ({ group }) => foldOf.get(group) ?? 0);
}
