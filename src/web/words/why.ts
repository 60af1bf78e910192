import type { LabelMessage } from '../wire.ts';
import { milliseconds, share } from './numbers.ts';

/** What a sentence about a label needs of it. */
export type Decided = Pick<LabelMessage, 'path' | 'stop' | 'confidence' | 'reusedAgeMs'>;

/** Why an answer came from the rung that it came from: where it began, what it climbed and why, and why it stopped. */
export function whyThisRung({ path, stop, confidence, reusedAgeMs }: Decided): string {
  const age = reusedAgeMs === undefined ? '' : ` from ${milliseconds(reusedAgeMs)} ago`;
  if (stop === 'still') return `Nothing moves, so nothing was run${age === '' ? '' : `; the answer${age} holds`}.`;
  if (stop === 'unchanged') return `The scene is unchanged, so nothing was run; the answer${age} holds.`;
  const [first, ...later] = path;
  if (first === undefined) {
    return stop === 'budget' ? 'There was no time left to look at this frame.' : 'No model had to be run.';
  }
  const last = path[path.length - 1] ?? first;
  const sure = share(confidence ?? last.confidence);
  if (stop === 'fixed') return `${first.rung} alone decides here, without a climb; ${sure} sure.`;
  if (later.length === 0) return `${first.rung} was asked first${ALONE[stop](sure)}.`;
  const climbs = later.map(({ rung }, at) => `${rung} as ${share(path[at]?.confidence)} was too unsure`);
  return `Began at ${first.rung}, climbed to ${climbs.join(', then to ')}; ${AFTER[stop](sure)}.`;
}

type Ending = 'accepted' | 'top' | 'budget';

const ALONE: Readonly<Record<Ending, (sure: string) => string>> = {
  accepted: (sure) => ` and was sure enough at ${sure}`,
  top: (sure) => `, the last rung: its ${sure} stands`,
  budget: (sure) => `; no time for more, so its ${sure} stands`,
};

const AFTER: Readonly<Record<Ending, (sure: string) => string>> = {
  accepted: (sure) => `accepted at ${sure}`,
  top: (sure) => `that is the last rung, so ${sure} stands`,
  budget: (sure) => `no time for more, so ${sure} stands`,
};

/** Time spent on a frame against what it may take. */
export interface BudgetWords {
  /** Share of the budget, 0..1; `null` without a limit. */
  readonly ratio: number | null;
  readonly isOver: boolean;
  readonly text: string;
}

/** `38 ms of 100 ms`, `112 ms of 100 ms, 12 ms over`. */
export function budgetWords(spentMs: number, budgetMs: number | null): BudgetWords {
  if (budgetMs === null) return { ratio: null, isOver: false, text: `${milliseconds(spentMs)}, no limit` };
  const isOver = spentMs > budgetMs;
  const over = isOver ? `, ${milliseconds(spentMs - budgetMs)} over` : '';
  return {
    ratio: budgetMs > 0 ? Math.min(1, spentMs / budgetMs) : 1,
    isOver,
    text: `${milliseconds(spentMs)} of ${milliseconds(budgetMs)}${over}`,
  };
}
