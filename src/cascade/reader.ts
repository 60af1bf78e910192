/** What a rung gave for one look at a frame. */
export interface RungOutputs {
  /** `float32 [labels of the ladder]` */
  readonly logits: Float32Array;
  /** `float32 [d]`, as long as this rung's embedding; `null` where none was asked for. */
  readonly embedding: Float32Array | null;
}

/**
 * Turns what a rung gives into logits over a question's own classes: sums of groups of labels, or a head on the embedding. Keeps
 * its buffers; not re-entrant.
 */
export interface AnswerReader {
  /** Whether it reads embeddings: the slots hand them over only where they are wanted. */
  readonly wantsEmbedding: boolean;
  /**
   * @param rung index into the policy's rungs
   * @param into `float32 [classes of the question]`
   */
  read(rung: number, outputs: RungOutputs, into: Float32Array): void;
}
