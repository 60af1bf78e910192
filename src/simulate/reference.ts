import type { AnswerReader } from '../cascade/reader.ts';
import type { LabelClass, Ladder } from '../types.ts';
import type { Trace } from './trace.ts';

/** Reads the rung's own logits. */
const OWN: AnswerReader = {
  wantsEmbedding: false,
  read: (_, { logits }, into) => into.set(logits),
};

/**
 * What the reference says of every frame: ids of classes; `null` where the trace does not know it.
 *
 * @param classes the question's; @param reader of the question, whose only rung is the reference
 */
export function referenceAnswers(
  { rungs, reference, classes: size, frames }: Trace,
  classes: Ladder['labels'],
  reader: AnswerReader = OWN,
): readonly string[] | null {
  const rung = rungs.find(({ id }) => id === reference);
  if (rung === undefined || (reader.wantsEmbedding && rung.embeddingSize === 0)) return null;
  const { logits, embeddings, embeddingSize } = rung;
  const answer = new Float32Array(classes.length);
  return frames.map((_, at) => {
    const embedding = embeddings.subarray(at * embeddingSize, (at + 1) * embeddingSize);
    reader.read(0, { logits: logits.subarray(at * size, (at + 1) * size), embedding }, answer);
    return topOf(answer, classes);
  });
}

function topOf(values: Float32Array, classes: readonly LabelClass[]): string {
  let top = 0;
  for (let k = 1; k < values.length; k++) if ((values[k] ?? 0) > (values[top] ?? 0)) top = k;
  return classes[top]?.id ?? '';
}
