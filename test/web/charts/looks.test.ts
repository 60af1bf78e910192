import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Looks } from '../../../src/web/charts/looks.ts';

const NAMED = 5;
const rankings = fc.array(fc.uniqueArray(fc.constantFrom(...'abcdefghijklmnopqrst'), { maxLength: 20 }), {
  minLength: 1,
  maxLength: 30,
});

test('whatever holds longest in turn, no two names of a legend have the same colour, and no two labels the same look', () => {
  fc.assert(
    fc.property(rankings, (turns) => {
      const looks = new Looks();
      for (const ranked of turns) {
        looks.take(ranked, NAMED);
        const colours = ranked.slice(0, NAMED).map((label) => looks.of(label).color);
        expect(new Set(colours).size).toBe(colours.length);
        expect(new Set(ranked.map((label) => JSON.stringify(looks.of(label)))).size).toBe(ranked.length);
      }
    }),
    { seed: 4, numRuns: 200 },
  );
});

test('a label keeps its look while others come and go, as far as no other in the legend has its colour', () => {
  const looks = new Looks();
  looks.take(['a', 'b', 'c'], NAMED);
  const before = ['a', 'b', 'c'].map((label) => looks.of(label));
  looks.take(['d', 'c', 'a', 'b'], NAMED);
  expect(['a', 'b', 'c'].map((label) => looks.of(label))).toEqual(before);
});
