import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../src/cascade/random.ts';
import { calibrationError, fitTemperature, reliability } from '../../src/premodel/calibration.ts';
import { gaussian } from '../support/premodels.ts';
import fc from '../support/property.ts';

/** Logits, and truths drawn from their softmax at a temperature. */
function drawn(temperature: number, count: number, classes = 6) {
  const random = seededRandom(11);
  const normal = gaussian(random);
  const logits = Float32Array.from({ length: count * classes }, () => 2 * temperature * normal());
  const truth = Int32Array.from({ length: count }, (_, i) => {
    const weights = [...logits.subarray(i * classes, (i + 1) * classes)].map((value) => Math.exp(value / temperature));
    let left = random() * weights.reduce((a, b) => a + b, 0);
    return weights.findIndex((weight) => {
      left -= weight;
      return left < 0;
    });
  });
  return { logits, truth, classes };
}

describe('fitTemperature', () => {
  test.each([0.3, 1, 2.5])('finds the temperature %d from which truths were drawn', (temperature) => {
    const { logits, truth, classes } = drawn(temperature, 1500);
    expect(Math.abs(Math.log(fitTemperature(logits, truth, classes) / temperature))).toBeLessThan(0.08);
  });

  test('looks at no more samples than it must: many more change little', () => {
    const { logits, truth, classes } = drawn(1.5, 6000);
    expect(Math.abs(Math.log(fitTemperature(logits, truth, classes) / 1.5))).toBeLessThan(0.08);
  });

  test('goes to the lowest for a rung that is always right, to the highest for one that is always wrong', () => {
    const logits = Float32Array.from({ length: 50 * 3 }, (_, at) => (at % 3 === 0 ? 4 : 0));
    expect(fitTemperature(logits, new Int32Array(50), 3)).toBeCloseTo(0.1, 2);
    expect(fitTemperature(logits, new Int32Array(50).fill(1), 3)).toBeCloseTo(10, 1);
  });
});

describe('reliability', () => {
  test('bins by rank of the prediction, a tenth each', () => {
    const predicted = Float64Array.from({ length: 20 }, (_, i) => ((i * 7) % 20) / 20);
    const right = Uint8Array.from(predicted, (value) => (value >= 0.5 ? 1 : 0));
    const bins = reliability(predicted, right);
    expect(bins.map(({ count }) => count)).toEqual(Array(10).fill(2));
    for (const [bin, { predicted: mean, observed }] of bins.entries()) {
      expect(mean).toBeCloseTo((2 * bin + 0.5) / 20, 12);
      expect(observed).toBe(bin < 5 ? 0 : 1);
    }
  });

  test('has no empty bins where there are fewer predictions than bins', () => {
    expect(reliability([0.2, 0.9, 0.4], [0, 1, 1])).toEqual([
      { predicted: 0.2, observed: 0, count: 1 },
      { predicted: 0.4, observed: 1, count: 1 },
      { predicted: 0.9, observed: 1, count: 1 },
    ]);
  });

  test('loses nothing: the bins weigh up to the whole', () => {
    const sample = fc.record({ p: fc.double({ min: 0, max: 1, noNaN: true }), y: fc.integer({ min: 0, max: 1 }) });
    fc.assert(
      fc.property(fc.array(sample, { minLength: 1, maxLength: 60 }), (samples) => {
        const bins = reliability(
          samples.map(({ p }) => p),
          samples.map(({ y }) => y),
        );
        const sum = (pick: (bin: (typeof bins)[number]) => number) => bins.reduce((total, bin) => total + pick(bin), 0);
        expect(sum(({ count }) => count)).toBe(samples.length);
        expect(sum(({ observed, count }) => observed * count)).toBeCloseTo(
          samples.reduce((total, { y }) => total + y, 0),
          9,
        );
        const means = bins.map(({ predicted }) => predicted);
        for (let i = 1; i < means.length; i++) expect((means[i] ?? 0) - (means[i - 1] ?? 0)).toBeGreaterThan(-1e-12);
      }),
    );
  });
});

test('calibrationError weighs the distances of the bins by their sizes', () => {
  expect(
    calibrationError([
      { predicted: 0.2, observed: 0.1, count: 3 },
      { predicted: 0.7, observed: 0.9, count: 1 },
    ]),
  ).toBeCloseTo((0.1 * 3 + 0.2) / 4, 12);
});
