import { describe, expect, test } from 'vitest';
import { answersOf, everyNth, pickColumns, rightOf } from '../../src/premodel/answers.ts';
import { algorithm1 } from '../../src/premodel/candidates.ts';
import { round } from '../../src/premodel/rounding.ts';
import { subsetsOf } from '../../src/premodel/subsets.ts';
import fc from '../support/property.ts';

const bits = (text: string) => Uint8Array.from(text, Number);

describe('subsetsOf', () => {
  test('lists every set up to the size, each in the order of the items', () => {
    expect(subsetsOf(['a', 'b', 'c'], 2)).toEqual([['a'], ['a', 'b'], ['a', 'c'], ['b'], ['b', 'c'], ['c']]);
  });

  test('lists as many as there are, none twice', () => {
    const choose = (n: number, k: number): number => (k === 0 ? 1 : (choose(n - 1, k - 1) * n) / k);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 8 }), fc.integer({ min: 1, max: 5 }), (n, largest) => {
        const items = Array.from({ length: n }, (_, i) => i);
        const sets = subsetsOf(items, largest);
        const expected = items.reduce((sum, k) => sum + (k + 1 <= largest ? choose(n, k + 1) : 0), 0);
        expect(new Set(sets.map((set) => set.join())).size).toBe(sets.length);
        expect(sets.length).toBeCloseTo(expected, 9);
        for (const set of sets) expect(set).toEqual([...set].sort((a, b) => a - b));
      }),
    );
  });
});

describe('algorithm1', () => {
  test('goes on as the paper does: first the best for its time, then what covers most of the rest', () => {
    // Right:            small 4 of 10 in 1 ms, middle 6 in 2 ms, large 7 in 10 ms, odd 2 in 4 ms.
    const right = [bits('1111000000'), bits('1111110000'), bits('1111100110'), bits('0000000011')];
    // First by images per ms: small (4), middle (3), large (0.7), odd (0.5).
    // Then anew: middle 2, large 3, odd 2: large. Then middle 1 (sample 5), odd 1 (sample 9): the cheaper; then odd.
    expect(algorithm1(right, [1, 2, 10, 4])).toEqual([
      { rung: 0, gain: 0.4 },
      { rung: 2, gain: 0.3 },
      { rung: 1, gain: 0.1 },
      { rung: 3, gain: 0.1 },
    ]);
  });

  test('ends where the next rung would gain less than half a point', () => {
    const first = new Uint8Array(400).fill(1, 0, 200);
    const two = new Uint8Array(400).fill(1, 200, 202);
    const one = new Uint8Array(400).fill(1, 202, 203);
    expect(algorithm1([first, two, one], [1, 1, 1]).map(({ rung }) => rung)).toEqual([0, 1]);
  });

  test('takes nothing where no rung is ever right', () => {
    expect(algorithm1([bits('000'), bits('000')], [1, 2])).toEqual([]);
  });

  test('takes at every step the rung that no other beats, and gains sum up to what is covered', () => {
    const rung = fc.array(fc.integer({ min: 0, max: 1 }), { minLength: 30, maxLength: 30 });
    fc.assert(
      fc.property(fc.array(rung, { minLength: 1, maxLength: 5 }), (all) => {
        const right = all.map((values) => Uint8Array.from(values));
        const steps = algorithm1(
          right,
          right.map((_, at) => at + 1),
        );
        const covered = new Set<number>();
        const freshOf = (at: number) => [...(right[at] ?? []).keys()].filter((i) => right[at]?.[i] && !covered.has(i));
        for (const [n, { rung: taken, gain }] of steps.entries()) {
          const best = Math.max(...right.map((_, at) => freshOf(at).length / (n === 0 ? at + 1 : 1)));
          expect(freshOf(taken).length / (n === 0 ? taken + 1 : 1)).toBe(best);
          expect(gain).toBe(freshOf(taken).length / 30);
          for (const i of freshOf(taken)) covered.add(i);
        }
        expect(right.every((_, at) => freshOf(at).length === 0)).toBe(true);
      }),
    );
  });
});

describe('answers', () => {
  const logits = Float32Array.from([1, 3, 3, 0, -1, -2, -5, -4, -3]);

  test('are the first class of greatest logit', () => {
    expect([...answersOf(logits, 3, 3)]).toEqual([1, 0, 2]);
    expect([...rightOf(logits, [2, 0, 2], 3)]).toEqual([0, 1, 1]);
  });

  test('pickColumns takes columns in the asked order', () => {
    expect([...pickColumns(Float64Array.from([1, 2, 3, 4, 5, 6]), 3, [2, 0])]).toEqual([3, 1, 6, 4]);
  });

  test('everyNth spreads rows evenly, each once', () => {
    expect(everyNth(4, 10)).toEqual([0, 1, 2, 3]);
    expect(everyNth(10, 4)).toEqual([0, 2, 5, 7]);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5000 }), fc.integer({ min: 1, max: 2000 }), (count, most) => {
        const rows = everyNth(count, most);
        expect(new Set(rows).size).toBe(Math.min(count, most));
        expect(rows.every((row) => row >= 0 && row < count)).toBe(true);
      }),
    );
  });
});

test('round keeps so many places', () => {
  expect(round(1.23456, 3)).toBe(1.235);
  expect(round(-0.00004, 3)).toBe(-0);
});
