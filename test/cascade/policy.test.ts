import { describe, expect, test } from 'vitest';
import { Evidence } from '../../src/cascade/evidence.ts';
import { type Mode, parseMode, untrainedPolicy } from '../../src/cascade/policy.ts';
import { SMALL_LADDER } from '../support/premodels.ts';

test.each<[string, Mode]>([
  ['select', { kind: 'select' }],
  ['cascade', { kind: 'cascade' }],
  ['hybrid', { kind: 'hybrid' }],
  ['fixed:mobilenet-v3@224', { kind: 'fixed', rung: 'mobilenet-v3@224' }],
  ['fixed:a:b', { kind: 'fixed', rung: 'a:b' }],
])('parseMode reads %s', (text, mode) => {
  expect(parseMode(text)).toEqual(mode);
});

describe('untrainedPolicy', () => {
  test.each(['select', 'cascade', 'hybrid'] as const)('climbs from the bottom when asked for %s', (kind) => {
    const policy = untrainedPolicy({ kind }, SMALL_LADDER.rungs);
    expect(policy.mode).toBe('cascade');
    expect(policy.rungs.map(({ id, threshold }) => [id, threshold])).toEqual([
      ['small', 0.8],
      ['middle', 0.8],
      ['large', 0.8],
    ]);
    expect(policy.judge().entry(new Float64Array(0))).toBe(0);
  });

  test('keeps a fixed rung fixed', () => {
    expect(untrainedPolicy({ kind: 'fixed', rung: 'large' }, SMALL_LADDER.rungs.slice(2)).mode).toBe('fixed');
  });

  test('takes confidence at its word, without a look at the picture', () => {
    const judge = untrainedPolicy({ kind: 'cascade' }, SMALL_LADDER.rungs).judge();
    const evidence = new Evidence(3);
    evidence.add(0, Float32Array.from([2, 1, 0]), { temperature: 1, mergeWeight: 1 });
    expect(judge.features).toEqual([]);
    expect(judge.right(evidence, new Float64Array(0))).toBe(evidence.confidence);
  });
});
