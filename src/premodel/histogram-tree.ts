import { calibrateLeaves, LEAST_GAIN, type Tree, type TreeOptions } from './tree.ts';

/**
 * Grows the tree that `growTree` grows, for features of few distinct values, in linear time: the counts of both classes per
 * value of a feature tell the gain of every split of it. As ml-cart does, it asks only where two neighbours of different outcome
 * lie side by side once the samples are sorted by a feature, those of equal value in the order in which they came.
 *
 * @param x features of the samples, `[samples][features]`, of few distinct values each
 * @param y 0 or 1
 * @param chosen features that may be asked; all by default
 */
export function growTreeByHistogram(
  x: readonly ArrayLike<number>[],
  y: ArrayLike<number>,
  options: TreeOptions,
  chosen?: readonly number[],
): Tree {
  const features = chosen ?? Array.from({ length: x[0]?.length ?? 0 }, (_, i) => i);
  const rows = Array.from({ length: x.length }, (_, i) => i);
  return calibrateLeaves(grow(x, y, rows, 0, null, options, features), x, y);
}

interface Split {
  readonly feature: number;
  readonly below: number;
  readonly gain: number;
}

function grow(
  x: readonly ArrayLike<number>[],
  y: ArrayLike<number>,
  rows: readonly number[],
  depth: number,
  parentGain: number | null,
  options: TreeOptions,
  features: readonly number[],
): Tree {
  if (rows.length <= options.leafSize || depth >= options.depth) return LEAF;
  const split = bestSplit(x, y, rows, features);
  if (split === null || split.gain <= LEAST_GAIN || split.gain === parentGain) return LEAF;
  const { feature, below, gain } = split;
  const left = rows.filter((row) => (x[row]?.[feature] ?? 0) < below);
  const right = rows.filter((row) => (x[row]?.[feature] ?? 0) >= below);
  return {
    feature,
    below,
    left: grow(x, y, left, depth + 1, gain, options, features),
    right: grow(x, y, right, depth + 1, gain, options, features),
  };
}

const LEAF: Tree = { probability: 0 };
/** Gains closer than this are equal: the order of a sum must not decide. */
const TIE = 1e-12;

function bestSplit(
  x: readonly ArrayLike<number>[],
  y: ArrayLike<number>,
  rows: readonly number[],
  features: readonly number[],
): Split | null {
  let ones = 0;
  for (const row of rows) ones += y[row] ?? 0;
  const impurity = gini(ones, rows.length);
  let best: Split | null = null;
  for (const feature of features) {
    const counts = countValues(x, y, rows, feature);
    let below = 0;
    let onesBelow = 0;
    for (let i = 1; i < counts.length; i++) {
      const [previous, next] = [counts[i - 1] as ValueCount, counts[i] as ValueCount];
      below += previous.count;
      onesBelow += previous.ones;
      const isBetween = previous.last !== next.first;
      if (!isBetween && (next.ones === 0 || next.ones === next.count)) continue;
      const above = rows.length - below;
      const divided = (gini(onesBelow, below) * below + gini(ones - onesBelow, above) * above) / rows.length;
      const gain = impurity - divided;
      if (gain > (best?.gain ?? -Infinity) + TIE) {
        best = { feature, below: isBetween ? (previous.value + next.value) / 2 : next.value, gain };
      }
    }
  }
  return best;
}

/** Samples of equal value. */
interface ValueCount {
  readonly value: number;
  count: number;
  ones: number;
  /** Outcomes of the first and the last of them. */
  readonly first: number;
  last: number;
}

/** By rising value. */
function countValues(
  x: readonly ArrayLike<number>[],
  y: ArrayLike<number>,
  rows: readonly number[],
  feature: number,
): ValueCount[] {
  const counts = new Map<number, ValueCount>();
  for (const row of rows) {
    const value = x[row]?.[feature] ?? 0;
    const outcome = y[row] ?? 0;
    const entry = counts.get(value);
    if (entry === undefined) {
      counts.set(value, { value, count: 1, ones: outcome, first: outcome, last: outcome });
      continue;
    }
    entry.count++;
    entry.ones += outcome;
    entry.last = outcome;
  }
  return [...counts.values()].sort((a, b) => a.value - b.value);
}

/** Gini impurity of `ones` ones among `count`. */
function gini(ones: number, count: number): number {
  const share = ones / count;
  return 1 - share * share - (1 - share) * (1 - share);
}

/** How much each feature's splits decrease the impurity of the samples, summed over a tree and over all samples. */
export function addImportance(
  tree: Tree,
  x: readonly ArrayLike<number>[],
  y: ArrayLike<number>,
  into: Float64Array,
): void {
  const visit = (node: Tree, rows: readonly number[]): void => {
    if ('probability' in node || rows.length === 0) return;
    const left = rows.filter((row) => (x[row]?.[node.feature] ?? 0) < node.below);
    const right = rows.filter((row) => (x[row]?.[node.feature] ?? 0) >= node.below);
    const weighted = (part: readonly number[]) =>
      part.length === 0
        ? 0
        : gini(
            part.reduce((sum, row) => sum + (y[row] ?? 0), 0),
            part.length,
          ) * part.length;
    into[node.feature] =
      (into[node.feature] ?? 0) + (weighted(rows) - weighted(left) - weighted(right)) / Math.max(1, x.length);
    visit(node.left, left);
    visit(node.right, right);
  };
  visit(
    tree,
    Array.from({ length: x.length }, (_, i) => i),
  );
}
