import { DecisionTreeClassifier, type Node } from 'ml-cart';

/** A binary decision tree over features, with a probability at each leaf. */
export type Tree =
  | { readonly feature: number; readonly below: number; readonly left: Tree; readonly right: Tree }
  | { readonly probability: number };

export interface TreeOptions {
  /** Number of questions at most from the root to a leaf. */
  readonly depth: number;
  /** A node of so many samples or fewer is not divided. */
  readonly leafSize: number;
}

/** The least decrease of Gini impurity for which a node is divided. */
export const LEAST_GAIN = 1e-4;
/** A leaf counts as if it had so many samples more, of the base rate: small leaves are believed less. */
const PRIOR_SAMPLES = 10;

/** The leaf's probability for features `x`. */
export function askTree(tree: Tree, x: ArrayLike<number>): number {
  let node = tree;
  while (!('probability' in node)) node = (x[node.feature] ?? 0) < node.below ? node.left : node.right;
  return node.probability;
}

/**
 * Grows a CART (Breiman et al. 1984) with ml-cart. Its time grows with the square of the samples: features should be binned
 * (`binFeatures`), and for cross-validation see `growTreeByHistogram`, which finds the same tree.
 *
 * @param x features of the samples, `[samples][features]`
 * @param y 0 or 1
 */
export function growTree(x: readonly (readonly number[])[], y: readonly number[], options: TreeOptions): Tree {
  const classifier = new DecisionTreeClassifier({
    gainFunction: 'gini',
    maxDepth: options.depth,
    minNumSamples: options.leafSize,
    gainThreshold: LEAST_GAIN,
  });
  classifier.train(x, y);
  return calibrateLeaves(fromMlCart(classifier.toJSON().root), x, y);
}

function fromMlCart(node: Node): Tree {
  if (node.left === undefined || node.right === undefined) return { probability: 0 };
  const { splitColumn: feature = 0, splitValue: below = 0 } = node;
  return { feature, below, left: fromMlCart(node.left), right: fromMlCart(node.right) };
}

/** Gives each leaf the share of ones among the samples that reach it, drawn towards the base rate; joins equal leaves. */
export function calibrateLeaves(tree: Tree, x: readonly ArrayLike<number>[], y: ArrayLike<number>): Tree {
  let ones = 0;
  for (let i = 0; i < x.length; i++) ones += y[i] ?? 0;
  const base = x.length === 0 ? 0.5 : ones / x.length;
  const leafOf = (rows: readonly number[]): Tree => {
    let right = 0;
    for (const row of rows) right += y[row] ?? 0;
    return { probability: round((right + PRIOR_SAMPLES * base) / (rows.length + PRIOR_SAMPLES)) };
  };
  const fill = (node: Tree, rows: readonly number[]): Tree => {
    if ('probability' in node) return leafOf(rows);
    const isLeft = (row: number) => (x[row]?.[node.feature] ?? 0) < node.below;
    const left = fill(node.left, rows.filter(isLeft));
    const right = fill(
      node.right,
      rows.filter((row) => !isLeft(row)),
    );
    // A leaf of more samples is drawn less towards the base rate than either of those that it joins.
    if ('probability' in left && 'probability' in right && left.probability === right.probability) return leafOf(rows);
    return { ...node, left, right };
  };
  return fill(
    tree,
    Array.from({ length: x.length }, (_, i) => i),
  );
}

function round(value: number): number {
  return Math.round(value * 1e6) / 1e6;
}
