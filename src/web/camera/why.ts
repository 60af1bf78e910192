import { milliseconds, share } from '../charts/numbers.ts';
import { STOPS } from './figures-words.ts';
import type { LabelMessage } from './wire.ts';

/** Why an answer came from the rung that it came from, in a sentence: where it began, what it climbed, why it stopped. */
export function whyThisRung(label: Pick<LabelMessage, 'path' | 'stop' | 'reusedAgeMs'>): string {
  const { path, stop, reusedAgeMs } = label;
  const why = STOPS[stop] ?? stop;
  const [first] = path;
  if (first === undefined) {
    const age = reusedAgeMs === undefined ? '' : `, which is ${milliseconds(reusedAgeMs)} old`;
    return `Nothing was run, for ${why}: the answer before holds${age}.`;
  }
  const steps = path.map(({ rung, confidence }) => (confidence === undefined ? rung : `${rung} (${share(confidence)} sure)`));
  if (path.length === 1) return `Began with ${steps[0]} and stopped there: ${why}.`;
  return `Began with ${steps[0]}, climbed to ${steps.slice(1).join(', then ')} and stopped: ${why}.`;
}
