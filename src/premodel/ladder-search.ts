import { firstMeeting, meets } from '../cascade/step.ts';
import { type AlgorithmStep, algorithm1 } from './candidates.ts';
import { type Compact, type MergedAnswers, mergeCompact } from './compact.ts';
import { subsetsOf } from './subsets.ts';
import { CutSearch } from './thresholds.ts';

/** What a point of accuracy is weighed against: how much of it one run of the reference may cost. */
const TRADES = [0.002, 0.008, 0.03, 0.06, 0.1, 0.16, 0.22];
/** Longer climbs gain nothing. */
export const LONGEST_CLIMB = 5;
const MOST_RUNGS = 6;
/** A rung more must be worth this much accuracy at an average trade. */
const WORTH_A_RUNG = 0.0003;
const COORDINATE_ROUNDS = 4;

export interface LadderChoice {
  /** Rungs in order of their cost. */
  readonly rungs: readonly number[];
  /** What the seed paper's Algorithm 1 would have taken. */
  readonly algorithm1: readonly AlgorithmStep[];
  /** Mean gain in accuracy over all trades that the search brought to that. */
  readonly gainOverAlgorithm1: number;
}

/**
 * Chooses the ordered subset of rungs. Algorithm 1 covers most samples by some rung, but does not know that a climb pays for all
 * rungs below and that merged answers are better than single ones: from its choice the search goes on, adding, exchanging and
 * leaving out rungs while the best cascades over the subset get better, at several trades of accuracy against time.
 *
 * @param costs of each rung, in runs of the reference
 * @param weights with which rungs enter merged answers
 */
export function chooseLadder(data: Compact, costs: readonly number[], weights: readonly number[]): LadderChoice {
  const search = new ChainSearch(data, costs, weights);
  const order = (rungs: readonly number[]) => [...rungs].sort((a, b) => (costs[a] ?? 0) - (costs[b] ?? 0) || a - b);
  const single = data.logs.map((_, rung) => mergeCompact(data, [rung], weights).right);
  const steps = algorithm1(single, costs);
  const start = order(steps.slice(0, MOST_RUNGS).map(({ rung }) => rung));
  // A second beginning, at the bottom, for a search that ends on the nearest hilltop.
  const ends = [start, order([...costs.keys()]).slice(0, 1)].map((rungs) =>
    improve(search, rungs, costs.length, order),
  );
  const best = ends.reduce((a, b) => (b.value > a.value + 1e-9 ? b : a));
  return { rungs: best.rungs, algorithm1: steps, gainOverAlgorithm1: best.value - search.value(start) };
}

/** Leaves out, exchanges and adds rungs while that makes a subset better. */
function improve(
  search: ChainSearch,
  start: readonly number[],
  candidates: number,
  order: (rungs: readonly number[]) => number[],
): { rungs: readonly number[]; value: number } {
  const all = Array.from({ length: candidates }, (_, rung) => rung);
  let best = { rungs: start, value: search.value(start) };
  for (let isBetter = true; isBetter; ) {
    isBetter = false;
    const { rungs } = best;
    const outside = all.filter((rung) => !rungs.includes(rung));
    const moves = [
      ...(rungs.length > 1 ? rungs.map((left) => rungs.filter((rung) => rung !== left)) : []),
      ...rungs.flatMap((left) => outside.map((fresh) => [...rungs.filter((rung) => rung !== left), fresh])),
      ...(rungs.length < MOST_RUNGS ? outside.map((fresh) => [...rungs, fresh]) : []),
    ];
    for (const move of moves) {
      const ordered = order(move);
      const value = search.value(ordered);
      if (value <= best.value + 1e-6) continue;
      best = { rungs: ordered, value };
      isBetter = true;
    }
  }
  return best;
}

/** Values of subsets, with everything computed once. */
class ChainSearch {
  readonly #data: Compact;
  readonly #costs: readonly number[];
  readonly #weights: readonly number[];
  readonly #merged = new Map<string, MergedAnswers>();
  readonly #chains = new Map<string, readonly number[]>();
  readonly #cut = new CutSearch();

  constructor(data: Compact, costs: readonly number[], weights: readonly number[]) {
    this.#data = data;
    this.#costs = costs;
    this.#weights = weights;
  }

  /** Mean over the trades of what the best climb within a subset is worth, less what its rungs must be worth. */
  value(rungs: readonly number[]): number {
    const best = TRADES.map(() => -Infinity);
    for (const chain of subsetsOf(rungs, LONGEST_CLIMB)) {
      const values = this.#chain(chain);
      for (let t = 0; t < best.length; t++) best[t] = Math.max(best[t] ?? 0, values[t] ?? -Infinity);
    }
    return best.reduce((sum, value) => sum + value, 0) / best.length - WORTH_A_RUNG * rungs.length;
  }

  #chain(chain: readonly number[]): readonly number[] {
    const key = chain.join();
    let values = this.#chains.get(key);
    if (values === undefined) {
      const prefixes = chain.map((_, i) => this.#merge(chain.slice(0, i + 1)));
      values = TRADES.map((trade) => this.#climb(chain, prefixes, trade));
      this.#chains.set(key, values);
    }
    return values;
  }

  #merge(rungs: readonly number[]): MergedAnswers {
    const key = rungs.join();
    let merged = this.#merged.get(key);
    if (merged === undefined) {
      merged = mergeCompact(this.#data, rungs, this.#weights);
      this.#merged.set(key, merged);
    }
    return merged;
  }

  /** Mean worth of climbing a chain with the best thresholds on confidence. */
  #climb(chain: readonly number[], prefixes: readonly MergedAnswers[], trade: number): number {
    const { count } = this.#data;
    const last = chain.length - 1;
    const thresholds = new Float64Array(last).fill(0.6);
    let spent = 0;
    const costs = chain.map((rung) => (spent += trade * (this.#costs[rung] ?? 0)));
    const worth = new Float64Array(count);
    let total = 0;
    for (let round = 0; round < COORDINATE_ROUNDS; round++) {
      const reached = this.#reached(prefixes, thresholds);
      for (let i = 0; i < count; i++) worth[i] = (prefixes[last]?.right[i] ?? 0) - (costs[last] ?? 0);
      for (let k = last - 1; k >= 0; k--) {
        const { right, confidence } = prefixes[k] as MergedAnswers;
        this.#cut.reset();
        for (let i = 0; i < count; i++) {
          if ((reached[i] ?? 0) < k) continue;
          this.#cut.add(confidence[i] ?? 0, (right[i] ?? 0) - (costs[k] ?? 0) - (worth[i] ?? 0));
        }
        thresholds[k] = this.#cut.best();
        for (let i = 0; i < count; i++) {
          if (meets(confidence[i] ?? 0, thresholds[k] ?? 0)) worth[i] = (right[i] ?? 0) - (costs[k] ?? 0);
        }
      }
      const sum = worth.reduce((a, b) => a + b, 0) / count;
      if (Math.abs(sum - total) < 1e-9) break;
      total = sum;
    }
    return total;
  }

  /** The position in the chain that each sample reaches. */
  #reached(prefixes: readonly MergedAnswers[], thresholds: Float64Array): Uint8Array {
    const reached = new Uint8Array(this.#data.count);
    let i = 0;
    const likely = (k: number) => prefixes[k]?.confidence[i] ?? 0;
    for (; i < reached.length; i++) reached[i] = firstMeeting(thresholds, likely);
    return reached;
  }
}
