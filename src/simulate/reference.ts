import type { Ladder } from '../types.ts';
import { DEFAULT_QUESTION } from '../words.ts';
import type { ReferenceAnswers } from './tally.ts';
import type { Trace } from './trace.ts';

/** What the reference would say of the ladder's labels, of every frame; nothing where the trace does not know it. */
export function referenceAnswers(
  { rungs, reference, classes, frames }: Trace,
  { labels }: Pick<Ladder, 'labels'>,
): ReferenceAnswers {
  const rung = rungs.find(({ id }) => id === reference);
  if (rung === undefined) return new Map();
  const answers = frames.map((_, at) => {
    const logits = rung.logits.subarray(at * classes, (at + 1) * classes);
    let top = 0;
    for (let k = 1; k < classes; k++) if ((logits[k] ?? 0) > (logits[top] ?? 0)) top = k;
    return labels[top]?.id ?? null;
  });
  return new Map([[DEFAULT_QUESTION, answers]]);
}
