import { describe, expect, test } from 'vitest';
import type { Premodel } from '../../src/premodel/artifact.ts';
import { unpaying } from '../../src/teaching/worth.ts';
import { smallPremodel } from '../support/premodels.ts';

/** A premodel whose climb ends with such shares at rungs of such costs. */
function climbing(costs: readonly number[], shares: readonly number[], samples = 100): Premodel {
  const base = smallPremodel();
  const [rung] = base.rungs as [Premodel['rungs'][number]];
  const [point] = base.modes.cascade as [Premodel['modes']['cascade'][number]];
  const ids = costs.map((_, at) => `r${at}`);
  return {
    ...base,
    rungs: costs.map((costMs, at) => ({ ...rung, id: `r${at}`, costMs })),
    fitted: { ...base.fitted, samples: { all: samples } },
    modes: {
      ...base.modes,
      cascade: [
        {
          ...point,
          name: 'balanced',
          rungs: ids,
          expected: { ...point.expected, shareByRung: Object.fromEntries(ids.map((id, at) => [id, shares[at] ?? 0])) },
        },
      ],
    },
  };
}

describe('unpaying', () => {
  test('is null where each rung spares more than it costs', () => {
    expect(unpaying(climbing([0.1, 1, 10], [0.7, 0.25, 0.05]))).toBe(null);
    expect(unpaying(climbing([0.1, 1, 10], [1, 0, 0]))).toBe(null);
  });

  test('names a rung that accepts too little for its time', () => {
    expect(unpaying(climbing([0.1, 5, 10], [0.5, 0.1, 0.4]))).toBe('r1');
    expect(unpaying(climbing([0.6, 1, 10], [0.01, 0.9, 0.09]))).toBe('r0');
  });

  test('takes no rung away to which hardly a sample came', () => {
    expect(unpaying(climbing([0.1, 5, 10], [0.95, 0, 0.05]))).toBe(null);
    expect(unpaying(climbing([0.1, 5, 10], [0.95, 0, 0.05], 1000))).toBe('r1');
  });

  test('never the last', () => {
    expect(unpaying(climbing([10], [1]))).toBe(null);
  });
});
