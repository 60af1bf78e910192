import type { Problem } from '../artifact/problems.ts';
import { WeirError } from '../errors.ts';
import { ladderPath, readLadder } from '../infer/ladder.ts';
import { SHIPPED_LADDER } from '../types.ts';
import { plainName } from '../words.ts';
import { groupBookOf } from './group-names.ts';

/**
 * All names of groups and labels in a configuration that its ladder does not know, each with its place: settling the cameras tells the
 * first alone. What else is wrong with the configuration, or with its ladder, is not told here.
 *
 * @param data as it was written; anything
 * @param absolute makes the path of a ladder one
 */
export async function unknownNames(data: unknown, absolute: (path: string) => string): Promise<Problem[]> {
  const given = record(data);
  const ladder =
    typeof given.ladder === 'string' && given.ladder !== SHIPPED_LADDER ? absolute(given.ladder) : SHIPPED_LADDER;
  const book = await readLadder(ladderPath(ladder))
    .then(({ labels }) => groupBookOf({ ladder, groups: {} }, labels))
    .catch(() => null);
  if (book === null) return [];
  const own = new Set(Object.keys(record(given.groups)).map(plainName));
  const look = (list: unknown, path: Problem['path'], known: (name: string) => unknown): Problem[] =>
    texts(list).flatMap(([name, at]) => {
      const text = name.replace(/^not:\s*/i, '');
      const problem = own.has(plainName(text)) ? null : problemOf(() => known(text));
      return problem === null ? [] : [{ path: [...path, at], message: problem }];
    });
  const wishes = (entry: unknown, path: Problem['path']): Problem[] => [
    ...look(record(entry).groups, [...path, 'groups'], (name) => book.require(name)),
    ...['only', 'ignore'].flatMap((key) => look(record(entry)[key], [...path, key], (name) => book.membersOf(name))),
  ];
  return [
    ...Object.entries(record(given.groups)).flatMap(([name, list]) =>
      look(list, ['groups', name], (entry) => book.membersOf(entry)),
    ),
    ...items(given.cameras).flatMap((camera, at) => [
      ...wishes(camera, ['cameras', at]),
      ...items(record(camera).regions).flatMap((region, index) => wishes(region, ['cameras', at, 'regions', index])),
    ]),
  ];
}

function problemOf(work: () => unknown): string | null {
  try {
    work();
    return null;
  } catch (error) {
    if (error instanceof WeirError) return error.message;
    throw error;
  }
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  return value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}

function items(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function texts(value: unknown): (readonly [string, number])[] {
  return items(value).flatMap((item, at) => (typeof item === 'string' ? [[item, at] as const] : []));
}
