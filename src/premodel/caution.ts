import type { History } from './histories.ts';
import type { FitTable } from './point-search.ts';

/**
 * For a taught camera: hundreds of frames, but of a few moments, on which every rung may be right. Answers come calibrated, and
 * evidence is counted in moments (the groups), not in frames. What moments too few cannot tell is as follows: all rungs of the
 * subset are climbed in their order, and accepted by fixed rules, never more readily than these say.
 */
export interface Caution {
  /** Of the taught frames that the first rung is right on, this share is less sure than what it may accept. */
  readonly unusual: number;
  /** An answer is not asked about again where it is right with this probability, less `price` for the next rung's time. */
  readonly hope: number;
  /** Of a run of the reference, in probability. */
  readonly price: number;
  /** How much an answer counts, by `RECALLED_OUTPUTS`, that was given a moment ago; absent: nothing is remembered. */
  readonly recalled?: readonly number[];
}

/** Least threshold with which a rung of a climb may accept, by its position in the climb. */
export type LeastAccept = (rungs: readonly number[], at: number) => number;

/**
 * A frame on which the first rung is less sure than on nearly all frames that taught is not like them, whatever its confidence
 * says: it is looked at again. Later rungs see hard frames only, of which no such thing can be told; they accept what a
 * further rung would hardly better, for its price.
 *
 * @param costs of each rung, in runs of the reference
 */
export function leastAcceptOf(
  { unusual, hope, price }: Caution,
  costs: readonly number[],
  right: (history: History) => Uint8Array,
  likely: (history: History) => Float64Array,
): LeastAccept {
  const usual = new Map<number, number>();
  return (rungs, at) => {
    const rung = rungs[at] ?? 0;
    const worthwhile = hope - price * (costs[rungs[at + 1] ?? 0] ?? 0);
    if (at > 0) return worthwhile;
    let least = usual.get(rung);
    if (least === undefined) {
      const isRight = right(1 << rung);
      const sorted = likely(1 << rung)
        .filter((_, i) => isRight[i] === 1)
        .sort();
      least = sorted[Math.floor(unusual * sorted.length)] ?? 0;
      usual.set(rung, least);
    }
    return Math.max(worthwhile, least);
  };
}

/** The table with caution, by its own samples. */
export function cautious(table: FitTable, caution: Caution): FitTable {
  const { costs, right, deferral } = table;
  return { ...table, caution, leastAccept: leastAcceptOf(caution, costs, right, deferral) };
}
