import { describe, expect, test } from 'vitest';
import { Evidence } from '../../src/cascade/evidence.ts';
import fc from '../support/property.ts';

const PLAIN = { temperature: 1, mergeWeight: 1 };
const CLASSES = 5;
// Multiples of an eighth: differences that no rounding swallows, and ties.
const logits = fc
  .array(fc.integer({ min: -240, max: 240 }), { minLength: CLASSES, maxLength: CLASSES })
  .map((values) => Float32Array.from(values, (value) => value / 8));
const rungs = fc.array(
  fc.record({
    logits,
    parameters: fc.record({
      temperature: fc.double({ min: 0.2, max: 5, noNaN: true }),
      mergeWeight: fc.double({ min: 0.1, max: 3, noNaN: true }),
    }),
  }),
  { minLength: 1, maxLength: 4 },
);

const firstTop = (values: ArrayLike<number>) => Array.from(values).indexOf(Math.max(...Array.from(values)));

function logProbabilities(values: Float32Array, temperature: number): number[] {
  const scaled = Array.from(values, (value) => value / temperature);
  const max = Math.max(...scaled);
  const normaliser = max + Math.log(scaled.reduce((sum, value) => sum + Math.exp(value - max), 0));
  return scaled.map((value) => value - normaliser);
}

function evidenceOf(answers: readonly { logits: Float32Array; parameters: typeof PLAIN }[]): Evidence {
  const evidence = new Evidence(CLASSES);
  for (const [rung, { logits: values, parameters }] of answers.entries()) evidence.add(rung, values, parameters);
  return evidence;
}

function everythingOf(evidence: Evidence) {
  const { ran, top, confidence, runnerUp, doubt, entropy, agreement, lastConfidence, dissent, probabilities } =
    evidence;
  return {
    ...{ ran: [...ran], top, confidence, runnerUp, doubt, entropy, agreement, lastConfidence, dissent },
    probabilities: [...probabilities],
  };
}

describe('what is read off the merged answer', () => {
  test('agrees with its probabilities', () => {
    fc.assert(
      fc.property(rungs, (answers) => {
        const evidence = evidenceOf(answers);
        const sorted = [...evidence.probabilities].sort((a, b) => b - a);
        expect(evidence.probabilities[evidence.top]).toBe(sorted[0]);
        expect(evidence.confidence).toBeCloseTo(sorted[0] ?? 0, 12);
        expect(evidence.runnerUp).toBeCloseTo(sorted[1] ?? 0, 12);
        expect(evidence.doubt).toBeCloseTo(1 - evidence.confidence, 12);
        const entropy = sorted.reduce((sum, p) => sum - (p > 0 ? p * Math.log(p) : 0), 0);
        expect(evidence.entropy).toBeCloseTo(entropy, 9);
      }),
    );
  });

  test('agrees with what each rung says alone', () => {
    fc.assert(
      fc.property(rungs, (answers) => {
        const evidence = evidenceOf(answers);
        const singles = answers.map((answer) => logProbabilities(answer.logits, answer.parameters.temperature));
        const agreeing = answers.filter((answer) => firstTop(answer.logits) === evidence.top).length;
        expect(evidence.agreement).toBe(agreeing / answers.length);
        expect(evidence.lastConfidence).toBeCloseTo(Math.exp(Math.max(...(singles.at(-1) ?? []))), 9);
        expect(evidence.dissent).toBeCloseTo(Math.min(...singles.map((single) => single[evidence.top] ?? 0)), 9);
      }),
    );
  });

  test('doubt keeps its digits where confidence rounds to one', () => {
    const evidence = evidenceOf([{ logits: Float32Array.from([60, 0, 0, 0, 0]), parameters: PLAIN }]);
    expect(evidence.confidence).toBe(1);
    expect(evidence.doubt / (4 * Math.exp(-60))).toBeCloseTo(1, 9);
  });

  test('of equal classes the first is the answer, and the runner-up is as likely', () => {
    const evidence = evidenceOf([{ logits: Float32Array.from([0, 3, 1, 3, 0]), parameters: PLAIN }]);
    expect(evidence.top).toBe(1);
    expect(evidence.runnerUp).toBe(evidence.confidence);
  });

  test('is nothing before a rung ran, and after a reset', () => {
    const nothing = { ran: [], top: -1, confidence: 0, runnerUp: 0, doubt: 1, entropy: 0, agreement: 0 };
    const evidence = new Evidence(CLASSES);
    expect(everythingOf(evidence)).toMatchObject({ ...nothing, lastConfidence: 0, dissent: 0 });
    evidence.add(0, Float32Array.from([0, 3, 1, 3, 0]), PLAIN);
    evidence.reset();
    expect(everythingOf(evidence)).toMatchObject({ ...nothing, lastConfidence: 0, dissent: 0 });
  });
});

describe('copy', () => {
  test('goes on as the original would', () => {
    fc.assert(
      fc.property(rungs, rungs, (first, second) => {
        const original = evidenceOf(first);
        const used = evidenceOf(second);
        used.copy(original);
        expect(everythingOf(used)).toEqual(everythingOf(original));
        for (const evidence of [original, used]) {
          for (const [at, { logits: values, parameters }] of second.entries())
            evidence.add(10 + at, values, parameters);
        }
        expect(everythingOf(used)).toEqual(everythingOf(original));
      }),
    );
  });

  test('leaves the original as it is', () => {
    fc.assert(
      fc.property(rungs, rungs, (first, second) => {
        const original = evidenceOf(first);
        const before = everythingOf(original);
        const copied = new Evidence(CLASSES);
        copied.copy(original);
        for (const { logits: values, parameters } of second) copied.add(9, values, parameters);
        expect(everythingOf(original)).toEqual(before);
      }),
    );
  });
});
