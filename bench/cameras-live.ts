import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { randomFor } from '../src/cascade/random.ts';
import type { Engine } from '../src/commands/engine.ts';
import type { ViewEngine } from '../src/commands/run-regions.ts';
import { viewOf } from '../src/commands/run-view.ts';
import { simulatedCamera } from '../src/commands/simulated-camera.ts';
import { toBudgetMs } from '../src/config/camera.ts';
import type { RungRun } from '../src/pipeline/asking.ts';
import { CameraPipeline } from '../src/pipeline/camera.ts';
import type { Inference } from '../src/pipeline/climb.ts';
import { SharedLoad } from '../src/pipeline/shared-load.ts';
import { SYSTEM_CLOCK } from '../src/service/clock.ts';
import { atEnd, type Figures, figuresOf } from '../src/simulate/figures.ts';
import { type ReferenceAnswers, Tally } from '../src/simulate/tally.ts';
import type { Trace } from '../src/simulate/trace.ts';
import type { CameraStatus, Raster } from '../src/types.ts';
import { MemorySource } from './memory-source.ts';

export interface LiveOptions {
  readonly engine: Engine;
  readonly mode: string;
  readonly cameras: number;
  readonly fps: number;
  readonly seconds: number;
  /** Multiplies the frames per second, by the time since the start. */
  readonly load?: (nowMs: number) => number;
  /** What the frames are. */
  readonly pictures: readonly Raster[];
  readonly trace: Trace;
  readonly answers: ReferenceAnswers;
  readonly seed: number;
}

export interface LiveRun {
  readonly figures: Figures;
  readonly runs: readonly RungRun[];
  /** CPU time of the process, with its inference threads. */
  readonly cpuMs: number;
  /** Deciding and features, by the clock. */
  readonly decideMs: number;
  /** Of that, about so much on a core. */
  readonly decideCpuMs: number;
  /** Gears of cameras at moments. */
  readonly gears: readonly { readonly ms: number; readonly camera: string; readonly gear: number }[];
}

/** Also counts what slots do. */
class LiveTally extends Tally {
  readonly ran: RungRun[] = [];

  override rungRan(run: RungRun): void {
    super.rungRan(run);
    this.ran.push(run);
  }
}

/** Cameras whose frames come from memory, through real pipelines and the real slots, in real time. */
export async function runLive(options: LiveOptions): Promise<LiveRun> {
  const { engine, mode, cameras, fps, seconds, trace, pictures, load = () => 1 } = options;
  const random = randomFor('arrivals', options.seed); // as on paper
  const tally = new LiveTally(trace, options.answers);
  const gears: { ms: number; camera: string; gear: number }[] = [];
  const statuses = new Map<string, CameraStatus>();
  const settled = simulatedCamera({ fps, mode, operatingPoint: 'balanced', heads: null });
  // Each run begins with what was measured at the start: what was seen in the one before is another's.
  for (const [rung, timing] of engine.timings.entries()) engine.pool.costs.begin(rung, timing);
  const begunMs = SYSTEM_CLOCK.monotonicMs();
  let mostQueued = 0;
  const sharedLoad = new SharedLoad(engine.pool);
  const watched = watchedEngine(engine, (queued) => {
    mostQueued = Math.max(mostQueued, queued);
  });
  const pipelines = Array.from({ length: cameras }, (_, n) => {
    const camera = `c${n}`;
    return new CameraPipeline({
      camera,
      pace: 'source',
      budgetMs: toBudgetMs(settled.budgetMs),
      view: viewOf({ ...settled, id: camera }, watched, { warn: () => {} }),
      gears: { priority: settled.priority, load: sharedLoad },
      clock: SYSTEM_CLOCK,
      clockSince: () => ({ state: 'unreadable', source: 'none' }),
      observer: tally,
      onLabel: () => {},
      onEvent: () => {},
      onStatus: (status) => {
        const { gear = 0 } = status;
        const before = statuses.get(camera)?.gear;
        statuses.set(camera, status);
        if (before === gear) return;
        gears.push({ ms: SYSTEM_CLOCK.monotonicMs() - begunMs, camera, gear });
      },
      onFailure: (reason) => {
        throw new Error(reason);
      },
      source: (callbacks) =>
        new MemorySource({
          camera,
          pictures,
          trace,
          fps: (nowMs) => fps * load(nowMs - begunMs),
          delayMs: (random() * 1000) / fps,
          fromSeconds: trace.frames[Math.floor(random() * trace.frames.length)]?.seconds ?? 0,
          callbacks,
        }),
    });
  });
  const cpuBefore = process.cpuUsage();
  const mainBefore = mainThreadCpuMs();
  const idleBefore = performance.eventLoopUtilization();
  const running = pipelines.map((pipeline) => pipeline.start());
  await sleep(seconds * 1000);
  const tookMs = SYSTEM_CLOCK.monotonicMs() - begunMs;
  const { user, system } = process.cpuUsage(cpuBefore);
  const mainMs = performance.eventLoopUtilization(idleBefore).active;
  const busyMs = tally.ran.reduce((sum, { serviceMs }) => sum + serviceMs, 0);
  const { decideMs } = tally;
  const last = atEnd([...statuses.values()], cameras);
  // What is measured by the clock also counts waiting for a core.
  const onCore = Math.min(1, (mainThreadCpuMs() - mainBefore) / mainMs);
  await Promise.all(pipelines.map((pipeline) => pipeline.stop()));
  await Promise.all(running);
  const around = { cameras, seconds: tookMs / 1000, slots: engine.pool.slots, busyMs, mainMs, mostQueued, ...last };
  return {
    figures: figuresOf(tally, around),
    runs: tally.ran,
    cpuMs: (user + system) / 1000,
    decideMs,
    decideCpuMs: decideMs * onCore,
    gears,
  };
}

/** Tells with every run that is asked for how many wait. */
function watchedEngine(engine: Engine, onOffer: (queued: number) => void): ViewEngine {
  const { pool } = engine;
  const inference: Inference = {
    classes: pool.classes,
    embeddingSizes: pool.embeddingSizes,
    run: (request) => {
      const answer = pool.run(request);
      onOffer(pool.queued);
      return answer;
    },
  };
  return {
    working: engine.working,
    questions: (wish) => engine.questions(wish),
    climbOf: (questions, heads) => ({ ...engine.climbOf(questions, heads), inference }),
  };
}

/** Of a clock tick of the kernel's accounts. */
const TICK_MS = 10;

/** CPU time of the main thread so far, as Linux accounts it (proc_pid_stat(5)). */
function mainThreadCpuMs(): number {
  const text = readFileSync(`/proc/self/task/${process.pid}/stat`, 'utf8');
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
}
