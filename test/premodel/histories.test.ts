import { describe, expect, test } from 'vitest';
import { Evidence } from '../../src/cascade/evidence.ts';
import { OUTPUT_FEATURES, outputFeatures } from '../../src/cascade/outputs.ts';
import { seededRandom } from '../../src/cascade/random.ts';
import { evaluateHistories, lastOf } from '../../src/premodel/histories.ts';
import fc from '../support/property.ts';

const CLASSES = 4;
const COUNT = 6;

test.each([
  [0b1, 0],
  [0b10, 1],
  [0b101, 2],
  [0b111, 2],
  [0b1000_0000_0001, 11],
])('the last rung of %d is %d', (history, last) => {
  expect(lastOf(history)).toBe(last);
});

describe('evaluateHistories', () => {
  test('says of every climb what Evidence says when its rungs are added by hand', () => {
    const parameters = fc.record({
      temperature: fc.double({ min: 0.3, max: 3, noNaN: true }),
      mergeWeight: fc.double({ min: 0, max: 2, noNaN: true }),
    });
    const world = fc.record({
      seed: fc.nat(),
      parameters: fc.array(parameters, { minLength: 1, maxLength: 4 }),
      longest: fc.integer({ min: 1, max: 4 }),
    });
    fc.assert(
      fc.property(world, ({ seed, parameters: own, longest }) => {
        const random = seededRandom(seed);
        const logits = own.map(() => Float32Array.from({ length: COUNT * CLASSES }, () => 8 * random()));
        const truth = Int32Array.from({ length: COUNT }, () => Math.floor(random() * CLASSES));
        const histories = evaluateHistories(logits, own, truth, CLASSES, longest);
        const outputs = new Float64Array(OUTPUT_FEATURES.length);
        for (const history of histories.all) {
          for (let i = 0; i < COUNT; i++) {
            const evidence = new Evidence(CLASSES);
            for (const [rung, values] of logits.entries()) {
              if (((history >> rung) & 1) === 0) continue;
              evidence.add(
                rung,
                values.subarray(i * CLASSES, (i + 1) * CLASSES),
                own[rung] ?? { temperature: 1, mergeWeight: 1 },
              );
            }
            outputFeatures(evidence, outputs);
            const kept = histories.outputs(history).subarray(i * outputs.length, (i + 1) * outputs.length);
            expect(histories.right(history)[i]).toBe(evidence.top === truth[i] ? 1 : 0);
            expect([...kept]).toEqual([...outputs]);
          }
        }
      }),
      { numRuns: 30 },
    );
  });

  test('knows every set of up to so many rungs, by rising number', () => {
    const logits = Array.from({ length: 4 }, () => new Float32Array(CLASSES));
    const own = logits.map(() => ({ temperature: 1, mergeWeight: 1 }));
    expect(evaluateHistories(logits, own, [0], CLASSES, 2).all).toEqual([1, 2, 3, 4, 5, 6, 8, 9, 10, 12]);
    expect(evaluateHistories(logits, own, [0], CLASSES, 4).all).toEqual(Array.from({ length: 15 }, (_, i) => i + 1));
  });
});
