import { describe, expect, test } from 'vitest';
import { between, CutSearch, NEVER, THRESHOLD_STEPS } from '../../src/premodel/thresholds.ts';
import fc from '../support/property.ts';

const onGrid = fc.integer({ min: 0, max: THRESHOLD_STEPS }).map((step) => step / THRESHOLD_STEPS);
const probability = fc.oneof(onGrid, fc.double({ min: 0, max: 1, noNaN: true }));
const sample = fc.record({ probability, gain: fc.integer({ min: -5, max: 5 }) });

function searched(samples: readonly { probability: number; gain: number }[], search = new CutSearch()): number {
  for (const one of samples) search.add(one.probability, one.gain);
  return search.best();
}

describe('CutSearch', () => {
  test('gains as much as the best of all thresholds, and is the highest that does', () => {
    fc.assert(
      fc.property(fc.array(sample, { maxLength: 12 }), (samples) => {
        const gainAt = (threshold: number) =>
          samples.reduce((sum, one) => sum + (one.probability >= threshold ? one.gain : 0), 0);
        const steps = samples.map((one) => Math.floor(one.probability * THRESHOLD_STEPS) / THRESHOLD_STEPS);
        const thresholds = [NEVER, ...steps].sort((a, b) => b - a);
        const most = Math.max(...thresholds.map(gainAt));
        expect(searched(samples)).toBe(thresholds.find((threshold) => gainAt(threshold) === most));
      }),
    );
  });

  test('is NEVER where accepting gains nothing', () => {
    expect(searched([])).toBe(NEVER);
    expect(searched([{ probability: 1, gain: -1 }])).toBe(NEVER);
    expect(searched([{ probability: 1, gain: 0 }])).toBe(NEVER);
  });

  test('tells a probability on the grid from one just below', () => {
    const at = 2048 / THRESHOLD_STEPS;
    const samples = [
      { probability: at, gain: 1 },
      { probability: at - 1e-9, gain: -1 },
    ];
    expect(searched(samples)).toBe(at);
  });

  test('accepts certain and impossible samples alike where all are worth it', () => {
    expect(searched([{ probability: 1, gain: 1 }])).toBe(1);
    expect(searched([{ probability: 0, gain: 1 }])).toBe(0);
  });

  test('forgets on reset', () => {
    const search = new CutSearch();
    searched([{ probability: 0.2, gain: 10 }], search);
    search.reset();
    expect(searched([{ probability: 0.7, gain: 1 }], search)).toBe(Math.floor(0.7 * THRESHOLD_STEPS) / THRESHOLD_STEPS);
  });
});

describe('between', () => {
  const end = fc.oneof(onGrid, fc.constant(NEVER));
  const share = fc.double({ min: 0, max: 1, noNaN: true });

  test('lies on the grid, between its ends', () => {
    fc.assert(
      fc.property(end, end, share, (from, to, part) => {
        fc.pre(from !== NEVER || to !== NEVER);
        const value = between(from, to, part);
        const [a, b] = [Math.min(from, 1), Math.min(to, 1)];
        expect(Number.isInteger(value * THRESHOLD_STEPS)).toBe(true);
        expect(value).toBeGreaterThanOrEqual(Math.min(a, b));
        expect(value).toBeLessThanOrEqual(Math.max(a, b));
      }),
    );
  });

  test('moves in proportion, from NEVER as from one', () => {
    expect(between(0, 1, 0.25)).toBe(0.25);
    expect(between(0.75, 0.25, 0.5)).toBe(0.5);
    expect(between(NEVER, 0.5, 0.5)).toBe(0.75);
    expect(between(NEVER, NEVER, 0.5)).toBe(NEVER);
  });
});
