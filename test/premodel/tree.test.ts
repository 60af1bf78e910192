import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../src/cascade/random.ts';
import { addImportance, growTreeByHistogram } from '../../src/premodel/histogram-tree.ts';
import { askTree, calibrateLeaves, growTree, type Tree } from '../../src/premodel/tree.ts';
import fc from '../support/property.ts';

/** Binned features of which the first two, together, say how likely a one is. */
function drawn(seed: number, count: number, bins: number) {
  const random = seededRandom(seed);
  const x = Array.from({ length: count }, () => Array.from({ length: 3 }, () => Math.floor(random() * bins)));
  const y = x.map(([a = 0, b = 0]) => (random() < 0.2 + (a > bins / 2 ? 0.3 : 0) + (b > bins / 3 ? 0.2 : 0) ? 1 : 0));
  return { x, y };
}

const depthOf = (node: Tree): number =>
  'probability' in node ? 0 : 1 + Math.max(depthOf(node.left), depthOf(node.right));

/** Rows by the leaf that they reach. */
function leavesOf(tree: Tree, x: readonly (readonly number[])[]): Map<Tree, number[]> {
  const leaves = new Map<Tree, number[]>();
  for (const [row, values] of x.entries()) {
    let node = tree;
    while (!('probability' in node)) node = (values[node.feature] ?? 0) < node.below ? node.left : node.right;
    leaves.set(node, [...(leaves.get(node) ?? []), row]);
  }
  return leaves;
}

const growers = { growTree, growTreeByHistogram };

test('askTree asks below and not below; exactly at the border goes right', () => {
  const tree: Tree = {
    feature: 1,
    below: 5,
    left: { probability: 0.1 },
    right: { feature: 0, below: 2, left: { probability: 0.2 }, right: { probability: 0.3 } },
  };
  expect(askTree(tree, [0, 4.999])).toBe(0.1);
  expect(askTree(tree, [1.999, 5])).toBe(0.2);
  expect(askTree(tree, [2, 5])).toBe(0.3);
});

describe.each(Object.entries(growers))('%s', (_name, grow) => {
  test('finds the question that parts the samples', () => {
    const x = Array.from({ length: 200 }, (_, i) => [i % 7, i % 10]);
    const y = x.map(([, b = 0]) => (b >= 4 ? 1 : 0));
    expect(grow(x, y, { depth: 3, leafSize: 10 })).toEqual({
      feature: 1,
      below: 3.5,
      left: { probability: expect.closeTo((10 * 0.6) / (80 + 10), 6) },
      right: { probability: expect.closeTo((120 + 10 * 0.6) / (120 + 10), 6) },
    });
  });

  test('leaves tell their share of ones, drawn towards the base rate', () => {
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 1, max: 4 }), (seed, depth) => {
        const { x, y } = drawn(seed, 150, 8);
        const tree = grow(x, y, { depth, leafSize: 20 });
        expect(depthOf(tree)).toBeLessThanOrEqual(depth);
        const base = y.reduce<number>((sum, value) => sum + value, 0) / y.length;
        for (const [leaf, rows] of leavesOf(tree, x)) {
          const ones = rows.reduce((sum, row) => sum + (y[row] ?? 0), 0);
          const expected = (ones + 10 * base) / (rows.length + 10);
          expect('probability' in leaf ? leaf.probability : null).toBeCloseTo(expected, 5);
        }
      }),
      { numRuns: 20 },
    );
  });

  test('is one leaf where there is nothing to ask', () => {
    const x = Array.from({ length: 100 }, () => [3, 3]);
    const y = x.map((_, i) => (i % 4 === 0 ? 1 : 0));
    expect(grow(x, y, { depth: 3, leafSize: 10 })).toEqual({ probability: 0.25 });
    expect(grow(x, Array(100).fill(1), { depth: 3, leafSize: 10 })).toEqual({ probability: 1 });
  });
});

describe('growTreeByHistogram', () => {
  test('finds the tree of ml-cart where every value has both outcomes', () => {
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 1, max: 3 }), (seed, depth) => {
        const { x, y } = drawn(seed, 800, 4);
        const options = { depth, leafSize: 300 };
        const [cart, histogram] = [growTree(x, y, options), growTreeByHistogram(x, y, options)];
        for (const row of x) expect(askTree(histogram, row)).toBe(askTree(cart, row));
      }),
      { numRuns: 8 },
    );
  });

  test('finds the tree of ml-cart also where a value has but one outcome', () => {
    const x = Array.from({ length: 40 }, (_, i) => [i < 20 ? 1 : 2]);
    const y = x.map((_, i) => (i === 0 || i >= 19 ? 1 : 0));
    const options = { depth: 2, leafSize: 5 };
    expect(growTree(x, y, options)).toEqual(growTreeByHistogram(x, y, options));
  });

  test('asks the chosen features only', () => {
    const { x, y } = drawn(2, 400, 6);
    const asked = new Set<number>();
    const visit = (node: Tree) => {
      if ('probability' in node) return;
      asked.add(node.feature);
      visit(node.left);
      visit(node.right);
    };
    visit(growTreeByHistogram(x, y, { depth: 4, leafSize: 20 }, [1, 2]));
    expect(asked.has(1)).toBe(true);
    expect(asked.has(0)).toBe(false);
  });
});

test('calibrateLeaves joins leaves that say the same', () => {
  const same: Tree = { feature: 0, below: 5, left: { probability: 0 }, right: { probability: 0 } };
  const x = Array.from({ length: 20 }, (_, i) => [i < 10 ? 0 : 9]);
  const y = x.map((_, i) => (i % 2 === 0 ? 1 : 0));
  expect(calibrateLeaves(same, x, y)).toEqual({ probability: 0.5 });
});

test('calibrateLeaves gives a joined leaf the share of all its samples', () => {
  const parts: Tree = {
    feature: 0,
    below: 5,
    left: { feature: 0, below: 2, left: { probability: 0 }, right: { probability: 0 } },
    right: { probability: 0 },
  };
  const x = Array.from({ length: 60 }, (_, i) => [Math.floor(i / 20) * 3]);
  const y = x.map((_, i) => (i >= 40 || i % 20 === 0 ? 1 : 0));
  const base = 22 / 60;
  expect(calibrateLeaves(parts, x, y)).toEqual({
    feature: 0,
    below: 5,
    left: { probability: expect.closeTo((2 + 10 * base) / (40 + 10), 6) },
    right: { probability: expect.closeTo((20 + 10 * base) / (20 + 10), 6) },
  });
});

test('addImportance sums the decrease of impurity over all samples', () => {
  const x = Array.from({ length: 8 }, (_, i) => [i < 4 ? 0 : 1, i % 2]);
  const y = [0, 0, 0, 0, 1, 1, 1, 0];
  const tree: Tree = {
    feature: 0,
    below: 0.5,
    left: { probability: 0 },
    right: { feature: 1, below: 0.5, left: { probability: 0 }, right: { probability: 0 } },
  };
  const into = new Float64Array(2);
  addImportance(tree, x, y, into);
  const gini = (share: number) => 2 * share * (1 - share);
  expect(into[0]).toBeCloseTo(gini(3 / 8) - 0.5 * gini(3 / 4), 12);
  expect(into[1]).toBeCloseTo(0.5 * gini(3 / 4) - 0.25 * gini(1 / 2), 12);
});
