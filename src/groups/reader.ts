import type { AnswerReader, RungOutputs } from '../cascade/reader.ts';

/** A class without any probability still has a logarithm: answers of several rungs are averaged in logarithms. */
const LEAST = 1e-300;

/** In place of a class: the label's probability is taken out, and the rest is made to add up to 1 again. */
export const IGNORED = -1;

/**
 * Sums the calibrated probabilities of the labels of each class, and gives the logarithms of the sums: logits whose softmax at
 * temperature 1 is the distribution over the classes.
 */
export class GroupReader implements AnswerReader {
  readonly wantsEmbedding = false;
  readonly #classOf: Int32Array;
  readonly #temperatures: readonly number[];
  readonly #sums: Float64Array;

  /**
   * @param classOf `int32 [labels]`: index of the class that each label belongs to, or `IGNORED`
   * @param temperatures by index into the policy's rungs: what divides a rung's logits before the softmax
   */
  constructor(classOf: Int32Array, classes: number, temperatures: readonly number[]) {
    this.#classOf = classOf;
    this.#temperatures = temperatures;
    this.#sums = new Float64Array(classes);
  }

  /** Logits that are not finite give classes that are not. */
  read(rung: number, { logits }: RungOutputs, into: Float32Array): void {
    const classOf = this.#classOf;
    const sums = this.#sums;
    const temperature = this.#temperatures[rung] ?? 1;
    let max = -Infinity;
    let finite = 0;
    for (let i = 0; i < classOf.length; i++) {
      const logit = logits[i] ?? 0;
      finite += logit;
      if (logit > max && (classOf[i] ?? IGNORED) !== IGNORED) max = logit;
    }
    if (!Number.isFinite(finite)) {
      into.fill(Number.NaN);
      return;
    }
    sums.fill(0);
    let total = 0;
    for (let i = 0; i < classOf.length; i++) {
      const index = classOf[i] ?? IGNORED;
      if (index === IGNORED) continue;
      const weight = Math.exp(((logits[i] ?? 0) - max) / temperature);
      sums[index] = (sums[index] ?? 0) + weight;
      total += weight;
    }
    const logTotal = Math.log(total);
    for (let i = 0; i < sums.length; i++) into[i] = Math.log(Math.max(sums[i] ?? 0, LEAST)) - logTotal;
  }
}
