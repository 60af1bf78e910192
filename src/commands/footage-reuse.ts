import type { RungTable } from '../dataset/rung-table.ts';
import { smallRaster } from '../features/frame.ts';
import { RASTER_SIZE } from '../heads/zero.ts';
import { Resizer } from '../image/resize.ts';
import { toWorkingSize, workingSizeFor } from '../image/working-size.ts';
import { answersOf } from '../premodel/answers.ts';
import type { Premodel } from '../premodel/artifact.ts';
import { fitReuse } from '../teaching/reuse-fit.ts';
import { scenePairs } from '../teaching/scene-pairs.ts';
import { type Ladder, WHOLE_FRAME } from '../types.ts';

/**
 * A premodel with what its footage showed in order of time: up to which difference of the scene the reference's answer stays. As it
 * was where the samples are no footage, or too few of them lie near each other.
 */
export async function withReuse(premodel: Premodel, table: RungTable, ladder: Ladder): Promise<Premodel> {
  const { samples, rungs, logits } = table;
  if (!samples.some(({ footage }) => footage !== undefined)) return premodel;
  const working = workingSizeFor(ladder.rungs);
  const resizer = new Resizer();
  const look = smallRaster();
  const rasters = new Uint8Array(samples.length * RASTER_SIZE);
  for (const [row, sample] of samples.entries()) {
    const frame = toWorkingSize(await sample.load(), working, resizer);
    rasters.set(look(frame, WHOLE_FRAME).pixels, row * RASTER_SIZE);
  }
  const pairs = scenePairs({
    rasters,
    sources: samples.map(({ footage, condition }) => footage?.run ?? condition),
    seconds: samples.map(({ footage }) => footage?.seconds ?? Number.NaN),
  });
  const referenceAt = rungs.findIndex(({ id }) => id === ladder.reference);
  const answers = answersOf(logits[referenceAt] as Float32Array, samples.length, ladder.labels.length);
  const reuse = fitReuse(pairs, (row, reference) => answers[row] === answers[reference]);
  return reuse === null ? premodel : { ...premodel, reuse };
}
