import { seededRandom, shuffle } from '../cascade/random.ts';
import { FEATURE_GROUPS, FEATURES } from '../features/catalogue.ts';
import { quantileBorders } from './binning.ts';
import { binFeatures } from './entry.ts';
import { addImportance, growTreeByHistogram } from './histogram-tree.ts';
import { spreadOf } from './statistics.ts';
import { subsetsOf } from './subsets.ts';

/** As in the seed paper: of a pair that correlates more than this, one goes. */
const MOST_CORRELATED = 0.75;
/** As in the seed paper: about so many stay. */
export const CHOSEN_FEATURES = 7;
/** A tenth of a millisecond must bring a fiftieth of all importance. */
const PRICE_PER_MS = 0.2;
const TREES = 24;
const TREE = { depth: 5, leafSize: 30 };

export interface FeatureChoice {
  /** Columns that stay, by falling importance. */
  readonly chosen: readonly number[];
  /** By column: share of all decrease in impurity; 0 for what correlation took away. */
  readonly importance: readonly number[];
  readonly dropped: readonly { readonly column: number; readonly because: number; readonly correlation: number }[];
}

/** Features that are computed together, by their columns, and what that costs. */
export interface ColumnGroup {
  readonly columns: readonly number[];
  readonly costMs: number;
}

/** The groups of the catalogue, by column of the table of outcomes. */
export const CATALOGUE_GROUPS: readonly ColumnGroup[] = FEATURE_GROUPS.map(({ features, costMs }) => ({
  columns: features.map(({ name }) => FEATURES.findIndex((feature) => feature.name === name)),
  costMs,
}));

/** Making the small raster, in the same measure. */
const RASTER_MS = 0.07;

/** Comparing it with that of the frame that was classified last, in the same measure. */
const DIFFERENCE_MS = 0.02;

/** Of the time of computing all features, what it takes to compute some: the raster and the groups that they belong to. */
export function shareOfLooking(chosen: readonly number[], remembers = false): number {
  const timeOf = (groups: readonly ColumnGroup[]) => groups.reduce((sum, { costMs }) => sum + costMs, RASTER_MS);
  const needed = CATALOGUE_GROUPS.filter(({ columns }) => columns.some((column) => chosen.includes(column)));
  if (chosen.length === 0 && !remembers) return 0;
  return (timeOf(needed) + (remembers ? DIFFERENCE_MS : 0)) / timeOf(CATALOGUE_GROUPS);
}

/** Where nothing can be told of any. */
export const NO_FEATURES: FeatureChoice = { chosen: [], importance: [], dropped: [] };

/**
 * Chooses image features as the seed paper does: first by correlation (of a pair with |Pearson r| > 0.75 the one that tells less
 * of which rungs are right goes), then by importance in a forest of trees on bootstrap samples. A group of features is computed
 * only if what it adds in importance is worth its time.
 *
 * @param features `float64 [samples][columns]`
 * @param right by rung: 1 where it is right
 * @param groups of columns that are computed together
 */
export function chooseFeatures(
  features: Float64Array,
  columns: number,
  right: readonly Uint8Array[],
  seed: number,
  groups: readonly ColumnGroup[],
): FeatureChoice {
  const count = features.length / columns;
  const z = standardised(features, columns);
  const targets = right.map((values) => standardised(Float64Array.from(values), 1));
  const relevance = Array.from({ length: columns }, (_, j) =>
    targets.reduce((sum, target) => sum + Math.abs(product(z, columns, j, target, 1, 0)), 0),
  );
  const order = [...relevance.keys()].sort((a, b) => (relevance[b] ?? 0) - (relevance[a] ?? 0) || a - b);
  const kept: number[] = [];
  const dropped: { column: number; because: number; correlation: number }[] = [];
  for (const column of order) {
    if ((relevance[column] ?? 0) === 0) continue; // constant
    const rival = kept.find((other) => Math.abs(product(z, columns, column, z, columns, other)) > MOST_CORRELATED);
    if (rival === undefined) kept.push(column);
    else dropped.push({ column, because: rival, correlation: product(z, columns, column, z, columns, rival) });
  }
  const importance = forestImportance(features, columns, kept, right, count, seed);
  const ranked = [...kept].sort((a, b) => (importance[b] ?? 0) - (importance[a] ?? 0) || a - b);
  return { chosen: worthTheirTime(ranked, importance, groups), importance, dropped };
}

/** The most important columns of those groups that together are worth most, less the time that they take. */
function worthTheirTime(
  ranked: readonly number[],
  importance: readonly number[],
  groups: readonly ColumnGroup[],
): number[] {
  let best: { chosen: number[]; worth: number } = { chosen: [], worth: 0 };
  for (const set of subsetsOf(groups, groups.length)) {
    const chosen = ranked.filter((column) => set.some(({ columns }) => columns.includes(column)));
    chosen.length = Math.min(chosen.length, CHOSEN_FEATURES);
    const costMs = set.reduce((sum, group) => sum + group.costMs, 0);
    const worth = chosen.reduce((sum, column) => sum + (importance[column] ?? 0), -PRICE_PER_MS * costMs);
    if (worth > best.worth + 1e-9) best = { chosen, worth };
  }
  return best.chosen;
}

function forestImportance(
  features: Float64Array,
  columns: number,
  kept: readonly number[],
  right: readonly Uint8Array[],
  count: number,
  seed: number,
): number[] {
  const random = seededRandom(seed);
  const borders = Array.from({ length: columns }, (_, j) =>
    kept.includes(j) ? quantileBorders(Array.from({ length: count }, (_, i) => features[i * columns + j] ?? 0)) : [],
  );
  const bins = binFeatures(features, columns, borders);
  const importance = new Float64Array(columns);
  const asked = Math.max(1, Math.ceil(kept.length / 3));
  for (let tree = 0; tree < TREES; tree++) {
    const target = right[tree % right.length] as Uint8Array;
    const rows = Array.from({ length: count }, () => Math.floor(random() * count));
    const some = shuffle([...kept], random).slice(0, asked);
    const x = rows.map((i) => bins[i] ?? []);
    const y = rows.map((i) => target[i] ?? 0);
    addImportance(growTreeByHistogram(x, y, TREE, some), x, y, importance);
  }
  const total = importance.reduce((sum, value) => sum + value, 0) || 1;
  return Array.from(importance, (value) => value / total);
}

/** Columns of mean 0 and mean square 1; constant ones are all 0. */
function standardised(values: Float64Array, columns: number): Float64Array {
  const count = values.length / columns;
  const rows = Uint32Array.from({ length: count }, (_, row) => row);
  const out = new Float64Array(values.length);
  for (let j = 0; j < columns; j++) {
    const { mean, deviation } = spreadOf((row) => values[row * columns + j] ?? 0, rows);
    const scale = deviation < 1e-9 ? 0 : 1 / deviation;
    for (let i = 0; i < count; i++) out[i * columns + j] = ((values[i * columns + j] ?? 0) - mean) * scale;
  }
  return out;
}

/** Mean product of two standardised columns: their Pearson correlation. */
function product(a: Float64Array, aColumns: number, i: number, b: Float64Array, bColumns: number, j: number): number {
  const count = a.length / aColumns;
  let sum = 0;
  for (let row = 0; row < count; row++) sum += (a[row * aColumns + i] ?? 0) * (b[row * bColumns + j] ?? 0);
  return sum / count;
}
