import type { AnswerReader, RungOutputs } from '../cascade/reader.ts';
import { type Heads, taughtQuestion, toHead } from './artifact.ts';
import { applyHead, type Head } from './head.ts';

/** Reads rungs' embeddings by a taught question's heads. */
class HeadReader implements AnswerReader {
  readonly wantsEmbedding = true;
  readonly #heads: readonly Head[];

  constructor(heads: readonly Head[]) {
    this.#heads = heads;
  }

  read(rung: number, { embedding }: RungOutputs, into: Float32Array): void {
    const head = this.#heads[rung];
    if (head === undefined || embedding === null) throw new RangeError(`rung ${rung} gave no embedding for its head`);
    applyHead(head, embedding, into);
  }
}

/**
 * A reader of one question's answers.
 *
 * @param rungIds the policy's rungs, in their order; rung zero's embedding is `ZeroEmbedder`'s
 * @throws RangeError for a question or a rung without a head
 */
export function headReader(heads: Heads, questionId: string, rungIds: readonly string[]): AnswerReader {
  const question = taughtQuestion(heads, questionId);
  return new HeadReader(
    rungIds.map((id) => {
      const file = question.heads[id];
      if (file === undefined) throw new RangeError(`question ${questionId} has no head on rung ${id}`);
      return toHead(file);
    }),
  );
}
