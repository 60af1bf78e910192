import { parseMode } from '../src/cascade/policy.ts';
import { mean } from '../src/cascade/statistics.ts';
import { type Engine, startEngine } from '../src/commands/engine.ts';
import { InputPreparer } from '../src/image/prepare.ts';
import { createSession, inputTensor } from '../src/infer/runtime.ts';
import type { RungRun } from '../src/pipeline/asking.ts';
import { CameraPipeline } from '../src/pipeline/camera.ts';
import { WholeView } from '../src/pipeline/view.ts';
import { median } from '../src/premodel/statistics.ts';
import { SYSTEM_CLOCK } from '../src/service/clock.ts';
import { Hub } from '../src/sinks/hub.ts';
import { type Frame, type Raster, type Rung, WHOLE_FRAME } from '../src/types.ts';
import { framesOf } from './frames.ts';
import { type BenchFigures, type BenchRow, CLOCK } from './report.ts';
import { intervalOf } from './statistics.ts';

const CLIP = new URL('../../fixtures/demo.mp4', import.meta.url).pathname;
const ROUNDS = 4;
const SESSION = { executionProviders: ['cpu'], allowFallback: false, threadsPerSlot: 1 };

/**
 * What Weir adds to the bare model: the daemon's time per frame from arrival to emitted label (decoding excluded) against
 * `session.run` on the same prepared inputs, frame by frame in turn, in one process with one slot.
 */
export async function overhead(): Promise<BenchFigures> {
  const engine = await startEngine({
    ladder: 'imagenet-1k',
    premodel: null,
    rungs: null,
    uses: [
      { mode: parseMode('hybrid'), operatingPoint: 'balanced' },
      { mode: parseMode('fixed:lite2@300-int8'), operatingPoint: null },
    ],
    slots: 1,
    session: SESSION,
    warmupRuns: 20,
    topK: 5,
    clock: SYSTEM_CLOCK,
    onCrash: (reason) => {
      throw new Error(reason);
    },
  });
  try {
    const frames = await framesOf(CLIP, engine.working, 5);
    const rows = [
      ...(await againstBareLoop(engine, frames)),
      ...(await policyStages(engine, frames)),
      ...preparation(engine, frames),
    ];
    return {
      schema: 'weir.bench/1',
      name: 'overhead',
      ladder: engine.ladder.fingerprint,
      rows,
    };
  } finally {
    await engine.pool.stop();
  }
}

async function againstBareLoop(engine: Engine, frames: readonly Raster[]): Promise<BenchRow[]> {
  const { reference } = engine.ladder;
  const rung = engine.ladder.rungs.find(({ id }) => id === reference) as Rung;
  const [bare, again] = [await bareLoop(rung), await bareLoop(rung)];
  const daemon = new SyntheticCamera(engine, `fixed:${reference}`);
  const times = { bare: [] as number[], again: [] as number[], weir: [] as number[] };
  for (let round = 0; round < ROUNDS; round++) {
    for (const frame of frames) {
      times.bare.push(await bare(frame));
      times.weir.push((await daemon.classify(frame)).totalMs);
      times.again.push(await again(frame));
    }
  }
  await daemon.stop();
  const row = (variant: string, values: readonly number[]): BenchRow => ({
    case: reference,
    variant,
    figure: 'milliseconds per frame, median',
    value: median(values),
    unit: 'ms',
    n: values.length,
    ci: intervalOf(values),
    against: 'session.run',
    ratio: median(values) / median(times.bare),
  });
  return [row('session.run', times.bare), row('session.run again', times.again), row('weir', times.weir)];
}

/** `session.run` alone, on an input that was prepared before the clock starts. */
async function bareLoop(rung: Rung): Promise<(frame: Raster) => Promise<number>> {
  const { session } = await createSession(rung.path, SESSION);
  const { width, height } = rung.input;
  const pixels = new Uint8Array(width * height * 3);
  const feeds = { image: inputTensor('uint8', pixels, [1, height, width, 3]) };
  const preparer = new InputPreparer();
  for (let i = 0; i < 10; i++) await session.run(feeds, ['logits']);
  return async (frame) => {
    preparer.prepare(frame, WHOLE_FRAME, rung, pixels);
    const begun = performance.now();
    await session.run(feeds, ['logits']);
    return performance.now() - begun;
  };
}

