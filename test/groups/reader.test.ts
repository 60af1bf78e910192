import { describe, expect, test } from 'vitest';
import { Evidence } from '../../src/cascade/evidence.ts';
import { groupedQuestion } from '../../src/groups/groups.ts';
import { GroupReader, IGNORED } from '../../src/groups/reader.ts';
import { letterBook, wish } from '../support/groups.ts';
import fc from '../support/property.ts';

const LABELS = 12;
const logitsOf = fc
  .array(fc.float({ min: -40, max: 40, noNaN: true }), { minLength: LABELS, maxLength: LABELS })
  .map((x) => Float32Array.from(x));

/** Of the labels that are not ignored, with temperature. */
function softmax(logits: Float32Array, temperature: number, classOf: Int32Array): number[] {
  const weights = [...logits].map((x, i) => (classOf[i] === IGNORED ? 0 : Math.exp(x / temperature)));
  const total = weights.reduce((a, b) => a + b);
  return weights.map((x) => x / total);
}

describe('a reader of groups', () => {
  const spaces = fc
    .array(fc.integer({ min: -1, max: 3 }), { minLength: LABELS, maxLength: LABELS })
    .filter((owners) => owners.some((owner) => owner >= 0))
    .map((owners) => Int32Array.from(owners));

  test('gives the logarithms of the sums of the softmax', () => {
    fc.assert(
      fc.property(logitsOf, spaces, fc.double({ min: 0.3, max: 4, noNaN: true }), (logits, classOf, temperature) => {
        const into = new Float32Array(4);
        new GroupReader(classOf, 4, [9, temperature]).read(1, { logits, embedding: null }, into);
        const sums = [0, 0, 0, 0];
        for (const [i, p] of softmax(logits, temperature, classOf).entries()) {
          const owner = classOf[i] ?? IGNORED;
          if (owner !== IGNORED) sums[owner] = (sums[owner] ?? 0) + p;
        }
        for (const [index, sum] of sums.entries()) expect(Math.exp(into[index] ?? 0)).toBeCloseTo(sum, 5);
        expect(into.every(Number.isFinite)).toBe(true);
      }),
    );
  });

  test('is read as it stands by the evidence, at temperature 1', () => {
    const question = groupedQuestion(letterBook(3, { ab: ['a', 'b'] }), wish({ groups: ['ab'] }));
    const logits = Float32Array.from([2, 2, 2.5]);
    const into = new Float32Array(2);
    question?.reader([2]).read(0, { logits, embedding: null }, into);
    const evidence = new Evidence(2);
    evidence.add(0, into, { temperature: 1, mergeWeight: 1 });
    const [a, b, c] = softmax(logits, 2, Int32Array.of(0, 0, 1));
    expect(evidence.probabilities[0]).toBeCloseTo((a ?? 0) + (b ?? 0), 6);
    expect(evidence.probabilities[1]).toBeCloseTo(c ?? 0, 6);
    // Each of the two is less probable than c, together they are the answer.
    expect(evidence.top).toBe(0);
  });

  test.each([[Number.NaN], [Infinity], [-Infinity]])(
    'hands on that a logit was %d, also of an ignored label',
    (value) => {
      const into = new Float32Array(2);
      const reader = new GroupReader(Int32Array.of(0, 1, IGNORED), 2, [1]);
      reader.read(0, { logits: Float32Array.of(0, 1, value), embedding: null }, into);
      expect(new Evidence(2).add(0, into, { temperature: 1, mergeWeight: 1 })).toBe(false);
    },
  );

  test('takes an ignored label out, however sure the rung is of it', () => {
    const into = new Float32Array(2);
    const reader = new GroupReader(Int32Array.of(0, 1, IGNORED), 2, [1]);
    reader.read(0, { logits: Float32Array.of(0, Math.log(3), 2000), embedding: null }, into);
    expect([...into].map((x) => Math.round(Math.exp(x) * 1000))).toEqual([250, 750]);
  });

  test('a second frame knows nothing of the first', () => {
    const reader = new GroupReader(Int32Array.of(0, 1, 0), 2, [1]);
    const read = (...logits: number[]) => {
      const into = new Float32Array(2);
      reader.read(0, { logits: Float32Array.from(logits), embedding: null }, into);
      return into;
    };
    const first = read(1, 2, 3);
    read(9, -9, 0);
    expect(read(1, 2, 3)).toEqual(first);
  });
});
