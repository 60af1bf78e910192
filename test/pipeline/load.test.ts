import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readLadder } from '../../src/infer/ladder.ts';
import { InferencePool } from '../../src/infer/pool.ts';
import type { RunRequest, RunResult } from '../../src/infer/request.ts';
import { RequestQueue } from '../../src/infer/request-queue.ts';
import { RungCosts } from '../../src/infer/rung-costs.ts';
import { measureRungs } from '../../src/infer/warmup.ts';
import { CameraPipeline } from '../../src/pipeline/camera.ts';
import type { Inference } from '../../src/pipeline/climb.ts';
import type { LossReason } from '../../src/pipeline/observer.ts';
import { type AskedQuestion, labelsQuestion } from '../../src/pipeline/question.ts';
import { SharedLoad } from '../../src/pipeline/shared-load.ts';
import { WholeView } from '../../src/pipeline/view.ts';
import { SYSTEM_CLOCK } from '../../src/service/clock.ts';
import type { CameraStatus, Clock, Frame, Label, Raster } from '../../src/types.ts';
import { temporaryFolder } from '../support/clips.ts';
import { colourModel, writeLadder } from '../support/ladders.ts';
import { waitFor } from '../support/processes.ts';

const LABELS = ['red', 'green', 'blue'].map((name) => ({ id: name, name }));

/** A clock that its events move. */
class Time implements Clock {
  nowMs = 0;
  readonly #events: { atMs: number; act: () => void }[] = [];

  monotonicMs = () => this.nowMs;
  unixMs = () => 1_000_000 + this.nowMs;

  at(atMs: number, act: () => void): void {
    this.#events.push({ atMs, act });
  }

  async run(untilMs: number): Promise<void> {
    for (;;) {
      const next = this.#events.toSorted((a, b) => a.atMs - b.atMs)[0];
      if (next === undefined || next.atMs > untilMs) return;
      this.#events.splice(this.#events.indexOf(next), 1);
      this.nowMs = Math.max(this.nowMs, next.atMs);
      next.act();
      await new Promise(setImmediate);
    }
  }
}

/** Slots on that clock, with the daemon's own queue and costs. */
class Slots implements Inference {
  readonly classes = 3;
  readonly embeddingSizes: readonly number[] = [0, 0];
  readonly costs: RungCosts;
  readonly queue: RequestQueue;
  timesMs = [10, 30];
  mostQueued = 0;
  readonly #time: Time;
  #idle: number;
  readonly slots: number;

  constructor(time: Time, slots: number) {
    this.#time = time;
    this.slots = slots;
    this.#idle = slots;
    this.costs = new RungCosts(time);
    for (const [rung, ms] of this.timesMs.entries()) this.costs.begin(rung, { p50Ms: ms, p95Ms: ms });
    this.queue = new RequestQueue(time, this.costs);
  }

  get load(): number {
    return this.queue.busy / this.slots;
  }

  run(request: RunRequest): Promise<RunResult> {
    return new Promise((answer) => {
      this.queue.put(request, answer, this.#idle);
      this.#dispatch();
      this.mostQueued = Math.max(this.mostQueued, this.queue.length);
    });
  }

  #dispatch(): void {
    this.queue.expire();
    while (this.#idle > 0) {
      const begun = this.queue.begin();
      if (begun === null) return;
      this.#idle--;
      const runMs = this.timesMs[begun.request.rung] ?? 0;
      this.#time.at(this.#time.nowMs + runMs, () => {
        begun.request.logits.set([1, 0, 0]); // unsure: a climb goes on
        this.#idle++;
        this.queue.end(begun, { ok: true, prepareMs: 0, runMs });
        this.#dispatch();
      });
    }
  }
}

interface Told {
  readonly pipeline: CameraPipeline;
  readonly labels: Label[];
  readonly statuses: CameraStatus[];
  readonly lost: LossReason[];
  frames: number;
  /** Milliseconds between two frames. */
  everyMs: number;
  readonly show: () => void;
}

const SCREEN = { width: 20, height: 20, pixels: new Uint8Array(new SharedArrayBuffer(1200)) };

function question(costs: RungCosts, ids: readonly string[]): AskedQuestion {
  const held = { ids, p95Ms: [], costs, zeroMs: null };
  const asked = (rungs: readonly string[], operatingPoint: string) =>
    labelsQuestion(
      LABELS,
      {
        mode: 'cascade' as const,
        rungs: rungs.map((id) => ({ id, threshold: 0.9, temperature: 1, mergeWeight: 1 })),
        judge: () => ({ features: [], entry: () => 0, right: ({ confidence }) => confidence }),
        operatingPoint,
      },
      held,
    );
  return { ...asked(ids, 'balanced'), cheaper: [asked(ids.slice(0, 1), 'cheap')] };
}

