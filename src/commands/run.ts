import { randomUUID } from 'node:crypto';
import { parseMode } from '../cascade/policy.ts';
import { camerasFromSources, toBudgetMs, toCameraSource } from '../config/camera.ts';
import { loadConfig } from '../config/load.ts';
import type { CameraConfig, Config } from '../config/schema.ts';
import { type Ffmpeg, findFfmpeg } from '../decode/ffmpeg.ts';
import { localSourceExists } from '../decode/kind.ts';
import { CameraDecoder } from '../decode/source.ts';
import { usageError } from '../errors.ts';
import { CameraPipeline } from '../pipeline/camera.ts';
import { Redactor } from '../secrets.ts';
import { HttpServer } from '../server/http.ts';
import { Metrics } from '../server/metrics.ts';
import { SYSTEM_CLOCK } from '../service/clock.ts';
import { createLogger, type Logger, type LogLevel, RateLimiter } from '../service/log.ts';
import { Shutdown } from '../service/shutdown.ts';
import { ConsoleSink } from '../sinks/console.ts';
import { Hub } from '../sinks/hub.ts';
import { LABELS_PATH, WebSocketSink } from '../sinks/websocket.ts';
import type { CameraState, CameraStatus, ClockState } from '../types.ts';
import { type Engine, startEngine } from './engine.ts';
import { print, reportError } from './shell.ts';

export interface RunOptions {
  readonly config?: string;
  readonly source?: readonly string[];
  readonly loop?: boolean;
  readonly pace?: 'source' | 'fast';
  readonly fps?: CameraConfig['fps'];
  readonly mode?: string;
  readonly budget?: CameraConfig['budgetMs'];
  readonly host?: string;
  readonly port?: number;
  readonly ladder?: string;
  readonly rungs?: readonly string[];
  readonly print?: boolean;
  readonly logLevel?: LogLevel;
}

/** More than these at once get 1013. */
const MAX_SUBSCRIBERS = 1_200;
/** Everything is to be gone within five seconds of a signal. */
const STOP_DEADLINE_MS = 4_500;
/** Until clocks are read, nothing is claimed about them. */
const NO_CLOCK: ClockState = { state: 'unreadable', source: 'none' };

/** The daemon. @returns the exit code, when every source has ended or a signal came */
export async function run(options: RunOptions): Promise<number> {
  const redactor = new Redactor();
  try {
    const config = await configure(options, redactor);
    const log = createLogger(config.log, redactor);
    const shutdown = new Shutdown(STOP_DEADLINE_MS, log);
    try {
      return await serve(config, options.print === true, { log, redactor, shutdown });
    } finally {
      await shutdown.run();
    }
  } catch (error) {
    return reportError(error, redactor);
  }
}

interface Service {
  readonly log: Logger;
  readonly redactor: Redactor;
  readonly shutdown: Shutdown;
}

async function serve(config: Config, printLabels: boolean, { log, redactor, shutdown }: Service): Promise<number> {
  let engine: Engine | null = null;
  let http: HttpServer | null = null;
  const pipelines: CameraPipeline[] = [];
  const statuses = () => pipelines.map((pipeline) => pipeline.status);

  const hub = new Hub(randomUUID(), SYSTEM_CLOCK);
  const sockets = new WebSocketSink({ hub, cameras: statuses, maxSubscribers: MAX_SUBSCRIBERS });
  hub.add(sockets);
  if (printLabels) hub.add(new ConsoleSink(process.stdout, 'change'));
  const metrics = new Metrics({
    subscribers: () => sockets.subscribers,
    subscriberDrops: () => sockets.dropped,
    inferenceCrashes: () => engine?.pool.crashes ?? 0,
    inferenceQueued: () => engine?.pool.queued ?? 0,
  });
  shutdown.add('metrics', async () => metrics.stop());
  shutdown.add('http', async () => http?.close());
  shutdown.add('sinks', () => hub.close()); // before HTTP, which would cut the subscribers off without a word
  http = new HttpServer({
    ...config.server,
    metrics: () => metrics.read(),
    ready: () => engine !== null && statuses().every(isKnown),
    upgrades: new Map([[LABELS_PATH, (request, socket, head) => sockets.accept(request, socket, head)]]),
  });
  const address = await http.listen();
  announce(address, printLabels, log);
  const [ffmpeg, started] = await Promise.all([
    findFfmpeg(config.ffmpeg.path ?? null),
    startEngine(engineSettings(config, log)),
  ]);
  engine = started;
  shutdown.add('inference', () => started.pool.stop());
  tellEngine(started, ffmpeg, log);

  for (const camera of config.cameras) {
    pipelines.push(createPipeline(camera, { config, engine: started, ffmpeg, hub, metrics, log, redactor }));
  }
  shutdown.add('cameras', async () => {
    await Promise.all(pipelines.map((pipeline) => pipeline.stop()));
  });
  const ended = Promise.all(pipelines.map((pipeline) => pipeline.start())).then(() => 'ended' as const);
  const why = await Promise.race([shutdown.requested, ...(pipelines.length > 0 ? [ended] : [])]);
  return why === 'ended' && statuses().some(({ state }) => state === 'failed') ? 1 : 0;
}

interface Parts {
  readonly config: Config;
  readonly engine: Engine;
  readonly ffmpeg: Ffmpeg;
  readonly hub: Hub;
  readonly metrics: Metrics;
  readonly log: Logger;
  readonly redactor: Redactor;
}

