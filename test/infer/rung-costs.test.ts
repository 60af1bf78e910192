import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../src/cascade/random.ts';
import { RungCosts } from '../../src/infer/rung-costs.ts';
import type { ClockStateName } from '../../src/types.ts';

function start(p50Ms = 10, p95Ms = 12) {
  const at = { nowMs: 0, state: 'floating' as ClockStateName };
  const costs = new RungCosts({ monotonicMs: () => at.nowMs }, () => at.state);
  costs.begin(0, { p50Ms, p95Ms });
  const run = (ms: number, times = 1) => {
    for (let n = 0; n < times; n++) {
      at.nowMs += 100;
      costs.observe(0, ms);
    }
  };
  return { at, costs, run };
}

describe('RungCosts', () => {
  test('begins with what was measured', () => {
    const { costs } = start();
    expect(costs.p95Ms(0)).toBe(12);
    expect(costs.meanMs(0)).toBe(10);
    expect(costs.p95Ms(1)).toBe(Infinity);
  });

  test('comes to the 95th percentile of what is seen', () => {
    const { costs, run } = start();
    const random = seededRandom(3);
    for (let n = 0; n < 1000; n++) run(20 + 10 * random());
    expect(costs.p95Ms(0)).toBeGreaterThan(28);
    expect(costs.p95Ms(0)).toBeLessThan(30);
    expect(Math.abs(costs.meanMs(0) - 25)).toBeLessThan(1.5);
  });

  test('one slow run is an accident, three times the time is learnt within ten runs', () => {
    const { costs, run } = start();
    run(10, 200);
    run(30);
    expect(costs.p95Ms(0)).toBe(10);
    run(30, 9);
    expect(costs.p95Ms(0)).toBe(30);
  });

  test('what it usually takes bears few slow runs, follows within ten, and forgets what is long ago', () => {
    const { at, costs, run } = start();
    run(10, 200);
    run(90, 4);
    expect(costs.usualMs(0)).toBe(10);
    run(30, 4);
    expect(costs.usualMs(0)).toBe(30);
    run(30, 2);
    expect(costs.usualMs(0)).toBe(30);
    at.nowMs += 11_000;
    run(10);
    expect(costs.usualMs(0)).toBe(10);
  });

  test('what was slow once is forgotten with further runs', () => {
    const { costs, run } = start();
    run(30, 10);
    expect(costs.p95Ms(0)).toBe(30);
    run(10, 200);
    expect(costs.p95Ms(0)).toBe(10);
  });

  test('a rung that was not run for long is taken for what it was, and believed again once it ran', () => {
    const { at, costs, run } = start();
    run(90, 20);
    expect(costs.p95Ms(0)).toBe(90);
    at.nowMs += 5_000;
    expect(costs.p95Ms(0)).toBe(90);
    at.nowMs += 25_000;
    expect(costs.p95Ms(0)).toBeLessThan(15);
    run(90);
    expect(costs.p95Ms(0)).toBe(90);
  });

  test('each state of the clocks has its own times, and a new one begins with those before', () => {
    const { at, costs, run } = start();
    run(10, 100);
    at.state = 'throttled';
    expect(costs.p95Ms(0)).toBe(10);
    run(40, 10);
    expect(costs.p95Ms(0)).toBe(40);
    at.state = 'floating';
    expect(costs.p95Ms(0)).toBe(10);
    at.state = 'throttled';
    expect(costs.p95Ms(0)).toBe(40);
  });

  test('what is measured anew replaces what was seen; what is no time is passed over', () => {
    const { costs, run } = start();
    run(50, 50);
    run(Number.NaN);
    costs.begin(0, { p50Ms: 5, p95Ms: 6 });
    expect(costs.p95Ms(0)).toBe(6);
  });
});
