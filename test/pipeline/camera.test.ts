import { describe, expect, test } from 'vitest';
import type { RunRequest, RunResult } from '../../src/infer/pool.ts';
import { CameraPipeline } from '../../src/pipeline/camera.ts';
import type { LossReason } from '../../src/pipeline/observer.ts';
import { WholeView } from '../../src/pipeline/view.ts';
import type { CameraState, CameraStatus, ClockState, Frame, Label, Pace } from '../../src/types.ts';

const LABELS = [
  { id: 'c0', name: 'red' },
  { id: 'c1', name: 'green' },
];

/** A pipeline over made-up inference and time. */
class Bench {
  nowMs = 0;
  readonly labels: Label[] = [];
  readonly statuses: CameraStatus[] = [];
  readonly lost: LossReason[] = [];
  readonly released: number[] = [];
  readonly ran: string[] = [];
  readonly ranAt: string[] = [];
  readonly states: CameraState[] = [];
  readonly runs: RunRequest[] = [];
  looks = 0;
  /** How the next runs end; each gives logits. */
  answer: (request: RunRequest) => Promise<RunResult> = async (request) => this.done(request, 10, [4, 0]);
  onFrame: (frame: Frame) => Promise<void> | undefined = () => undefined;
  onState: (state: CameraState, reason: string) => void = () => {};
  readonly pipeline: CameraPipeline;
  clockSince: (monotonicMs: number) => ClockState = () => ({ state: 'unreadable', source: 'none' });
  #endSource = () => {};
  #frames = 0;

  constructor(options: { budgetMs?: number | null; pace?: Pace; p95Ms?: number[] } = {}) {
    const clock = { monotonicMs: () => this.nowMs, unixMs: () => 1_000_000 + this.nowMs };
    this.pipeline = new CameraPipeline({
      camera: 'gate',
      pace: options.pace ?? 'source',
      budgetMs: options.budgetMs === undefined ? 100 : options.budgetMs,
      clock,
      clockSince: (monotonicMs) => this.clockSince(monotonicMs),
      view: new WholeView({
        climb: {
          inference: {
            classes: LABELS.length,
            embeddingSizes: [],
            run: (request) => {
              this.runs.push(request);
              return this.answer(request);
            },
          },
          questions: [
            {
              id: 'default',
              text: null,
              classes: LABELS,
              policy: {
                mode: 'cascade',
                rungs: [
                  { id: 'low', threshold: 0.9, temperature: 1, mergeWeight: 1 },
                  { id: 'high', threshold: 0, temperature: 1, mergeWeight: 1 },
                ],
                judge: () => ({ features: ['contrast'], entry: () => 0, right: ({ confidence }) => confidence }),
                operatingPoint: 'default',
              },
              poolRungs: [3, 5],
              p95Ms: () => options.p95Ms ?? [10, 40],
              reader: null,
            },
          ],
          raster: () => (frame) => frame,
          features: () => () => {
            this.looks++;
            return new Float64Array(1);
          },
          zero: null,
          clock,
          topK: 2,
        },
        budgetMs: options.budgetMs === undefined ? 100 : options.budgetMs,
        kind: 'frame',
        region: [0.25, 0, 0.5, 1],
        guard: null,
      }),
      observer: {
        frameArrived: () => {},
        frameLost: (_camera, reason) => this.lost.push(reason),
        rungRan: ({ rung }, { state }) => {
          this.ran.push(rung);
          this.ranAt.push(state);
        },
        answered: () => {},
        audited: () => {},
        reused: () => {},
        regionsLeftOut: () => {},
        happened: () => {},
        cameraState: (_camera, state) => this.states.push(state),
      },
      onLabel: (label) => this.labels.push(label),
      onEvent: () => {},
      onStatus: (status) => this.statuses.push(status),
      onFailure: () => {},
      source: ({ onFrame, onState }) => {
        this.onFrame = onFrame;
        this.onState = onState;
        return {
          expectation: null,
          streams: 0,
          start: () =>
            new Promise((resolve) => {
              this.#endSource = resolve;
            }),
          stop: async () => this.#endSource(),
        };
      },
    });
    void this.pipeline.start();
  }

