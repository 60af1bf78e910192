import { randomUUID } from 'node:crypto';
import type { Config } from '../config/schema.ts';
import { findFfmpeg } from '../decode/ffmpeg.ts';
import type { ExampleKeeper } from '../examples/keeper.ts';
import { ladderPath, readLadder } from '../infer/ladder.ts';
import { SharedLoad } from '../pipeline/shared-load.ts';
import type { ListedCamera } from '../pipeline/told.ts';
import { Redactor } from '../secrets.ts';
import { addGearMetric } from '../server/gear-metric.ts';
import { HttpServer } from '../server/http.ts';
import { Metrics } from '../server/metrics.ts';
import { SYSTEM_CLOCK } from '../service/clock.ts';
import { createLogger, type Logger } from '../service/log.ts';
import { Shutdown } from '../service/shutdown.ts';
import { stateDirectory, withStateDirectory } from '../service/state-dir.ts';
import { ConsoleSink } from '../sinks/console.ts';
import { Hub } from '../sinks/hub.ts';
import { LABELS_PATH, WebSocketSink } from '../sinks/websocket.ts';
import type { ClockStateName } from '../types.ts';
import { type Engine, type EnginePlan, startEngine } from './engine.ts';
import { daemonHttp } from './run-api.ts';
import { createPipeline } from './run-camera.ts';
import { RunningCameras } from './run-cameras.ts';
import { configure, type RunOptions } from './run-config.ts';
import { watchDevice } from './run-device.ts';
import { createKeeper, keptCameras, tellExamples } from './run-examples.ts';
import { knownTimes } from './run-profile.ts';
import { Reloads } from './run-reload.ts';
import { tellSystemd } from './run-systemd.ts';
import { DaemonTeaching } from './run-teaching.ts';
import { viewOf } from './run-view.ts';
import { announce, tellBudgets, tellEngine, tellLoaded, tellQuestions } from './run-words.ts';
import { listedQuestions, type SettledCamera, settleCameras, usesOf } from './settled.ts';
import { reportError } from './shell.ts';
import { type Hangups, watchHangups } from './stop-signal.ts';

/** More than these at once get 1013. */
const MAX_SUBSCRIBERS = 1_200;
/** Everything is to be gone within five seconds of a signal. */
const STOP_DEADLINE_MS = 4_500;

/** The daemon. @returns the exit code, when every source has ended or `stop` is aborted */
export async function run(options: RunOptions, stopped: AbortSignal): Promise<number> {
  const redactor = new Redactor();
  const hangups = watchHangups(options.config !== undefined);
  const stop = AbortSignal.any([stopped, hangups.ended]);
  const config = await configure(options, redactor).catch((error: unknown) => reportError(error, redactor));
  if (typeof config === 'number') return config;
  const log = createLogger(config.log, redactor);
  const shutdown = new Shutdown(STOP_DEADLINE_MS, log);
  const service = { options, log, redactor, shutdown, stop, hangups };
  const code = await serve(config, service).catch(async (error) => {
    if (stop.aborted) return 0;
    await log.flush();
    return reportError(error, redactor);
  });
  await shutdown.run(code);
  await log.flush();
  hangups.finish();
  return code;
}

interface Service {
  readonly options: RunOptions;
  readonly log: Logger;
  readonly redactor: Redactor;
  readonly shutdown: Shutdown;
  readonly stop: AbortSignal;
  readonly hangups: Hangups;
}

