import { UNCLEAR } from '../words.ts';
import { type Example, isLabelled } from './example.ts';

/** What people said so far about one question. */
export interface QuestionCensus {
  readonly id: string;
  /** By name. */
  readonly classes: readonly { readonly name: string; readonly examples: number }[];
  /** Said to be unclear. */
  readonly unclear: number;
  readonly unlabelled: number;
}

/** Questions and classes that labels name, by id and name. */
export function questionsOf(examples: readonly Example[]): QuestionCensus[] {
  const counts = new Map<string, Map<string, number>>();
  for (const { labels } of examples) {
    for (const [question, name] of Object.entries(labels)) {
      const classes = counts.get(question) ?? new Map<string, number>();
      counts.set(question, classes);
      classes.set(name, (classes.get(name) ?? 0) + 1);
    }
  }
  return [...counts].sort(byKey).map(([id, names]) => ({
    id,
    classes: [...names]
      .filter(([name]) => name !== UNCLEAR)
      .sort(byKey)
      .map(([name, count]) => ({ name, examples: count })),
    unclear: names.get(UNCLEAR) ?? 0,
    unlabelled: examples.length - [...names.values()].reduce((sum, count) => sum + count, 0),
  }));
}

/** In the order in which a person would label them: unsure ones first, then those drawn by chance, then what has labels; newest first. */
export function inOrderOfUse(examples: readonly Example[]): Example[] {
  const rank = (example: Example) => (isLabelled(example) ? 2 : example.reason === 'unsure' ? 0 : 1);
  return [...examples].sort((a, b) => rank(a) - rank(b) || b.takenAtMs - a.takenAtMs);
}

function byKey([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
