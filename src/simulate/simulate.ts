import { randomFor } from '../cascade/random.ts';
import { CameraPipeline } from '../pipeline/camera.ts';
import { SharedLoad } from '../pipeline/shared-load.ts';
import type { View } from '../pipeline/view.ts';
import type { CameraStatus, ClockState } from '../types.ts';
import { atEnd, type Figures, figuresOf } from './figures.ts';
import { Playback } from './playback.ts';
import { type ReferenceAnswers, Tally } from './tally.ts';
import type { Trace } from './trace.ts';
import { VirtualPool } from './virtual-pool.ts';
import { VirtualTime } from './virtual-time.ts';

/** The parts of a daemon whose time is virtual. */
export interface VirtualMachine {
  readonly time: VirtualTime;
  readonly pool: VirtualPool;
}

export interface SimulationOptions {
  readonly trace: Trace;
  readonly cameras: number;
  readonly fps: number;
  readonly slots: number;
  readonly costScale: number;
  readonly seconds: number;
  readonly budgetMs: number | null;
  readonly seed: number;
  /** A camera's view, over the machine's parts. */
  readonly view: (camera: string, machine: VirtualMachine) => View;
  readonly answers?: ReferenceAnswers;
  /** Multiplies the frames per second from a time on; 1 where it is not given. */
  readonly load?: (nowMs: number) => number;
  /** Told of every change of a camera. */
  readonly onStatus?: (status: CameraStatus, nowMs: number) => void;
  /** Looked at between two pieces of the work: ends it. */
  readonly stop?: AbortSignal;
  readonly onProgress?: (seconds: number) => void;
}

const UNKNOWN_CLOCK: ClockState = { state: 'unreadable', source: 'none' };
const SLICE_MS = 1_000;

/**
 * Plays cameras on a virtual clock: their pipelines, climbs and queue are the daemon's own. Cameras begin at moments and at places of the
 * clip that chance chooses.
 *
 * @throws the reason of `stop` when that is aborted
 */
export async function simulate(options: SimulationOptions): Promise<Figures> {
  const { trace, cameras, fps, slots, costScale, seconds, budgetMs, stop, load = () => 1 } = options;
  const random = randomFor('arrivals', options.seed);
  const time = new VirtualTime();
  const pool = new VirtualPool({ trace, time, slots, costScale, random: randomFor('times', options.seed) });
  const tally = new Tally(trace, options.answers);
  const statuses = new Map<string, CameraStatus>();
  const sharedLoad = new SharedLoad(pool);
  const pipelines = Array.from({ length: cameras }, (_, n) => {
    const camera = `c${n}`;
    return new CameraPipeline({
      camera,
      pace: 'source',
      budgetMs,
      view: options.view(camera, { time, pool }),
      gears: { priority: 1, load: sharedLoad },
      clock: time,
      clockSince: () => UNKNOWN_CLOCK,
      observer: tally,
      onLabel: () => {},
      onEvent: () => {},
      onStatus: (status) => {
        statuses.set(camera, status);
        options.onStatus?.(status, time.monotonicMs());
      },
      onFailure: () => {},
      source: (callbacks) =>
        new Playback({
          camera,
          trace,
          time,
          fps: (nowMs) => fps * load(nowMs),
          arrivalMs: trace.main.arrivalMs * costScale,
          firstMs: (random() * 1000) / fps,
          untilMs: seconds * 1000,
          fromSeconds: trace.frames[Math.floor(random() * trace.frames.length)]?.seconds ?? 0,
          onTaken: (waitedMs) => tally.frameTaken(camera, time.unixMs(), waitedMs),
          callbacks,
        }),
    });
  });
  const running = pipelines.map((pipeline) => pipeline.start());
  for (let until = SLICE_MS; ; until += SLICE_MS) {
    await time.run(Math.min(until, seconds * 1000));
    stop?.throwIfAborted();
    options.onProgress?.(Math.min(until / 1000, seconds));
    if (until >= seconds * 1000) break;
  }
  const { busyMs } = pool;
  const mainMs = time.chargedMs;
  const last = atEnd([...statuses.values()], cameras);
  const stopping = pipelines.map((pipeline) => pipeline.stop());
  await time.run(Infinity); // frames in hand are told
  await Promise.all([...running, ...stopping]);
  return figuresOf(tally, { cameras, seconds, slots, busyMs, mainMs, mostQueued: pool.mostQueued, ...last });
}