function createPipeline(camera: CameraConfig, parts: Parts): CameraPipeline {
  const { config, engine, ffmpeg, hub, metrics, log, redactor } = parts;
  const limiter = new RateLimiter();
  return new CameraPipeline({
    camera: camera.id,
    pace: camera.pace,
    budgetMs: toBudgetMs(camera.budgetMs),
    region: camera.region,
    climb: engine.climbParts(parseMode(camera.mode ?? config.mode)),
    clock: SYSTEM_CLOCK,
    clockState: () => NO_CLOCK,
    observer: metrics,
    onLabel: (label) => hub.label(label),
    onStatus: (status) => {
      const told = { ...status, reason: redactor.redact(status.reason) };
      limiter.run(`${status.state}${status.degraded}`, SYSTEM_CLOCK.monotonicMs(), () => logStatus(told, log));
      hub.status(told);
    },
    onFailure: (reason) => {
      limiter.run('failure', SYSTEM_CLOCK.monotonicMs(), (held) =>
        log.error({ camera: camera.id, held }, `a frame could not be classified: ${reason}`),
      );
    },
    source: (callbacks) =>
      new CameraDecoder({
        camera: toCameraSource(camera),
        working: engine.working,
        ffmpeg,
        clock: SYSTEM_CLOCK,
        random: Math.random,
        onNotice: (text) => log.warn({ camera: camera.id }, text),
        redact: (text) => redactor.redact(text),
        ...callbacks,
      }),
  });
}

async function configure(options: RunOptions, redactor: Redactor): Promise<Config> {
  const file = await loadConfig({ path: options.config ?? null, env: process.env, redactor });
  const overrides = {
    ...(options.loop === undefined ? {} : { loop: options.loop }),
    ...(options.pace === undefined ? {} : { pace: options.pace }),
    ...(options.fps === undefined ? {} : { fps: options.fps }),
    ...(options.budget === undefined ? {} : { budgetMs: options.budget }),
    ...(options.mode === undefined ? {} : { mode: options.mode }),
  };
  const sources = camerasFromSources(options.source ?? [], redactor);
  for (const { id, source } of sources) {
    if (localSourceExists(source)) continue;
    throw usageError('source-missing', `--source ${id}: there is no file ${source}`, 'check the path');
  }
  const clash = sources.find(({ id }) => file.cameras.some((camera) => camera.id === id));
  if (clash !== undefined) {
    throw usageError(
      'source-duplicate',
      `--source: the configuration has a camera "${clash.id}" already`,
      'choose another id',
    );
  }
  return {
    ...file,
    ...(options.mode === undefined ? {} : { mode: options.mode }),
    ...(options.ladder === undefined ? {} : { ladder: options.ladder }),
    ...(options.rungs === undefined ? {} : { rungs: [...options.rungs] }),
    cameras: [...file.cameras, ...sources].map((camera) => ({ ...camera, ...overrides })),
    server: { host: options.host ?? file.server.host, port: options.port ?? file.server.port },
    log: { ...file.log, level: options.logLevel ?? file.log.level },
  };
}

function engineSettings(config: Config, log: Logger): Parameters<typeof startEngine>[0] {
  const { slots, warmupRuns, ...session } = config.inference;
  return {
    ladder: config.ladder,
    rungs: config.rungs ?? null,
    modes: [config.mode, ...config.cameras.flatMap(({ mode }) => mode ?? [])].map(parseMode),
    slots,
    session,
    warmupRuns,
    topK: config.topK,
    clock: SYSTEM_CLOCK,
    onCrash: (reason) => log.error({}, `an inference thread died and is replaced: ${reason}`),
  };
}

function announce(address: string, onStdout: boolean, log: Logger): void {
  const labels = `${address.replace(/^http/, 'ws')}${LABELS_PATH}`;
  if (onStdout) print(`Weir serves ${address}  (labels: ${labels}, metrics: ${address}/metrics)`);
  else log.info({ address, labels }, `serving ${address}`);
}

function tellEngine({ ladder, pool, timings, bytesPerSlot }: Engine, ffmpeg: Ffmpeg, log: Logger): void {
  for (const notice of pool.notices) log.warn({}, notice);
  const times = timings.map(({ rung, p50Ms, p95Ms }) => `${rung} ${p50Ms.toFixed(1)}/${p95Ms.toFixed(1)}`).join(', ');
  const megabytes = Math.round(bytesPerSlot / 1e6);
  log.info(
    { slots: pool.slots, bytesPerSlot, timings, ffmpeg: ffmpeg.version },
    `ladder ${ladder.name}, ${pool.slots} inference slots of about ${megabytes} MB, ffmpeg ${ffmpeg.version}; median/p95 ms: ${times}`,
  );
}

function logStatus({ camera, state, reason, degraded }: CameraStatus, log: Logger): void {
  const trouble = degraded.length > 0 ? ` (degraded: ${degraded.join(', ')})` : '';
  const text = `camera ${camera} is ${state}${reason === '' ? '' : `: ${reason}`}${trouble}`;
  const isTrouble = state === 'failed' || state === 'stalled' || degraded.length > 0;
  log[isTrouble ? 'warn' : 'info']({ camera, state, degraded }, text);
}

/** A camera whose state is a known one; `connecting` for the first time is not yet. */
function isKnown({ state }: { readonly state: CameraState }): boolean {
  return state !== 'connecting';
}
