import { describe, expect, test } from 'vitest';
import type { RunRequest, RunResult } from '../../src/infer/pool.ts';
import { HeadsGuard } from '../../src/pipeline/guard.ts';
import { MotionView } from '../../src/pipeline/motion-view.ts';
import { type AskedQuestion, placeRungs } from '../../src/pipeline/question.ts';
import type { AuditSettings } from '../../src/pipeline/reuse.ts';
import type { Looked } from '../../src/pipeline/view.ts';
import type { SceneReport } from '../../src/scene/motion.ts';
import type { Box, Frame } from '../../src/types.ts';

const REGION: Box = [0.5, 0, 0.5, 1];
const STEADY: SceneReport = { regions: [], ended: [], state: 'steady', held: null, foregroundRatio: 0 };
const region = (track: number, box: Box = [0.2, 0.4, 0.1, 0.2], stillSeconds = 0) => ({
  box,
  track,
  isNew: false,
  isCut: false,
  stillSeconds,
});

function question(id: string, names: readonly string[], rungs: readonly string[]): AskedQuestion {
  const policy = {
    mode: 'fixed' as const,
    rungs: rungs.map((rung) => ({ id: rung, threshold: 0, temperature: 1, mergeWeight: 1 })),
    judge: () => ({ features: [], entry: () => 0, right: () => 1 }),
    operatingPoint: 'balanced',
  };
  const classes = names.map((name) => ({ id: name, name }));
  const held = { ids: ['a'], p95Ms: [10], zeroMs: null };
  return { id, text: null, classes, policy, ...placeRungs(policy, held), reader: null };
}

interface BenchOptions {
  readonly objects?: boolean;
  readonly states?: boolean;
  readonly budgetMs?: number;
  readonly guarded?: boolean;
  readonly audits?: AuditSettings;
  readonly random?: () => number;
}

/** A view over a made-up scene, inference and time. */
class Bench {
  nowMs = 0;
  seconds = 0;
  stream = 1;
  size = 100;
  /** What the scene tells of the next frame. */
  report: SceneReport = STEADY;
  logits: number[] = [3, 0, 0];
  likeness: 'same' | 'moved' = 'same';
  readonly runs: RunRequest[] = [];
  readonly scenes: string[] = [];
  readonly notices: string[] = [];
  rasters = 0;
  reductions = 0;
  /** What small rasters were made of. */
  readonly small: { width: number }[] = [];
  readonly view: MotionView;

  constructor(options: BenchOptions = {}) {
    const { objects = true, states = false, budgetMs = null, guarded = false } = options;
    const clock = { monotonicMs: () => this.nowMs, unixMs: () => 1_000_000 + this.nowMs };
    const climb = (asked: AskedQuestion) => ({
      inference: { classes: 3, embeddingSizes: [0], run: (request: RunRequest) => this.#run(request) },
      questions: [asked],
      clock,
      topK: 2,
      raster: () => (frame: Frame | { width: number; height: number; pixels: Uint8Array }) => {
        this.rasters++;
        this.small.push(frame);
        return frame;
      },
      features: () => () => new Float64Array(0),
      zero: null,
    });
    const gate = question('gate', ['open', 'closed', 'other'], ['a']);
    const shared = { budgetMs, region: REGION, maxReuseMs: 10_000 };
    this.view = new MotionView({
      scene: ({ width, height }, tracksBefore) => {
        this.scenes.push(`${width}x${height} from ${tracksBefore}`);
        return { tracks: tracksBefore + 5, observe: () => this.report };
      },
      luma: ({ pixels }) => pixels,
      clock,
      objects: objects ? { ...shared, climb: climb(question('default', ['car', 'dog', 'other'], ['a'])) } : null,
      states: states
        ? {
            ...shared,
            climb: climb({ ...gate, ...(options.audits && { top: gate }) }),
            audits: { audits: options.audits ?? null, random: options.random ?? (() => 1), onNotice: () => {} },
            atWorkingSize: () => {
              this.reductions++;
              return { width: 30, height: 30, pixels: new Uint8Array(2) };
            },
          }
        : null,
      guard: guarded
        ? new HeadsGuard({
            areUnusable: false,
            watch: { observe: () => this.likeness },
            picture: { taught: { width: 100, height: 100 }, of: (frame) => frame },
            onNotice: (text) => this.notices.push(text),
          })
        : null,
    });
  }

  async #run(request: RunRequest): Promise<RunResult> {
    this.runs.push(request);
    this.nowMs += 10;
    request.logits.set(this.logits);
    return { kind: 'done', waitMs: 0, prepareMs: 0, runMs: 10, serviceMs: 10 };
  }

