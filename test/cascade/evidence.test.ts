import { describe, expect, test } from 'vitest';
import { Evidence, topIndices } from '../../src/cascade/evidence.ts';
import fc from '../support/property.ts';

const softmax = (values: readonly number[]) => {
  const max = Math.max(...values);
  const exps = values.map((value) => Math.exp(value - max));
  const sum = exps.reduce((a, b) => a + b);
  return exps.map((value) => value / sum);
};

const logitsOf = (classes: number) =>
  fc
    .array(fc.float({ min: -30, max: 30, noNaN: true }), { minLength: classes, maxLength: classes })
    .map((x) => Float32Array.from(x));

const PLAIN = { temperature: 1, mergeWeight: 1 };

describe('Evidence', () => {
  test('of one rung is the softmax of its logits over its temperature', () => {
    fc.assert(
      fc.property(logitsOf(5), fc.double({ min: 0.2, max: 5, noNaN: true }), (logits, temperature) => {
        const evidence = new Evidence(5);
        expect(evidence.add(0, logits, { temperature, mergeWeight: 0.7 })).toBe(true);
        const expected = softmax([...logits].map((value) => value / temperature));
        for (const [i, value] of expected.entries()) expect(evidence.probabilities[i]).toBeCloseTo(value, 9);
        expect(evidence.confidence).toBe(Math.max(...evidence.probabilities));
      }),
    );
  });

  test('of several rungs is the softmax of the weighted mean of their log-probabilities', () => {
    const logits = [Float32Array.from([2, 0, -1]), Float32Array.from([0, 3, 1])];
    const weights = [1, 3];
    const evidence = new Evidence(3);
    for (const [i, values] of logits.entries())
      evidence.add(i, values, { temperature: 1, mergeWeight: weights[i] ?? 0 });
    const logs = logits.map((values) => softmax([...values]).map(Math.log));
    const mean = [0, 1, 2].map((c) => ((logs[0]?.[c] ?? 0) * 1 + (logs[1]?.[c] ?? 0) * 3) / 4);
    for (const [i, value] of softmax(mean).entries()) expect(evidence.probabilities[i]).toBeCloseTo(value, 9);
    expect(evidence.ran).toEqual([0, 1]);
  });

  test('a rung without weight stands alone only until another has one', () => {
    const evidence = new Evidence(2);
    evidence.add(0, Float32Array.from([5, 0]), { temperature: 1, mergeWeight: 0 });
    expect(evidence.probabilities[0]).toBeGreaterThan(0.99);
    evidence.add(1, Float32Array.from([0, 5]), PLAIN);
    expect(evidence.probabilities[1]).toBeGreaterThan(0.99);
  });

  test.each([[Number.NaN], [Infinity], [-Infinity]])('refuses logits that hold %d and stays as it was', (value) => {
    const evidence = new Evidence(2);
    evidence.add(0, Float32Array.from([1, 0]), PLAIN);
    const before = [...evidence.probabilities];
    expect(evidence.add(1, Float32Array.from([value, 0]), PLAIN)).toBe(false);
    expect([...evidence.probabilities]).toEqual(before);
    expect(evidence.ran).toEqual([0]);
  });

  test('is the same after reset as when it is new', () => {
    const used = new Evidence(3);
    used.add(0, Float32Array.from([9, 1, 1]), PLAIN);
    used.add(1, Float32Array.from([1, 9, 1]), PLAIN);
    used.reset();
    expect(used.confidence).toBe(0);
    const fresh = new Evidence(3);
    for (const evidence of [used, fresh]) evidence.add(1, Float32Array.from([1, 2, 3]), PLAIN);
    expect(used.probabilities).toEqual(fresh.probabilities);
  });
});

test('topIndices is the beginning of a stable sort by value', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 30 }),
      fc.integer({ min: 1, max: 30 }),
      (values, k) => {
        const expected = [...values.keys()].sort((a, b) => (values[b] ?? 0) - (values[a] ?? 0) || a - b).slice(0, k);
        expect(topIndices(Float64Array.from(values), Math.min(k, values.length))).toEqual(expected);
      },
    ),
  );
});
