/** What tells which samples belong together. */
export interface Kin {
  /** Sha256 of the picture. */
  readonly key: string;
  readonly group: string;
}

/**
 * Joins groups that hold the same picture: two copies under different names must not stand on both sides of a split either.
 *
 * @returns the name of each sample's joined group, whatever the order of the samples: the first of its groups' names
 */
export function joinedGroups(samples: readonly Kin[]): string[] {
  const leads = new Map<string, string>();
  const leadOf = (group: string): string => {
    let at = group;
    for (let next = leads.get(at); next !== undefined; next = leads.get(at)) at = next;
    return at;
  };
  const firstWith = new Map<string, string>();
  for (const { key, group } of samples) {
    const other = firstWith.get(key);
    if (other === undefined) {
      firstWith.set(key, group);
      continue;
    }
    const [a, b] = [leadOf(group), leadOf(other)];
    if (a !== b) leads.set(a < b ? b : a, a < b ? a : b);
  }
  return samples.map(({ group }) => leadOf(group));
}

/** Groups by number, from 0, in the order in which they first stand there. */
export function numbered(groups: readonly string[]): Int32Array {
  const numbers = new Map<string, number>();
  return Int32Array.from(groups, (group) => {
    const number = numbers.get(group) ?? numbers.size;
    numbers.set(group, number);
    return number;
  });
}

/**
 * What folds must keep in proportion: the conditions of a sample's group, and how many rungs are right on it, on average. Strata of
 * near difficulty are neighbours when sorted.
 *
 * @param rightCounts how many rungs are right on each sample
 */
export function strataOf(
  groups: readonly string[],
  conditions: readonly string[],
  rightCounts: ArrayLike<number>,
): string[] {
  const members = new Map<string, { conditions: Set<string>; right: number; count: number }>();
  for (const [i, group] of groups.entries()) {
    const entry = members.get(group) ?? { conditions: new Set(), right: 0, count: 0 };
    entry.conditions.add(conditions[i] ?? '');
    entry.right += rightCounts[i] ?? 0;
    entry.count++;
    members.set(group, entry);
  }
  return groups.map((group) => {
    const entry = members.get(group);
    if (entry === undefined) return '';
    const level = Math.round(entry.right / entry.count);
    return `${[...entry.conditions].sort().join()}/${String(level).padStart(4, '0')}`;
  });
}
