import { expect, test } from 'vitest';
import { atItsWord } from '../../bench/video-players.ts';
import { Evidence } from '../../src/cascade/evidence.ts';
import { untrainedPolicy } from '../../src/cascade/policy.ts';

test('without deferral an answer counts as it says itself, and memory of the same answer speaks for it all the same', () => {
  const rung = { id: 'r', defaults: { temperature: 1, mergeWeight: 1, threshold: 0.9 } };
  const policy = untrainedPolicy({ kind: 'cascade' }, [rung]);
  const evidence = new Evidence(2);
  evidence.add(0, Float32Array.of(Math.log(0.7), Math.log(0.3)), { temperature: 1, mergeWeight: 1 });
  const judge = atItsWord(policy).judge();
  const right = (lastClass: number | null) =>
    judge.right(
      evidence,
      new Float64Array(0),
      lastClass === null ? null : { values: Float64Array.of(0, 0, 0.9, 1, 0), lastClass },
    );
  expect(right(null)).toBeCloseTo(0.7);
  expect(right(0)).toBeCloseTo(0.63 / (0.63 + 0.03));
  expect(right(1)).toBeCloseTo(0.7);
});