  done(request: RunRequest, runMs: number, logits: number[], waitMs = 0): RunResult {
    this.nowMs += waitMs + runMs;
    request.logits.set(logits);
    return { kind: 'done', waitMs, prepareMs: 0, runMs, serviceMs: runMs };
  }

  frame(): Promise<void> | undefined {
    const number = this.#frames++;
    return this.onFrame({
      camera: 'gate',
      stream: 1,
      ptsSeconds: number / 5,
      arrivedAtMs: 1_000_000 + this.nowMs,
      arrivedMs: this.nowMs,
      width: 2,
      height: 2,
      pixels: new Uint8Array(12),
      release: () => this.released.push(number),
    });
  }

  async settle(): Promise<void> {
    for (let i = 0; i < 20; i++) await new Promise(setImmediate);
  }
}

describe('CameraPipeline', () => {
  test('tells an accepted label with its path and times', async () => {
    const bench = new Bench();
    bench.frame();
    await bench.settle();
    expect(bench.labels).toEqual([
      expect.objectContaining({
        camera: 'gate',
        question: 'default',
        label: 'red',
        classId: 'c0',
        stop: 'accepted',
        view: { kind: 'frame', box: [0.25, 0, 0.5, 1] },
        path: [{ rung: 'low', waitMs: 0, runMs: 10, confidence: expect.closeTo(0.982, 3) }],
        budgetMs: 100,
        spentMs: 10,
        arrivedAtMs: 1_000_000,
        decidedAtMs: 1_000_010,
        changed: true,
        stable: null,
        operatingPoint: 'default',
        clock: { state: 'unreadable', source: 'none' },
      }),
    ]);
    expect(bench.runs[0]).toMatchObject({ rung: 3, deadlineMs: 100, latestStartMs: 90 });
    expect(bench.released).toEqual([0]);
  });

  test('climbs when unsure, and merges', async () => {
    const bench = new Bench();
    bench.answer = async (request) => bench.done(request, 10, request.rung === 3 ? [1, 0] : [0, 4]);
    bench.frame();
    await bench.settle();
    expect(bench.labels[0]).toMatchObject({ label: 'green', stop: 'top', path: [{ rung: 'low' }, { rung: 'high' }] });
  });

  test('waiting counts as spent: an answer that took too long in the queue ends the climb', async () => {
    const bench = new Bench();
    bench.answer = async (request) => bench.done(request, 10, [1, 0], 55);
    bench.frame();
    await bench.settle();
    expect(bench.labels[0]).toMatchObject({ stop: 'budget', spentMs: 65, path: [{ rung: 'low', waitMs: 55 }] });
  });

  test('a rung that was too late to begin leaves the answer in hand', async () => {
    const bench = new Bench();
    bench.answer = async (request) => {
      if (request.rung === 3) return bench.done(request, 10, [1, 0]);
      bench.nowMs += 60;
      return { kind: 'late', waitMs: 60 };
    };
    bench.frame();
    await bench.settle();
    expect(bench.labels[0]).toMatchObject({ stop: 'budget', path: [{ rung: 'low' }], spentMs: 70 });
  });

  test('a frame for which nothing fits is dropped and counted, and its camera says so until it has passed', async () => {
    const bench = new Bench({ budgetMs: 5 });
    bench.onState('live', '');
    bench.frame();
    await bench.settle();
    expect(bench.labels).toEqual([]);
    expect(bench.lost).toEqual(['budget']);
    expect(bench.statuses.at(-1)).toMatchObject({ state: 'live', degraded: ['too-slow'] });
    const told = bench.statuses.length;
    bench.frame();
    await bench.settle();
    expect(bench.statuses.length).toBe(told); // told once
    expect(bench.looks).toBe(0); // nor is it looked at
  });

  test('a frame in time is looked at once', async () => {
    const bench = new Bench();
    bench.onState('live', '');
    bench.frame();
    await bench.settle();
    expect(bench.looks).toBe(1);
  });

  test('a trouble is taken back after it has not been seen for a while', async () => {
    const bench = new Bench();
    bench.onState('live', '');
    bench.answer = async () => ({ kind: 'failed', waitMs: 0, reason: 'crashed' });
    bench.frame();
    await bench.settle();
    expect(bench.lost).toEqual(['failed']);
    expect(bench.statuses.at(-1)?.degraded).toEqual(['inference']);
    bench.answer = async (request) => bench.done(request, 10, [4, 0]);
    bench.nowMs += 10_001;
    bench.frame();
    await bench.settle();
    expect(bench.statuses.at(-1)?.degraded).toEqual([]);
    expect(bench.labels.length).toBe(1);
  });

  test('logits that are not finite are a failure, not a label', async () => {
    const bench = new Bench();
    bench.answer = async (request) => bench.done(request, 10, [Number.NaN, 0]);
    bench.frame();
    await bench.settle();
    expect(bench.labels).toEqual([]);
    expect(bench.lost).toEqual(['failed']);
  });

  test('the newest frame displaces the one that waits', async () => {
    const bench = new Bench();
    let go = () => {};
    bench.answer = (request) =>
      new Promise((resolve) => {
        go = () => resolve(bench.done(request, 10, [4, 0]));
      });
    bench.frame();
    await bench.settle();
    for (let i = 0; i < 3; i++) bench.frame();
    go();
    await bench.settle();
    go();
    await bench.settle();
    expect(bench.labels.map(({ ptsSeconds }) => ptsSeconds)).toEqual([0, 0.6]);
    expect(bench.lost).toEqual(['displaced', 'displaced']);
    expect(bench.released.sort()).toEqual([0, 1, 2, 3]);
  });

  test('at a fast pace the source waits, and nothing is displaced', async () => {
    const bench = new Bench({ pace: 'fast', budgetMs: null });
    for (let i = 0; i < 10; i++) await bench.frame();
    await bench.settle();
    expect(bench.labels.length).toBe(10);
    expect(bench.lost).toEqual([]);
  });

  test('at a fast pace no frame spends its budget on waiting for the one before', async () => {
    const bench = new Bench({ pace: 'fast', budgetMs: 100 });
    bench.answer = async (request) => bench.done(request, 90, [4, 0]);
    for (let i = 0; i < 5; i++) await bench.frame();
    await bench.settle();
    expect(bench.labels.map(({ spentMs }) => spentMs)).toEqual([90, 90, 90, 90, 90]);
  });

  test('its first state is counted as well', () => {
    const bench = new Bench();
    bench.onState('live', '');
    bench.onState('connecting', 'opening again');
    expect(bench.states).toEqual(['connecting', 'live', 'connecting']);
  });

  test('troubles are forgotten when the camera is not live any more', async () => {
    const bench = new Bench({ budgetMs: 5 });
    bench.onState('live', '');
    bench.frame();
    await bench.settle();
    bench.onState('stalled', 'no frame');
    expect(bench.statuses.at(-1)).toMatchObject({ state: 'stalled', degraded: [] });
  });

  test('a camera most of whose frames are displaced is too slow', async () => {
    const bench = new Bench({ budgetMs: null });
    bench.onState('live', '');
    bench.answer = () => new Promise(() => {});
    for (let i = 0; i < 12; i++) bench.frame();
    await bench.settle();
    expect(bench.statuses.at(-1)?.degraded).toEqual(['too-slow']);
  });

  test('without a budget, a frame still takes its turn in the queue', async () => {
    const bench = new Bench({ budgetMs: null });
    bench.nowMs = 500;
    bench.frame();
    await bench.settle();
    expect(bench.runs[0]).toMatchObject({ deadlineMs: 1500, latestStartMs: Infinity });
  });

  test('rungs that ran are counted although a later one failed', async () => {
    const bench = new Bench();
    bench.answer = async (request) =>
      request.rung === 3 ? bench.done(request, 10, [1, 0]) : { kind: 'failed', waitMs: 0, reason: 'crashed' };
    bench.frame();
    await bench.settle();
    expect(bench.ran).toEqual(['low']);
    expect(bench.lost).toEqual(['failed']);
  });

  test('a state is told once, however often the source names it', async () => {
    const bench = new Bench();
    expect(bench.pipeline.isKnown).toBe(false);
    for (const reason of ['', '', 'again', 'again']) bench.onState('live', reason);
    expect(bench.statuses.map(({ reason }) => reason)).toEqual(['', 'again']);
    bench.onState('connecting', 'opening again');
    expect(bench.pipeline.isKnown).toBe(true);
  });

  test('changed tells a new label, not a new confidence', async () => {
    const bench = new Bench();
    const logits = [
      [4, 0],
      [5, 0],
      [0, 5],
      [0, 4],
    ];
    bench.answer = async (request) => bench.done(request, 10, logits.shift() ?? [0, 0]);
    for (let i = 0; i < 4; i++) {
      bench.frame();
      await bench.settle();
    }
    expect(bench.labels.map(({ changed }) => changed)).toEqual([true, false, true, false]);
  });

  test('a label carries the state of the clocks since its frame arrived, and its rungs are counted with it', async () => {
    const bench = new Bench();
    let changedMs = -1;
    bench.clockSince = (sinceMs) => ({ state: sinceMs < changedMs ? 'mixed' : 'pinned', source: 'linux' });
    bench.nowMs = 100;
    bench.frame();
    await bench.settle();
    bench.answer = async (request) => {
      changedMs = bench.nowMs + 1; // while the rung runs
      return bench.done(request, 10, [4, 0]);
    };
    bench.frame();
    await bench.settle();
    bench.answer = async (request) => bench.done(request, 10, [4, 0]);
    bench.frame();
    await bench.settle();
    expect(bench.labels.map(({ clock }) => clock.state)).toEqual(['pinned', 'mixed', 'pinned']);
    expect(bench.ranAt).toEqual(['pinned', 'mixed', 'pinned']);
  });

  test('rungs of a frame that failed are counted with its clocks', async () => {
    const bench = new Bench();
    bench.clockSince = (sinceMs) => ({ state: sinceMs < bench.nowMs ? 'mixed' : 'pinned', source: 'linux' });
    bench.answer = async (request) =>
      request.rung === 3 ? bench.done(request, 10, [1, 0]) : { kind: 'failed', waitMs: 0, reason: 'crashed' };
    bench.frame();
    await bench.settle();
    expect(bench.ranAt).toEqual(['mixed']);
  });

  test('tells how often answers are the top rung’s, once it is known, and again only when it is another', async () => {
    const bench = new Bench();
    const reuse = { question: 'default', threshold: 1, isProven: true, hasDrifted: false };
    const looked = { statements: [], ran: [], decideMs: 0, events: [], gone: [], leftOut: 0, troubles: [] };
    const agreements = [null, 0.981, 0.979, 0.95];
    const look = async () => ({ ...looked, reuses: [{ ...reuse, agreement: agreements.shift() ?? null }] });
    bench.pipeline.lookBy({ questions: [], tracks: 0, look, end: () => [] });
    bench.onState('live', '');
    for (let at = 0; at < 4; at++) {
      bench.frame();
      await bench.settle();
    }
    const live = { camera: 'gate', state: 'live', reason: '', degraded: [] };
    const told = [0.98, 0.95].map((ratio) => ({ ...live, agreement: { default: ratio } }));
    expect(bench.statuses).toEqual([live, ...told]);
    expect(bench.pipeline.status).toEqual(told[1]);
  });

  test('stop tells the frame in hand and takes no other', async () => {
    const bench = new Bench();
    let go = () => {};
    bench.answer = (request) =>
      new Promise((resolve) => {
        go = () => resolve(bench.done(request, 10, [4, 0]));
      });
    bench.frame();
    await bench.settle();
    const stopped = bench.pipeline.stop();
    bench.frame();
    go();
    await stopped;
    expect(bench.labels.length).toBe(1);
    expect(bench.released.sort()).toEqual([0, 1]);
  });
});
