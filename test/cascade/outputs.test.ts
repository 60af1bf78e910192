import { describe, expect, test } from 'vitest';
import { Evidence } from '../../src/cascade/evidence.ts';
import { OUTPUT_FEATURES, outputFeatures } from '../../src/cascade/outputs.ts';
import fc from '../support/property.ts';

const PLAIN = { temperature: 1, mergeWeight: 1 };

function outputsOf(answers: readonly (readonly number[])[]): Record<string, number> {
  const evidence = new Evidence(answers[0]?.length ?? 0);
  for (const [rung, logits] of answers.entries()) evidence.add(rung, Float32Array.from(logits), PLAIN);
  const values = new Float64Array(OUTPUT_FEATURES.length).fill(Number.NaN);
  outputFeatures(evidence, values);
  return Object.fromEntries(OUTPUT_FEATURES.map((name, at) => [name, values[at] ?? Number.NaN]));
}

const LN = Math.log;

describe('outputFeatures', () => {
  test('of one rung are those of its softmax', () => {
    const outputs = outputsOf([[LN(6), LN(3), LN(1)]]);
    const expected = {
      logOdds: LN(0.6 / 0.4),
      logOddsSquared: LN(0.6 / 0.4) ** 2 / 12,
      margin: LN(0.6 / 0.3),
      entropy: -(0.6 * LN(0.6) + 0.3 * LN(0.3) + 0.1 * LN(0.1)),
      agreement: 1,
      lastLogOdds: LN(0.6 / 0.4),
      dissent: LN(0.6),
      rungsRun: 0,
    };
    for (const [name, value] of Object.entries(expected)) expect(outputs[name], name).toBeCloseTo(value, 6);
  });

  test('of two rungs tell what each says of the answer in hand', () => {
    // Geometric mean of (0.8, 0.2) and (0.4, 0.6): odds √(4 · 2/3).
    const outputs = outputsOf([
      [LN(8), LN(2)],
      [LN(4), LN(6)],
    ]);
    const odds = Math.sqrt(4 * (2 / 3));
    expect(outputs.logOdds).toBeCloseTo(LN(odds), 6);
    expect(outputs.agreement).toBe(0.5);
    expect(outputs.lastLogOdds).toBeCloseTo(LN(0.6 / 0.4), 6);
    expect(outputs.dissent).toBeCloseTo(LN(0.4), 6);
    expect(outputs.rungsRun).toBe(1);
  });

  test('are cut off where a rung is as good as certain', () => {
    const outputs = outputsOf([[1000, 0, 0]]);
    expect(outputs).toMatchObject({ logOdds: 12, logOddsSquared: 12, margin: 12, lastLogOdds: 12, entropy: 0 });
    expect(
      outputsOf([
        [1000, 0],
        [0, 900],
      ]).dissent,
    ).toBe(-12);
  });

  test('are finite whatever the rungs say', () => {
    const logits = fc.array(
      fc.float({ noNaN: true, noDefaultInfinity: true, min: Math.fround(-1e30), max: Math.fround(1e30) }),
      {
        minLength: 4,
        maxLength: 4,
      },
    );
    fc.assert(
      fc.property(fc.array(logits, { minLength: 1, maxLength: 4 }), (answers) => {
        for (const [name, value] of Object.entries(outputsOf(answers))) {
          expect(Number.isFinite(value), name).toBe(true);
          expect(Math.abs(value), name).toBeLessThanOrEqual(12);
        }
      }),
    );
  });
});