function camera(
  id: string,
  inference: Inference & { costs: RungCosts },
  clock: Clock,
  load: SharedLoad,
  budgetMs: number,
): Told {
  const priority = 1;
  let onFrame: (frame: Frame) => unknown = () => {};
  let end = () => {};
  const told = {
    labels: [] as Label[],
    statuses: [] as CameraStatus[],
    lost: [] as LossReason[],
    frames: 0,
    everyMs: 200,
  };
  const climb = {
    inference,
    questions: [question(inference.costs, ['low', 'high'])],
    client: { camera: id, weight: priority },
    clock,
    topK: 1,
    raster: () => (frame: Raster) => frame,
    features: () => () => new Float64Array(0),
    zero: null,
  };
  const nothing = () => {};
  const pipeline = new CameraPipeline({
    camera: id,
    pace: 'source',
    budgetMs,
    clock,
    gears: { priority, load },
    clockSince: () => ({ state: 'unreadable', source: 'none' }),
    view: new WholeView({ climb, budgetMs, kind: 'frame', region: [0, 0, 1, 1], guard: null }),
    observer: {
      frameArrived: nothing,
      frameLost: (_camera, reason) => told.lost.push(reason),
      rungRan: nothing,
      answered: nothing,
      regionsLeftOut: nothing,
      happened: nothing,
      cameraState: nothing,
      audited: nothing,
      reused: nothing,
    },
    onLabel: (label) => told.labels.push(label),
    onEvent: nothing,
    onStatus: (status) => told.statuses.push(status),
    onFailure: (reason) => expect.fail(reason),
    source: (callbacks) => {
      onFrame = callbacks.onFrame;
      callbacks.onState('live', 'streaming');
      return {
        expectation: null,
        streams: 1,
        start: () =>
          new Promise((resolve) => {
            end = resolve;
          }),
        stop: async () => end(),
      };
    },
  });
  void pipeline.start();
  return Object.assign(told, {
    pipeline,
    show: () => {
      const ptsSeconds = told.frames++ / 5;
      const arrived = { arrivedAtMs: clock.unixMs(), arrivedMs: clock.monotonicMs() };
      onFrame({ camera: id, stream: 1, ptsSeconds, ...arrived, ...SCREEN, release: nothing });
    },
  });
}

/** @returns ends it */
function playOn(time: Time, told: Told, firstMs: number): () => void {
  let isOver = false;
  const next = () => {
    if (isOver) return;
    told.show();
    time.at(time.nowMs + told.everyMs, next);
  };
  time.at(firstMs, next);
  return () => {
    isOver = true;
  };
}

function machine(cameras: number, slots: number, budgetMs = 100) {
  const time = new Time();
  const pool = new Slots(time, slots);
  const load = new SharedLoad(pool);
  const all = Array.from({ length: cameras }, (_, n) => camera(`c${n}`, pool, time, load, budgetMs));
  for (const [n, told] of all.entries()) playOn(time, told, (n * 200) / cameras);
  return { time, pool, all };
}

