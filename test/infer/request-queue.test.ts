import { describe, expect, test } from 'vitest';
import type { RunRequest, RunResult } from '../../src/infer/request.ts';
import { RequestQueue } from '../../src/infer/request-queue.ts';
import { RungCosts } from '../../src/infer/rung-costs.ts';

const WANTED: RunRequest = {
  rung: 0,
  frame: { width: 1, height: 1, pixels: new Uint8Array(3) },
  box: [0, 0, 1, 1],
  deadlineMs: Infinity,
  latestStartMs: Infinity,
  logits: new Float32Array(1),
  embedding: null,
};

function start() {
  const time = { nowMs: 0 };
  const clock = { monotonicMs: () => time.nowMs };
  const costs = new RungCosts(clock);
  costs.begin(0, { p50Ms: 10, p95Ms: 10 });
  const queue = new RequestQueue(clock, costs);
  /** A run that is over after 10 ms, and is read so long after that. */
  const run = (lagMs: number) => {
    const results: RunResult[] = [];
    queue.put(WANTED, (result) => results.push(result), 1);
    const begun = queue.begin();
    time.nowMs += 10 + lagMs;
    if (begun !== null) queue.end(begun, { ok: true, prepareMs: 2, runMs: 8 });
    return results[0];
  };
  return { time, costs, run };
}

describe('RequestQueue', () => {
  test('what a run waits for the main thread is no cost of its rung', () => {
    const { costs, run } = start();
    for (let n = 0; n < 200; n++) expect(run(130)).toMatchObject({ kind: 'done', serviceMs: 140 });
    expect(costs.p95Ms(0)).toBe(10);
    expect(costs.meanMs(0)).toBeCloseTo(10, 9);
    expect(costs.lagMs).toBeGreaterThan(110);
    expect(costs.lagMs).toBeLessThan(140);
  });

  test('a main thread that was behind is tried again soon, and believed after a few runs', () => {
    const { time, costs, run } = start();
    for (let n = 0; n < 50; n++) run(100);
    const behindMs = costs.lagMs;
    time.nowMs += 3_000;
    expect(costs.lagMs).toBeLessThan(behindMs / 6);
    for (let n = 0; n < 50; n++) run(100);
    for (let n = 0; n < 30; n++) run(0);
    expect(costs.lagMs).toBeLessThan(5);
  });
});
