import type { RungTable } from '../dataset/rung-table.ts';
import type { Sample } from '../dataset/sample.ts';
import { smallRaster } from '../features/frame.ts';
import { Resizer } from '../image/resize.ts';
import { toWorkingSize, workingSizeFor } from '../image/working-size.ts';
import { answersOf } from '../premodel/answers.ts';
import type { Premodel } from '../premodel/artifact.ts';
import { fitReuse } from '../teaching/reuse-fit.ts';
import { inOrder, type ScenePair, SourcePairs } from '../teaching/scene-pairs.ts';
import { type Ladder, WHOLE_FRAME } from '../types.ts';

/** What is told of the work, and ends it. */
export interface Told {
  readonly progress: (stage: string, done: number, total: number) => void;
  readonly stop: AbortSignal;
}

/**
 * A premodel with what its footage showed in order of time: up to which difference of the scene the reference's answer stays. As it
 * was where the samples are no footage, or too few of them lie near each other. One frame at a time is in memory.
 *
 * @throws the reason of `stop` when that is aborted
 */
export async function withReuse(
  premodel: Premodel,
  { samples, rungs, logits }: Pick<RungTable, 'samples' | 'rungs' | 'logits'>,
  ladder: Ladder,
  { progress, stop }: Told,
): Promise<Premodel> {
  const sources = samples.map(({ footage }) => footage?.run ?? '');
  const seconds = samples.map(({ footage }) => footage?.seconds ?? Number.NaN);
  const runs = inOrder(sources, seconds);
  const total = runs.reduce((sum, rows) => sum + rows.length, 0);
  if (total === 0) return premodel;
  const working = workingSizeFor(ladder.rungs);
  const resizer = new Resizer();
  const look = smallRaster();
  let done = 0;
  const pairs: ScenePair[] = [];
  for (const rows of runs) {
    const compared = new SourcePairs();
    for (const row of rows) {
      stop.throwIfAborted();
      const sample = samples[row] as Sample;
      const frame = toWorkingSize(await sample.load(), working, resizer);
      compared.take(row, seconds[row] ?? 0, look(frame, WHOLE_FRAME).pixels);
      progress('how scenes differ', ++done, total);
    }
    for (const pair of compared.pairs) pairs.push(pair);
  }
  const referenceAt = rungs.findIndex(({ id }) => id === ladder.reference);
  const answers = answersOf(logits[referenceAt] as Float32Array, samples.length, ladder.labels.length);
  const reuse = fitReuse(pairs, (row, reference) => answers[row] === answers[reference]);
  return reuse === null ? premodel : { ...premodel, reuse };
}