describe('cameras that share slots', () => {
  test('with too much load go to a cheaper gear, and return when it is gone', async () => {
    const { time, all } = machine(16, 2);
    await time.run(30_000); // 16 cameras at 5 fps on both rungs would take 3.2 slots
    const slower = all.filter(({ pipeline }) => pipeline.status.gear === 1);
    expect(slower.length).toBeGreaterThan(4);
    for (const { labels } of slower) expect(labels.at(-1)?.operatingPoint).toBe('cheap');
    const [lost, labels] = [all.flatMap((told) => told.lost).length, all.flatMap((told) => told.labels).length];
    await time.run(40_000); // as many have given way as need to: all are answered as they are to be
    expect(all.flatMap((told) => told.lost).length).toBe(lost);
    expect(all.flatMap((told) => told.labels).length).toBeGreaterThan(labels + 16 * 5 * 9);
    for (const [n, told] of all.entries()) told.everyMs = 900 + 13 * n; // not all in the same moments
    await time.run(100_000);
    for (const { pipeline } of all) expect(pipeline.status.gear).toBe(0);
  });

  test('are all answered in their share and before their deadline, with a queue no longer than there are cameras', async () => {
    const { time, pool, all } = machine(40, 2); // 40 x 5 x 10 ms: all of both slots, in the cheapest gear
    await time.run(40_000);
    const counts = all.map(({ labels }) => labels.length);
    const mean = counts.reduce((a, b) => a + b, 0) / counts.length;
    expect(Math.min(...counts) / mean).toBeGreaterThan(0.8);
    for (const { labels } of all) for (const { spentMs } of labels) expect(spentMs).toBeLessThanOrEqual(100);
    expect(pool.mostQueued).toBeLessThanOrEqual(40);
  });

  test('do with the cheaper rung within ten frames when the dearer one takes three times as long, and climb again later', async () => {
    const { time, pool, all } = machine(1, 1, 80);
    const [told] = all as [Told];
    const pathOf = (label: Label | undefined) => label?.path.map(({ rung }) => rung);
    await time.run(4_000);
    expect(pathOf(told.labels.at(-1))).toEqual(['low', 'high']);
    pool.timesMs = [10, 90];
    const before = told.frames;
    await time.run(6_000);
    const during = told.labels.slice(before);
    expect(during.slice(9).map(pathOf)).toEqual(during.slice(9).map(() => ['low']));
    expect(told.frames - before).toBe(10);
    pool.timesMs = [10, 30];
    await time.run(90_000);
    expect(pathOf(told.labels.at(-1))).toEqual(['low', 'high']);
  });

  test('know within ten frames that the only rung takes three times as long, and do not drop frames for a few slow runs', async () => {
    const { time, pool, all } = machine(1, 1, 25);
    const [told] = all as [Told];
    await time.run(10_000);
    pool.timesMs = [22, 30];
    await time.run(10_400); // two runs
    pool.timesMs = [10, 30];
    await time.run(16_000);
    expect(told.lost).toEqual([]);
    pool.timesMs = [30, 90];
    await time.run(18_000);
    expect(told.lost.length).toBeGreaterThan(0);
    await time.run(19_000);
    expect(told.lost.slice(-5)).toEqual(Array(5).fill('budget'));
    pool.timesMs = [10, 30];
    const labels = told.labels.length;
    await time.run(40_000); // tried again now and then, it is found to be what it was
    expect(told.labels.length).toBeGreaterThan(labels + 30);
  });

  test('drop and count what not even the cheapest rung could answer, and say why', async () => {
    const { time, all, pool } = machine(2, 1, 5);
    await time.run(4_000);
    for (const { labels, lost, frames, pipeline } of all) {
      expect(labels).toEqual([]);
      expect(lost).toEqual(Array(frames).fill('budget'));
      expect(pipeline.status).toMatchObject({ state: 'live', degraded: ['too-slow'] });
      expect(pipeline.status.reason).toMatch(/no rung fits the budget of 5 ms .* low, takes 10.0 ms; raise budgetMs/);
    }
    expect(pool.mostQueued).toBe(0);
  });
});

describe('the load that cameras share', () => {
  /** Holds what one camera would take more, and tells whether any does. */
  async function givenWay() {
    const time = new Time();
    const pool = new Slots(time, 1);
    const load = new SharedLoad({ slots: 1, load: 0 });
    const told = camera('c', pool, time, load, 100);
    told.everyMs = 20;
    const end = playOn(time, told, 0);
    await time.run(10_000);
    expect(told.pipeline.status.gear).toBe(1);
    expect(load.ifReturned).toBeGreaterThan(0);
    return { time, pool, load, told, end };
  }

  test('has nothing of a camera that was stopped', async () => {
    const { time, load, told, end } = await givenWay();
    end();
    const stopped = told.pipeline.stop();
    await time.run(20_000);
    await stopped;
    expect(load.ifReturned).toBe(0);
  });

  test('has nothing of a camera that goes on with a view without gears', async () => {
    const { time, load, told, end } = await givenWay();
    end();
    await time.run(11_000);
    told.pipeline.lookBy({
      questions: [],
      tracks: 0,
      end: () => [],
      look: () => Promise.reject(new Error('not asked')),
    });
    expect(load.ifReturned).toBe(0);
  });
});

describe('cameras that share real slots', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let pool: InferencePool;
  beforeAll(async () => {
    folder = await temporaryFolder();
    const rungs = [
      { id: 'low', model: colourModel(0.01) },
      { id: 'high', model: colourModel(0.02) },
    ];
    const ladder = await readLadder(await writeLadder(folder.path, rungs));
    const settings = { executionProviders: ['cpu'], allowFallback: false, threadsPerSlot: 1 };
    pool = await InferencePool.start({ rungs: ladder.rungs, classes: 3, slots: 2, clock: SYSTEM_CLOCK, settings });
    const timings = await measureRungs(pool, { aspect: 'stretch', width: 20, height: 20 }, 20);
    for (const [rung, timing] of timings.entries()) pool.costs.begin(rung, timing);
  });
  afterAll(async () => {
    await pool.stop();
    await folder.remove();
  });

  test('are answered, and the costs of the rungs are those that are seen', async () => {
    const load = new SharedLoad(pool);
    const all = Array.from({ length: 4 }, (_, n) => camera(`c${n}`, pool, SYSTEM_CLOCK, load, 60_000));
    pool.costs.begin(0, { p50Ms: 5_000, p95Ms: 5_000 });
    for (let frame = 0; frame < 50; frame++) {
      for (const told of all) told.show();
      await waitFor(() => all.every(({ labels }) => labels.length === frame + 1), 'labels');
    }
    expect(pool.costs.meanMs(0)).toBeLessThan(2_500);
    expect(pool.queued).toBe(0);
    expect(pool.load).toBeGreaterThan(0);
    await Promise.all(all.map(({ pipeline }) => pipeline.stop()));
  });
});