/** Where the time of the shipped policy goes. */
async function policyStages(engine: Engine, frames: readonly Raster[]): Promise<BenchRow[]> {
  const daemon = new SyntheticCamera(engine, 'hybrid');
  const results: Classified[] = [];
  for (const frame of frames) results.push(await daemon.classify(frame));
  await daemon.stop();
  const sum = (path: readonly RungRun[], part: (run: RungRun) => number) =>
    path.reduce((total, run) => total + part(run), 0);
  const stages: [string, (result: Classified) => number][] = [
    ['total', ({ totalMs }) => totalMs],
    ['session.run', ({ path }) => sum(path, ({ runMs }) => runMs)],
    ['resize', ({ path }) => sum(path, ({ prepareMs }) => prepareMs)],
    [
      'to the slot and back',
      ({ path }) => sum(path, ({ serviceMs, prepareMs, runMs }) => serviceMs - prepareMs - runMs),
    ],
    ['waiting', ({ path }) => sum(path, ({ waitMs }) => waitMs)],
    ['deciding', ({ decideMs }) => decideMs],
    [
      'label and sinks',
      ({ totalMs, path, decideMs }) => totalMs - decideMs - sum(path, ({ waitMs, serviceMs }) => waitMs + serviceMs),
    ],
  ];
  return stages.map(([stage, pick]) => ({
    case: 'shipped policy',
    variant: 'weir',
    figure: `${stage}, mean per frame`,
    value: mean(results.map(pick)),
    unit: 'ms',
    n: results.length,
  }));
}

/** Making each rung's input from a frame. */
function preparation(engine: Engine, frames: readonly Raster[]): BenchRow[] {
  const preparer = new InputPreparer();
  const int8 = engine.ladder.rungs.filter(({ precision }) => precision === 'int8');
  const times = new Map(int8.map((rung) => [rung.id, [] as number[]]));
  for (let round = 0; round < 3; round++) {
    for (const frame of frames) {
      for (const rung of int8) {
        const pixels = new Uint8Array(rung.input.width * rung.input.height * 3);
        const begun = performance.now();
        preparer.prepare(frame, WHOLE_FRAME, rung, pixels);
        if (round > 0) times.get(rung.id)?.push(performance.now() - begun);
      }
    }
  }
  return [...times].map(([id, values]) => ({
    case: 'resize 300x300',
    variant: `rung:${id}`,
    figure: 'milliseconds per frame, median',
    value: median(values),
    unit: 'ms',
    n: values.length,
  }));
}

interface Classified {
  readonly totalMs: number;
  readonly path: readonly RungRun[];
  readonly decideMs: number;
}

/** The daemon's own pipeline, from a frame's arrival to its emitted label, with frames that are handed to it. */
class SyntheticCamera {
  readonly #pipeline: CameraPipeline;
  #deliver: (frame: Frame) => unknown = () => {};
  #done: (result: Omit<Classified, 'totalMs'>) => void = () => {};
  #end = () => {};
  #pts = 0;

  constructor(engine: Engine, mode: string) {
    const hub = new Hub({ epoch: 'bench', last: 0, clock: SYSTEM_CLOCK });
    hub.add({ publish: (message) => void JSON.stringify(message), close: async () => {} });
    let path: RungRun[] = [];
    let last: Omit<Classified, 'totalMs'> = { path, decideMs: 0 };
    const climb = engine.climbParts(parseMode(mode), 'balanced');
    this.#pipeline = new CameraPipeline({
      camera: 'bench',
      pace: 'source',
      budgetMs: null,
      view: new WholeView({ climb, budgetMs: null, kind: 'frame', region: WHOLE_FRAME, guard: null }),
      clock: SYSTEM_CLOCK,
      clockSince: () => CLOCK,
      observer: {
        frameArrived: () => {},
        frameLost: (_camera, reason) => {
          throw new Error(reason);
        },
        rungRan: (run) => path.push(run),
        answered: (_labels, decideMs) => {
          last = { path, decideMs };
          path = [];
        },
        audited: () => {},
        reused: () => {},
        regionsLeftOut: () => {},
        happened: () => {},
        cameraState: () => {},
      },
      onLabel: (label) => {
        hub.label(label);
        this.#done(last);
      },
      onEvent: () => {},
      onStatus: () => {},
      onFailure: () => {},
      source: ({ onFrame }) => {
        this.#deliver = onFrame;
        return {
          expectation: null,
          streams: 0,
          start: () =>
            new Promise((resolve) => {
              this.#end = resolve;
            }),
          stop: async () => this.#end(),
        };
      },
    });
    void this.#pipeline.start();
  }

  async classify(raster: Raster): Promise<Classified> {
    const done = new Promise<Omit<Classified, 'totalMs'>>((resolve) => {
      this.#done = resolve;
    });
    const arrivedMs = performance.now();
    this.#deliver({
      ...raster,
      camera: 'bench',
      stream: 1,
      ptsSeconds: this.#pts++,
      arrivedAtMs: Date.now(),
      arrivedMs,
      release: () => {},
    });
    const result = await done;
    return { ...result, totalMs: performance.now() - arrivedMs };
  }

  async stop(): Promise<void> {
    await this.#pipeline.stop();
  }
}
