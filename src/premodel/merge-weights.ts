import { type Compact, mergedLoss } from './compact.ts';
import { subsetsOf } from './subsets.ts';

const FACTORS = [0, 0.5, 0.7, 0.85, 1.2, 1.45, 2];
const ROUNDS = 4;
const LEAST_IMPROVEMENT = 1e-5;

/**
 * The weights with which rungs enter merged answers: those of the least mean cross-entropy over all sets of two to `largest` of
 * the rungs, found by moving one weight at a time. The last rung's is 1; any other may be zero, and then the rung has no say in merged answers.
 */
export function fitMergeWeights(data: Compact, rungs: readonly number[], largest: number): number[] {
  const sets = subsetsOf(rungs, largest).filter((set) => set.length > 1);
  const weights: number[] = [];
  for (const rung of rungs) weights[rung] = 1;
  const loss = () => sets.reduce((sum, set) => sum + mergedLoss(data, set, weights), 0) / Math.max(1, sets.length);
  if (sets.length === 0) return rungs.map(() => 1);
  let best = loss();
  for (let round = 0; round < ROUNDS; round++) {
    const before = best;
    for (const rung of rungs) {
      const current = weights[rung] ?? 1;
      let chosen = current;
      for (const factor of FACTORS) {
        if (factor === 0 && rung === rungs.at(-1)) continue; // the others are told in its weight
        const tried = factor * (current || 1); // from zero there is a way back
        weights[rung] = tried;
        const value = loss();
        if (value >= best - LEAST_IMPROVEMENT) continue;
        best = value;
        chosen = tried;
      }
      weights[rung] = chosen;
    }
    if (before - best < LEAST_IMPROVEMENT) break;
  }
  const last = weights[rungs.at(-1) ?? 0] ?? 1;
  return rungs.map((rung) => Number(((weights[rung] ?? 1) / last).toPrecision(3)));
}
