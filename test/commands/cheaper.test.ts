import { describe, expect, test } from 'vitest';
import { parseMode, untrainedPolicy } from '../../src/cascade/policy.ts';
import { cheaperCascade, cheaperTrained } from '../../src/commands/cheaper.ts';
import type { OperatingPoint, Premodel } from '../../src/premodel/artifact.ts';

function premodel(
  costs: readonly (readonly [number, ...string[]])[],
  names: Record<number, 'balanced' | 'fast'>,
): Premodel {
  const front = costs.map(([costRatio, ...rungs], at) => ({
    ...(names[at] === undefined ? {} : { name: names[at] }),
    rungs,
    entry: rungs.slice(1).map(() => 1),
    accept: rungs.slice(1).map(() => 0.9),
    expected: { costRatio },
  })) as unknown as OperatingPoint[];
  const rungs = ['a', 'b', 'c'].map((id) => ({
    id,
    temperature: 1,
    mergeWeight: 1,
    deferral: { intercept: 0, weights: [] },
  }));
  return { rungs, features: [], modes: { select: front, cascade: front, hybrid: front } } as unknown as Premodel;
}

const points = (policies: readonly { operatingPoint: string; rungs: readonly { id: string }[] }[]) =>
  policies.map(({ operatingPoint, rungs }) => `${operatingPoint}: ${rungs.map(({ id }) => id).join(' > ')}`);

const FRONT = [
  [0.1, 'a'],
  [0.2, 'a', 'b'],
  [0.205, 'a', 'b'],
  [0.3, 'a', 'c'],
  [0.5, 'a', 'b', 'c'],
  [0.9, 'b', 'c'],
] as const;

describe('cheaper ways to decide', () => {
  const model = premodel(FRONT, { 1: 'fast', 4: 'balanced' });

  test('are points of the front below the configured one, and at last the cheapest rung alone', () => {
    const policies = cheaperTrained(model, parseMode('hybrid'), 'balanced', () => true);
    expect(points(policies)).toEqual(['3: a > c', '2: a > b', 'fixed:a: a']);
    expect(policies.at(-1)?.mode).toBe('fixed');
  });

  test('use only rungs that are there', () => {
    const policies = cheaperTrained(model, parseMode('hybrid'), 'balanced', (rung) => rung !== 'a');
    expect(points(policies)).toEqual(['fixed:b: b']);
    expect(cheaperTrained(model, parseMode('hybrid'), 'balanced', () => false)).toEqual([]);
  });

  test('are none of a fixed rung, nor below the cheapest point', () => {
    expect(cheaperTrained(model, parseMode('fixed:b'), 'balanced', () => true)).toEqual([]);
    expect(cheaperTrained(model, parseMode('hybrid'), '0', () => true)).toEqual([]);
  });

  test('are six at most', () => {
    const many = Array.from({ length: 20 }, (_, at) => [0.1 + at * 0.05, 'a', 'b'] as const);
    const policies = cheaperTrained(premodel(many, { 19: 'balanced' }), parseMode('hybrid'), 'balanced', () => true);
    expect(policies).toHaveLength(6);
    expect(points(policies).slice(-2)).toEqual(['0: a > b', 'fixed:a: a']);
  });

  test('without a premodel are shorter cascades', () => {
    const defaults = { temperature: 1, threshold: 0.8, mergeWeight: 1 };
    const rungs = ['a', 'b', 'c'].map((id) => ({ id, defaults }));
    const policies = cheaperCascade(untrainedPolicy({ kind: 'cascade' }, rungs));
    expect(points(policies)).toEqual(['to:b: a > b', 'to:a: a']);
    expect(cheaperCascade(untrainedPolicy({ kind: 'fixed', rung: 'a' }, rungs.slice(0, 1)))).toEqual([]);
  });
});
