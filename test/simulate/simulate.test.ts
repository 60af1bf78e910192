import { expect, test } from 'vitest';
import { play } from './plays.ts';
import { traceOf } from './traces.ts';

test('a machine with time to spare answers every frame, and is as busy as its rungs take', async () => {
  const figures = await play({ seconds: 40 });
  expect(figures.arrived).toBe(4 * 5 * 40);
  expect(figures.answeredShare).toBe(1);
  expect(figures.dropped).toBe(0);
  // Half of the frames take one rung, half both: 30 ms on average.
  expect(figures.runsPerAnswer).toBeCloseTo(1.5, 1);
  expect(figures.utilisation).toBeCloseTo((4 * 5 * 0.03) / 2, 2);
  expect(figures.accuracy).toBe(1);
  expect(figures.agreementWithTop).toBe(1);
  expect([figures.lack, figures.degraded]).toEqual([null, {}]);
});

test('too many cameras are answered as often as the slots allow, and every frame is accounted for', async () => {
  const figures = await play({ cameras: 60 });
  expect(figures.arrived).toBe(60 * 5 * 20);
  // What is in hand at the end is told after it.
  expect(figures.answered + figures.dropped).toBe(figures.arrived);
  expect(figures.utilisation).toBeGreaterThan(0.8);
  expect(figures.answered).toBeLessThanOrEqual((2 * 20_000) / 10 + 60);
  expect(figures.mostQueued).toBeLessThanOrEqual(60);
});

test('times that are multiplied keep the slots as many times busier', async () => {
  const [one, three] = [await play({ cameras: 2 }), await play({ cameras: 2, costScale: 3, budgetMs: null })];
  expect(three.utilisation / one.utilisation).toBeCloseTo(3, 1);
});

test('the same seed gives the same figures', async () => {
  const cameras = 40;
  expect(await play({ cameras })).toEqual(await play({ cameras }));
  expect(await play({ cameras, seed: 2 })).not.toEqual(await play({ cameras }));
});

test('without the budget for the second rung the first one’s answer stands, wrong as it may be', async () => {
  const { accuracy, stops } = await play({ budgetMs: 45 });
  expect(accuracy).toBeCloseTo(0.5, 1);
  expect(stops.budget).toBeCloseTo(0.5, 1);
});

test('a budget below the cheapest rung drops every frame', async () => {
  const { answered, droppedShare, accuracy, latencyMs, lack, degraded } = await play({ budgetMs: 5 });
  expect(lack).toMatch(/^no rung fits the budget of 5 ms .*: the cheapest, low, takes 10\.0 ms; raise budgetMs$/);
  expect(degraded).toEqual({ 'too-slow': 4 });
  expect(answered).toBe(0);
  expect(droppedShare).toBe(1);
  expect(accuracy).toBeNull();
  expect(latencyMs.p99).toBeNull();
});

test('a main thread that cannot keep up with the decoders loses frames, and they are counted', async () => {
  const trace = traceOf({ main: { arrivalMs: 100, rasterMs: 0, featuresMs: 0, readMs: 0, zeroMs: 0 } });
  const { arrived, dropped, droppedBy, mainThread } = await play({ trace });
  expect(mainThread).toBeGreaterThan(0.95);
  expect(droppedBy.skipped).toBeGreaterThan(arrived / 3);
  expect(dropped).toBeLessThanOrEqual(arrived);
});

test('a frame that waits for the main thread has waited from when it came, however quick its answer is then', async () => {
  const main = { arrivalMs: 150, rasterMs: 0, featuresMs: 0, readMs: 0, zeroMs: 0 };
  const one = await play({ trace: traceOf({ main }), cameras: 1 });
  // Of a second 750 ms go by with taking frames; an answer takes 10 or 50 ms from then on, and may wait for the next frame.
  expect(one.latencyMs.p50).toBeGreaterThanOrEqual(160);
  expect(one.latencyMs.p99).toBeLessThanOrEqual(350 + 1e-6);
  const four = await play({ trace: traceOf({ main }) });
  expect(four.latencyMs.p50).toBeGreaterThan(300);
  expect(four.mainThread).toBeLessThanOrEqual(1);
});

test('a main thread with time to spare adds what it takes for a frame, and no more', async () => {
  const quick = { arrivalMs: 1, rasterMs: 0, featuresMs: 0, readMs: 0, zeroMs: 0 };
  const [free, charged] = [await play({ cameras: 1 }), await play({ cameras: 1, trace: traceOf({ main: quick }) })];
  expect((charged.latencyMs.p50 ?? 0) - (free.latencyMs.p50 ?? 0)).toBeCloseTo(1, 1);
});

test('a load that changes meanwhile changes what arrives', async () => {
  const { arrived } = await play({ cameras: 1, load: (nowMs) => (nowMs < 10_000 ? 1 : 4) });
  expect(arrived).toBeGreaterThan(5 * 10 + 20 * 10 - 5);
  expect(arrived).toBeLessThan(5 * 10 + 20 * 10 + 5);
});

test('it ends when it is told to', async () => {
  const stop = new AbortController();
  const onProgress = (seconds: number) => {
    if (seconds >= 3) stop.abort(new Error('enough'));
  };
  await expect(play({ stop: stop.signal, onProgress })).rejects.toThrow('enough');
});