async function serve(config: Config, service: Service): Promise<number> {
  const { options, log, redactor, shutdown, stop, hangups } = service;
  const printLabels = options.print === true;
  const ladder = await readLadder(ladderPath(config.ladder));
  let current = config;
  const env = withStateDirectory(options.stateDir, process.env);
  const stateDir = stateDirectory(undefined, env);
  const settle = (wanted: Config) => settleCameras(wanted, { ladder, env });
  const settled = await settle(config);
  let engine: Engine | null = null;
  let http: HttpServer | null = null;
  const aborted = untilAborted(stop);
  let cameras: RunningCameras | null = null;
  let examples: ExampleKeeper | null = null;
  let teaching: DaemonTeaching | null = null;
  const statuses = () => cameras?.statuses ?? settled.map(loading);

  const hub = new Hub(randomUUID(), SYSTEM_CLOCK);
  let clockState: () => ClockStateName = () => 'unreadable';
  const notifier = await tellSystemd({ hub, log, shutdown, cameras: () => cameras, clockState: () => clockState() });
  const sockets = new WebSocketSink({ hub, cameras: statuses, maxSubscribers: MAX_SUBSCRIBERS });
  hub.add(sockets);
  if (printLabels) hub.add(new ConsoleSink(process.stdout, 'change'));
  const metrics = new Metrics({
    subscribers: () => sockets.subscribers,
    subscriberDrops: () => sockets.dropped,
    inferenceCrashes: () => engine?.pool.crashes ?? 0,
    inferenceQueued: () => engine?.pool.queued ?? 0,
  });
  addGearMetric(metrics, statuses);
  shutdown.add('metrics', async () => metrics.stop());
  const { device, observer } = await watchDevice(metrics, log);
  shutdown.add('device', async () => device.stop());
  clockState = () => device.reading.clock.state;
  shutdown.add('http', async () => http?.close());
  shutdown.add('sinks', () => hub.close()); // before HTTP, which would cut the subscribers off without a word
  http = new HttpServer({
    ...config.server,
    metrics: () => metrics.read(),
    ready: () => cameras?.areAllKnown ?? false,
    upgrades: new Map([[LABELS_PATH, (request, socket, head) => sockets.accept(request, socket, head)]]),
    ...daemonHttp({
      cameras: statuses,
      clock: () => device.reading,
      isToBeKept: (camera) => current.cameras.some(({ id, examples: { keep } }) => id === camera && keep),
      keeper: () => examples,
      teaching: () => teaching,
      log,
    }),
  });
  const address = await http.listen();
  announce(address, printLabels, log);
  if (config.cameras.length === 0) log.warn({}, 'no camera is configured: give sources with --source or --config');
  const known = (plan: EnginePlan) => knownTimes(plan, { config, device, env, log });
  const starting = startEngine({ ...engineSettings(config, settled, log), clockState, known, stop });
  // Also when something else goes wrong meanwhile, its threads must end.
  shutdown.add('inference', () =>
    starting.then(
      ({ pool }) => pool.stop(),
      () => {},
    ),
  );
  const [ffmpeg, started] = await Promise.race([
    Promise.all([findFfmpeg(config.ffmpeg.path ?? null, stop), starting]),
    aborted.then((): never => {
      throw stop.reason;
    }),
  ]);
  engine = started;
  tellEngine(started, ffmpeg, log);
  const tell = (cameras: readonly SettledCamera[]) => {
    tellQuestions(started, cameras, log);
    tellBudgets(started, cameras, log);
  };
  tell(settled);

  const keeper = createKeeper(started.working, log, stateDir);
  shutdown.add('examples', () => keeper.stop());
  await keeper.apply(keptCameras(config));
  examples = keeper;
  tellExamples(keeper, config, log);
  const load = new SharedLoad(started.pool);
  const running = new RunningCameras({
    hub,
    observer,
    engine: started,
    view: (camera) => viewOf(camera, started, log),
    create: (camera, streamsBefore) =>
      createPipeline(camera, {
        streamsBefore,
        engine: started,
        load,
        ffmpeg,
        hub,
        observer,
        device,
        log,
        redactor,
        examples: keeper,
      }),
  });
  shutdown.add('cameras', () => running.stop());
  const lessons = new DaemonTeaching({
    keeper,
    ladder,
    session: config.inference,
    log,
    stateDir,
    headsOf: (camera) => current.cameras.find(({ id }) => id === camera)?.heads ?? null,
    adopt: (camera, taught, keep, stopped) => running.reteach(camera, taught, keep, stopped),
  });
  shutdown.add('teaching', () => lessons.stop());
  await lessons.forgetTables();
  teaching = lessons;
  const reloads = new Reloads({
    read: () => configure(options, redactor),
    current: config,
    settle,
    cameras: {
      lacking: (wanted) => running.lacking(wanted),
      change: (work) =>
        running.change((apply) =>
          work(async (wanted) => {
            await keeper.apply(keptCameras({ cameras: wanted }));
            return await apply(wanted);
          }),
        ),
    },
    ensureRungs: (ids, stopped) => started.ensureRungs(ids, stopped),
    notifier,
    log,
    stop,
    onChange: (next, cameras) => {
      current = next;
      tellExamples(keeper, next, log);
      tell(cameras);
    },
  });
  shutdown.add('reloads', () => reloads.stop());
  await running.apply(settled);
  cameras = running;
  hangups.listen(() => reloads.request());
  shutdown.add('word to systemd', async () => notifier?.stopping());
  const why = await Promise.race([aborted, running.ended.then(() => 'ended' as const)]);
  return why === 'ended' && statuses().some(({ state }) => state === 'failed') ? 1 : 0;
}

function engineSettings(
  config: Config,
  cameras: readonly SettledCamera[],
  log: Logger,
): Parameters<typeof startEngine>[0] {
  const { slots, warmupRuns, ...session } = config.inference;
  return {
    ladder: config.ladder,
    premodel: config.premodel ?? null,
    rungs: config.rungs ?? null,
    uses: usesOf(config, cameras),
    slots,
    session,
    warmupRuns,
    topK: config.topK,
    clock: SYSTEM_CLOCK,
    onCrash: (reason) => log.error({}, `an inference thread died and is replaced: ${reason}`),
    onLoaded: (timings, bytesPerSlot) => tellLoaded(timings, bytesPerSlot, log),
  };
}

function untilAborted(stop: AbortSignal): Promise<'stopped'> {
  return new Promise((resolve) => {
    if (stop.aborted) resolve('stopped');
    stop.addEventListener('abort', () => resolve('stopped'), { once: true });
  });
}

function loading(camera: SettledCamera): ListedCamera {
  const questions = listedQuestions(camera);
  return { camera: camera.id, state: 'connecting', reason: 'models are being loaded', degraded: [], questions };
}
