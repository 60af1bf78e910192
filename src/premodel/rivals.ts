import KNN from 'ml-knn';
import { seededRandom, shuffle } from '../cascade/random.ts';
import { mean } from '../cascade/statistics.ts';
import { type EntryFit, meanLogLoss } from './entry.ts';
import { growTreeByHistogram } from './histogram-tree.ts';
import { fitLogistic, logistic } from './logistic.ts';
import { askTree, type TreeOptions } from './tree.ts';

/** How well a kind of classifier tells from image features whether a rung is right, out of fold, over all rungs but the last. */
export interface Rival {
  readonly name: string;
  /** Mean log-loss; null for one that only says yes or no. */
  readonly logLoss: number | null;
  /** Share of right predictions at a probability of one half. */
  readonly accuracy: number;
  /** Probability that it puts a sample on which the rung is right above one on which it is wrong. */
  readonly auc: number;
  /** Milliseconds per prediction, here. */
  readonly predictMs: number;
}

/** The seed paper's k. */
const NEIGHBOURS = 5;
const FOREST_TREES = 25;

/** Predicts samples of a fold after learning from the rest; by probability. */
type Learner = (train: readonly number[], y: Uint8Array) => (sample: number) => number;

/**
 * The seed paper's premodel (k nearest neighbours), a random forest, a logistic regression and the trees in use, each at the same
 * task on the same folds; nobody where there is nothing to ask or no rung to ask for.
 *
 * @param images chosen image features, `float64 [samples][columns]`
 * @param right by rung of the ordered subset but the last
 * @param trees those in use, of the same rungs
 */
export function compareRivals(
  images: Float64Array,
  columns: number,
  bins: readonly (readonly number[])[],
  right: readonly Uint8Array[],
  folds: Uint8Array,
  foldCount: number,
  trees: readonly Pick<EntryFit, 'options' | 'outOfFold'>[],
  seed: number,
): Rival[] {
  if (columns === 0 || right.length === 0) return [];
  const scaled = minMaxScaled(images, columns);
  const learners: Readonly<Record<string, Learner>> = {
    [`${NEIGHBOURS} nearest neighbours (the seed paper)`]: nearestNeighbours(scaled),
    'random forest': forest(bins, seed),
    'logistic regression': (train, y) => {
      const model = fitLogistic(images, columns, y, train);
      return (i) => logistic(model, images.subarray(i * columns, (i + 1) * columns));
    },
  };
  const rivals = Object.entries(learners).map(([name, learner]) => {
    const predicted = right.map((y) => crossPredictBy(learner, y, folds, foldCount));
    return summarise(
      name,
      predicted.map(({ values }) => values),
      right,
      mean(predicted.map(({ predictMs }) => predictMs)),
      name.includes('nearest'),
    );
  });
  const asked = right.map((y, at) => {
    const tree = growTreeByHistogram(bins, y, trees[at]?.options as TreeOptions);
    const begun = performance.now();
    for (const bin of bins) askTree(tree, bin);
    return (performance.now() - begun) / bins.length;
  });
  return [
    ...rivals,
    summarise(
      'decision trees (in use)',
      trees.map(({ outOfFold }) => outOfFold),
      right,
      mean(asked),
      false,
    ),
  ];
}

function crossPredictBy(learner: Learner, y: Uint8Array, folds: Uint8Array, foldCount: number) {
  const values = new Float64Array(folds.length);
  let spentMs = 0;
  for (let fold = 0; fold < foldCount; fold++) {
    const predict = learner(
      [...folds.keys()].filter((i) => folds[i] !== fold),
      y,
    );
    const begun = performance.now();
    for (const [i, own] of folds.entries()) if (own === fold) values[i] = predict(i);
    spentMs += performance.now() - begun;
  }
  return { values, predictMs: spentMs / folds.length };
}

function nearestNeighbours(x: readonly (readonly number[])[]): Learner {
  return (train, y) => {
    const knn = new KNN(
      train.map((i) => x[i] ?? []),
      train.map((i) => y[i] ?? 0),
      { k: NEIGHBOURS },
    );
    return (i) => knn.predict([x[i] ?? []])[0] ?? 0;
  };
}

/** Trees on bootstrap samples, each asked about half of the features (Breiman 2001, features drawn per tree). */
function forest(bins: readonly (readonly number[])[], seed: number): Learner {
  const columns = bins[0]?.length ?? 0;
  return (train, y) => {
    const random = seededRandom(seed);
    const trees = Array.from({ length: FOREST_TREES }, () => {
      const rows = train.map(() => train[Math.floor(random() * train.length)] ?? 0);
      const features = shuffle(
        Array.from({ length: columns }, (_, j) => j),
        random,
      ).slice(0, Math.ceil(columns / 2));
      return growTreeByHistogram(
        rows.map((i) => bins[i] ?? []),
        rows.map((i) => y[i] ?? 0),
        { depth: 6, leafSize: 20 },
        features,
      );
    });
    return (i) => trees.reduce((sum, tree) => sum + askTree(tree, bins[i] ?? []), 0) / trees.length;
  };
}

function summarise(
  name: string,
  predicted: readonly Float64Array[],
  right: readonly Uint8Array[],
  predictMs: number,
  isBinary: boolean,
): Rival {
  const each = predicted.map((values, at) => {
    const y = right[at] as Uint8Array;
    let hits = 0;
    for (let i = 0; i < y.length; i++) if (((values[i] ?? 0) >= 0.5 ? 1 : 0) === y[i]) hits++;
    return { accuracy: hits / y.length, logLoss: meanLogLoss(values, y), auc: auc(values, y) };
  });
  return {
    name,
    logLoss: isBinary ? null : mean(each.map(({ logLoss }) => logLoss)),
    accuracy: mean(each.map(({ accuracy }) => accuracy)),
    auc: mean(each.map((one) => one.auc)),
    predictMs,
  };
}

/** Area under the ROC curve, by ranks (Mann–Whitney), ties counted half. */
export function auc(predicted: ArrayLike<number>, right: ArrayLike<number>): number {
  const order = Array.from({ length: predicted.length }, (_, i) => i).sort(
    (a, b) => (predicted[a] ?? 0) - (predicted[b] ?? 0),
  );
  let ranks = 0;
  let ones = 0;
  for (let from = 0; from < order.length; ) {
    let to = from;
    while (to < order.length && predicted[order[to] ?? 0] === predicted[order[from] ?? 0]) to++;
    for (let at = from; at < to; at++) {
      if (right[order[at] ?? 0] !== 1) continue;
      ranks += (from + to + 1) / 2;
      ones++;
    }
    from = to;
  }
  const zeros = order.length - ones;
  return ones === 0 || zeros === 0 ? 0.5 : (ranks - (ones * (ones + 1)) / 2) / (ones * zeros);
}

function minMaxScaled(images: Float64Array, columns: number): number[][] {
  const count = images.length / columns;
  const low = Array.from({ length: columns }, () => Infinity);
  const high = Array.from({ length: columns }, () => -Infinity);
  for (let i = 0; i < images.length; i++) {
    const j = i % columns;
    low[j] = Math.min(low[j] ?? 0, images[i] ?? 0);
    high[j] = Math.max(high[j] ?? 0, images[i] ?? 0);
  }
  return Array.from({ length: count }, (_, i) =>
    low.map((least, j) => ((images[i * columns + j] ?? 0) - least) / ((high[j] ?? 0) - least || 1)),
  );
}
