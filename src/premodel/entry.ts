import { mean } from '../cascade/statistics.ts';
import { type Borders, binOf } from './binning.ts';
import { growTreeByHistogram } from './histogram-tree.ts';
import { askTree, growTree, type Tree, type TreeOptions } from './tree.ts';

/** For one rung: how likely it is right, from image features alone. */
export interface EntryFit {
  /** Asks features themselves, not their bins. */
  readonly tree: Tree;
  readonly options: TreeOptions;
  /** The same for every sample, from trees that were grown without its fold. */
  readonly outOfFold: Float64Array;
  /** Mean log-loss of that, and of the base rate alone. */
  readonly logLoss: number;
  readonly baseLogLoss: number;
}

const DEPTHS = [1, 2, 3, 4, 5];
const LEAF_SIZES = [25, 50, 100];

/**
 * Grows a tree for one rung. Depth and leaf size are those of the least out-of-fold log-loss; trees of the folds are grown by
 * histogram, the final one by ml-cart.
 *
 * @param bins of the chosen image features, `[samples][features]`
 * @param right 1 where the rung is right
 */
export function fitEntry(
  bins: readonly (readonly number[])[],
  borders: readonly Borders[],
  right: Uint8Array,
  folds: Uint8Array,
  foldCount: number,
): EntryFit {
  let best: { options: TreeOptions; outOfFold: Float64Array; logLoss: number } | null = null;
  for (const depth of DEPTHS) {
    for (const leafSize of LEAF_SIZES) {
      const options = { depth, leafSize };
      const outOfFold = crossPredict(bins, right, folds, foldCount, options);
      const logLoss = meanLogLoss(outOfFold, right);
      if (best === null || logLoss < best.logLoss - 1e-6) best = { options, outOfFold, logLoss };
    }
  }
  const { options, outOfFold, logLoss } = best as NonNullable<typeof best>;
  const base = mean(right);
  const baseLogLoss = meanLogLoss(new Float64Array(right.length).fill(base), right);
  const tree = unbin(growTree(bins, [...right], options), borders);
  return { tree, options, outOfFold, logLoss, baseLogLoss };
}

/** Where too few samples teach nothing: a rung of which nobody knows anything, so that the thresholds alone say where to enter. */
export function unfitEntry(right: Uint8Array): EntryFit {
  const outOfFold = new Float64Array(right.length);
  const logLoss = meanLogLoss(outOfFold, right);
  const baseLogLoss = meanLogLoss(new Float64Array(right.length).fill(mean(right)), right);
  return { tree: { probability: 0 }, options: { depth: 0, leafSize: right.length }, outOfFold, logLoss, baseLogLoss };
}

/** Probabilities for every sample from trees that were grown without its fold. */
export function crossPredict(
  bins: readonly (readonly number[])[],
  right: ArrayLike<number>,
  folds: Uint8Array,
  foldCount: number,
  options: TreeOptions,
): Float64Array {
  const predicted = new Float64Array(folds.length);
  for (let fold = 0; fold < foldCount; fold++) {
    const rows = [...folds.keys()].filter((i) => folds[i] !== fold);
    const tree = growTreeByHistogram(
      rows.map((i) => bins[i] ?? []),
      rows.map((i) => right[i] ?? 0),
      options,
    );
    for (const [i, own] of folds.entries()) if (own === fold) predicted[i] = askTree(tree, bins[i] ?? []);
  }
  return predicted;
}

export function meanLogLoss(predicted: ArrayLike<number>, right: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < predicted.length; i++) {
    const p = Math.min(Math.max(predicted[i] ?? 0, 1e-6), 1 - 1e-6);
    sum -= Math.log(right[i] === 1 ? p : 1 - p);
  }
  return sum / predicted.length;
}

/** A tree over bins as one over the features themselves: the border above the highest bin on the left parts them. */
function unbin(tree: Tree, borders: readonly Borders[]): Tree {
  if ('probability' in tree) return tree;
  const highestLeft = Math.ceil(tree.below) - 1;
  const below = borders[tree.feature]?.[highestLeft];
  const [left, right] = [unbin(tree.left, borders), unbin(tree.right, borders)];
  return below === undefined ? left : { feature: tree.feature, below, left, right };
}

/** The bins of chosen columns of a feature table, and their borders. */
export function binFeatures(features: Float64Array, columns: number, borders: readonly Borders[]): number[][] {
  return Array.from({ length: features.length / columns }, (_, i) =>
    borders.map((own, j) => binOf(features[i * columns + j] ?? 0, own)),
  );
}