  /** Looks at a frame a fifth of a second after the one before. */
  async look(report: Partial<SceneReport> = {}, afterSeconds = 0.2): Promise<Looked> {
    this.report = { ...STEADY, ...report };
    this.seconds += afterSeconds;
    return await this.view.look({
      camera: 'gate',
      stream: this.stream,
      ptsSeconds: this.seconds,
      arrivedAtMs: 1_000_000 + this.seconds * 1000,
      arrivedMs: this.nowMs,
      width: this.size,
      height: this.size,
      pixels: new Uint8Array(1),
      release: () => {},
    });
  }
}

const told = ({ statements }: Looked) =>
  statements.map(({ question: { id }, view, result }) =>
    result.kind === 'answered'
      ? {
          id,
          label: result.top[0]?.label ?? null,
          stop: result.stop,
          rungs: result.path.length,
          ...(view.track === undefined ? {} : { track: view.track }),
          ...(result.reusedAgeMs === undefined ? {} : { ageMs: Math.round(result.reusedAgeMs) }),
        }
      : result.kind,
  );

describe('objects', () => {
  test('while nothing moves, no rung runs and there is nothing to say', async () => {
    const bench = new Bench();
    expect(told(await bench.look())).toEqual([{ id: 'default', label: null, stop: 'still', rungs: 0 }]);
    expect(bench.runs).toEqual([]);
  });

  test('each is cut out and told by its place in the source’s picture', async () => {
    const bench = new Bench();
    const looked = await bench.look({ regions: [region(7), region(8, [0, 0, 0.5, 0.5])] });
    expect(bench.runs.map(({ box }) => box)).toEqual([
      [0.2, 0.4, 0.1, 0.2],
      [0, 0, 0.5, 0.5],
    ]);
    expect(looked.statements.map(({ view }) => view)).toEqual([
      { kind: 'motion', box: [0.6, 0.4, 0.05, 0.2], track: 7 },
      { kind: 'motion', box: [0.5, 0, 0.25, 0.5], track: 8 },
    ]);
  });

  test('where nearly all of the picture changed, it is looked at as a whole, and what is followed stays', async () => {
    const bench = new Bench();
    for (let n = 0; n < 2; n++) await bench.look({ regions: [region(7)] });
    bench.logits = [0, 3, 0];
    const looked = await bench.look({ held: 'change', foregroundRatio: 0.8 });
    expect(told(looked)).toEqual([{ id: 'default', label: 'dog', stop: 'fixed', rungs: 1 }]);
    expect(looked.statements[0]?.view).toEqual({ kind: 'motion', box: REGION });
    expect(bench.runs.at(-1)?.box).toEqual([0, 0, 1, 1]);
    expect(looked.events).toEqual([]);
    bench.logits = [3, 0, 0];
    expect(told(await bench.look({ regions: [region(7)] }))).toMatchObject([{ label: 'car', track: 7 }]);
    expect((await bench.look({ ended: [7] })).events).toMatchObject([{ phase: 'end', label: 'car' }]);
  });

  test('where there is no time for the whole, the frame is lost', async () => {
    expect(told(await new Bench({ budgetMs: 5 }).look({ held: 'change' }))).toEqual(['dropped']);
  });

  test('an event begins once its object is known, with the frame that showed it first, and ends with the last one', async () => {
    const bench = new Bench();
    const events = [
      (await bench.look({ regions: [region(7)] })).events,
      (await bench.look({ regions: [region(7)] })).events,
      (await bench.look({ regions: [region(7)] })).events,
      (await bench.look()).events,
    ];
    const left = await bench.look({ ended: [7] });
    expect(events.map((some) => some.length)).toEqual([0, 1, 0, 0]);
    const event = { question: 'default', label: 'car', stream: 1, track: 7 };
    expect(events[1]).toEqual([{ ...event, phase: 'begin', ptsSeconds: 0.2, atMs: 1_000_200 }]);
    expect(left.events).toEqual([
      { ...event, phase: 'end', ptsSeconds: expect.closeTo(0.6), atMs: expect.closeTo(1_000_600) },
    ]);
    expect(left.gone).toEqual([7]);
  });

  test('several looks at one object make one answer', async () => {
    const bench = new Bench();
    await bench.look({ regions: [region(7)] });
    await bench.look({ regions: [region(7)] });
    bench.logits = [0, 2, 0];
    expect(told(await bench.look({ regions: [region(7)] }))[0]).toMatchObject({ label: 'car' });
    expect(told(await bench.look({ regions: [region(9)] }))[0]).toMatchObject({ label: 'dog' });
  });

  test('a look at what the border cuts counts for half', async () => {
    const bench = new Bench();
    const cut = { ...region(7), isCut: true };
    bench.logits = [0, 3, 0];
    expect(told(await bench.look({ regions: [cut] }))).toMatchObject([{ label: 'dog' }]);
    bench.logits = [2, 0, 0]; // less sure, of the whole of it
    expect(told(await bench.look({ regions: [region(7)] }))).toMatchObject([{ label: 'car' }]);
  });

  test('what is none of the wished-for things is no event', async () => {
    const bench = new Bench();
    bench.logits = [0, 0, 4];
    const looks = [];
    for (let n = 0; n < 7; n++) looks.push(await bench.look({ regions: [region(7)] }));
    expect(bench.runs.length).toBe(7);
    looks.push(await bench.look({ regions: [region(7, [0, 0, 1, 1], 3)] }));
    expect(bench.runs.length).toBe(7); // nor is it looked at again and again while it stands there
    looks.push(await bench.look({ ended: [7] }));
    expect(looks.flatMap(({ events }) => events)).toEqual([]);
  });

  test('what passes too quickly to be known is no event', async () => {
    const bench = new Bench();
    const looks = [await bench.look({ regions: [region(7)] }), await bench.look({ ended: [7] })];
    expect(looks.flatMap(({ events }) => events)).toEqual([]);
  });

  test('what no longer fits the budget is left out and counted; the largest comes first', async () => {
    const bench = new Bench({ budgetMs: 25 });
    const looked = await bench.look({ regions: [1, 2, 3, 4].map((track) => region(track)) });
    expect(told(looked)).toMatchObject([{ track: 1 }, { track: 2 }]);
    expect(looked.leftOut).toBe(2);
  });

  test('a frame none of whose regions fits is lost', async () => {
    const bench = new Bench({ budgetMs: 5 });
    expect(told(await bench.look({ regions: [region(1)] }))).toEqual(['dropped']);
  });

  test('what stands still is looked at again only after a while', async () => {
    const bench = new Bench();
    for (let n = 0; n < 2; n++) await bench.look({ regions: [region(7)] });
    const standing = [region(7, [0, 0, 1, 1], 3)];
    expect(told(await bench.look({ regions: standing }))).toEqual([
      { id: 'default', label: 'car', stop: 'still', rungs: 0, track: 7, ageMs: 200 },
    ]);
    expect(bench.runs.length).toBe(2);
    expect(told(await bench.look({ regions: standing }, 9.9))[0]).toMatchObject({ stop: 'fixed' });
    expect(bench.runs.length).toBe(3);
  });

  test('the end of the stream, and pictures of another size, end what is in view', async () => {
    const bench = new Bench();
    for (let n = 0; n < 2; n++) await bench.look({ regions: [region(7)] });
    expect(bench.view.end()).toMatchObject([{ phase: 'end', track: 7 }]);
    expect(bench.view.end()).toEqual([]);
    for (let n = 0; n < 2; n++) await bench.look({ regions: [region(8)] });
    bench.size = 50;
    const looked = await bench.look();
    expect(looked.events).toMatchObject([{ phase: 'end', track: 8 }]);
    expect(looked.gone).toEqual([8]);
    expect(bench.scenes).toEqual(['100x100 from 0', '50x50 from 5']);
  });

  test('numbers of objects go on from those that are taken, in every size of picture', async () => {
    const bench = new Bench();
    bench.view.tracks = 40;
    for (const size of [100, 50]) {
      bench.size = size;
      await bench.look();
    }
    expect(bench.scenes).toEqual(['100x100 from 40', '50x50 from 45']);
    expect(bench.view.tracks).toBe(50);
  });
});

describe('what the scene is like', () => {
  test('is answered anew while something moves and once after, then told again until it is too old', async () => {
    const bench = new Bench({ objects: false, states: true });
    await bench.look({ regions: [region(1)] });
    await bench.look({ regions: [region(1)] });
    await bench.look({ ended: [1] });
    expect(told(await bench.look())).toEqual([{ id: 'gate', label: 'open', stop: 'fixed', rungs: 1 }]);
    expect(bench.runs.length).toBe(4);
    bench.logits = [0, 3, 0];
    expect(told(await bench.look({}, 4))).toEqual([
      { id: 'gate', label: 'open', stop: 'still', rungs: 0, ageMs: 4000 },
    ]);
    expect(told(await bench.look({}, 5.9))).toMatchObject([{ stop: 'still', ageMs: 9900 }]);
    expect(told(await bench.look({}, 0.2))).toEqual([{ id: 'gate', label: 'closed', stop: 'fixed', rungs: 1 }]);
    expect(bench.runs[0]?.box).toEqual([0, 0, 1, 1]);
  });

  test('is audited now and then while nothing moves, and told again otherwise', async () => {
    const audits = { auditRatio: 0.02, targetDisagreement: 0.005, driftFloor: 0.9 };
    const chance = [1, 1, 1, 0, 1];
    const bench = new Bench({ objects: false, states: true, audits, random: () => chance.shift() ?? 1 });
    for (let at = 0; at < 2; at++) await bench.look();
    expect(told(await bench.look())).toMatchObject([{ stop: 'still' }]);
    const looked = await bench.look();
    expect(told(looked)).toEqual([{ id: 'gate', label: 'open', stop: 'top', rungs: 1 }]);
    expect(looked.audits).toEqual([{ question: 'gate', of: 'reused', agrees: true }]);
    expect(looked.reuses).toMatchObject([{ question: 'gate', threshold: null, isProven: false }]);
    const again = await bench.look();
    expect(told(again)).toMatchObject([{ stop: 'still', ageMs: 200 }]);
    expect(again.troubles).toEqual(['unproven']);
  });

  test('is looked at in a new stream, and while the scene is not known', async () => {
    const bench = new Bench({ objects: false, states: true });
    await bench.look();
    await bench.look();
    bench.stream = 2;
    expect(told(await bench.look())).toMatchObject([{ stop: 'fixed' }]);
    expect(told(await bench.look())).toMatchObject([{ stop: 'still' }]);
    for (const state of ['learning', 'lights', 'moved'] as const) {
      expect(told(await bench.look({ state }))).toMatchObject([{ stop: 'fixed' }]);
    }
  });

  test.each(['change', 'blank', 'learning'] as const)('is answered anew while a frame is held: %s', async (held) => {
    const bench = new Bench({ objects: false, states: true });
    await bench.look();
    await bench.look();
    expect(told(await bench.look())).toMatchObject([{ stop: 'still' }]);
    expect(told(await bench.look({ held }))).toMatchObject([{ stop: 'fixed' }]);
    expect(told(await bench.look({ held }))).toMatchObject([{ stop: 'fixed' }]);
  });

  test('is looked at as the camera was taught: at the working size; things are cut out of the full picture', async () => {
    const bench = new Bench({ states: true, guarded: true });
    await bench.look({ regions: [region(3)] });
    expect(bench.runs.map(({ frame }) => [frame.width, frame.pixels.length])).toEqual([
      [30, 2],
      [100, 1],
    ]);
    expect(bench.small.map(({ width }) => width)).toEqual([30]); // what the guard sees
    expect(bench.reductions).toBe(1);
  });

  test('is told beside the objects', async () => {
    const bench = new Bench({ states: true });
    expect(told(await bench.look({ regions: [region(3)] }))).toMatchObject([
      { id: 'gate' },
      { id: 'default', track: 3 },
    ]);
    expect(bench.view.questions.map(({ id }) => id)).toEqual(['gate', 'default']);
  });
});

describe('doubts', () => {
  test('are told: a camera that was moved, pictures of another size', async () => {
    const bench = new Bench({ objects: false, states: true, guarded: true });
    expect((await bench.look()).troubles).toEqual([]);
    bench.likeness = 'moved';
    expect((await bench.look()).troubles).toEqual([]); // looked at once a second
    expect((await bench.look({}, 1)).troubles).toEqual(['moved']);
    bench.likeness = 'same';
    bench.size = 60;
    expect((await bench.look({}, 1)).troubles).toEqual(['other-picture']);
    expect(bench.notices).toEqual([expect.stringMatching(/60x60.*100x100/)]);
    bench.size = 100;
    expect((await bench.look({}, 1)).troubles).toEqual([]);
  });

  test('of the scene itself are told without anything taught', async () => {
    const bench = new Bench();
    expect((await bench.look({ state: 'moved' })).troubles).toEqual(['moved']);
  });

  test('are of the frame at hand, also where an answer is told again', async () => {
    const bench = new Bench({ objects: false, states: true, guarded: true });
    for (let n = 0; n < 4; n++) await bench.look({}, 1);
    expect(bench.rasters).toBe(4);
  });
});
