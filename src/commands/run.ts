import { randomUUID } from 'node:crypto';
import { parseMode } from '../cascade/policy.ts';
import { toBudgetMs } from '../config/camera.ts';
import type { Config } from '../config/schema.ts';
import { type Ffmpeg, findFfmpeg } from '../decode/ffmpeg.ts';
import type { CameraPipeline } from '../pipeline/camera.ts';
import { Redactor } from '../secrets.ts';
import { HttpServer } from '../server/http.ts';
import { Metrics } from '../server/metrics.ts';
import { SYSTEM_CLOCK } from '../service/clock.ts';
import { createLogger, type Logger } from '../service/log.ts';
import { Shutdown } from '../service/shutdown.ts';
import { ConsoleSink } from '../sinks/console.ts';
import { Hub } from '../sinks/hub.ts';
import { LABELS_PATH, WebSocketSink } from '../sinks/websocket.ts';
import type { CameraStatus } from '../types.ts';
import { type Engine, type EnginePlan, startEngine } from './engine.ts';
import { createPipeline } from './run-camera.ts';
import { configure, type RunOptions, usesOf } from './run-config.ts';
import { watchDevice } from './run-device.ts';
import { knownTimes } from './run-profile.ts';
import { print, reportError } from './shell.ts';

/** More than these at once get 1013. */
const MAX_SUBSCRIBERS = 1_200;
/** Everything is to be gone within five seconds of a signal. */
const STOP_DEADLINE_MS = 4_500;

/** The daemon. @returns the exit code, when every source has ended or `stop` is aborted */
export async function run(options: RunOptions, stop: AbortSignal): Promise<number> {
  const redactor = new Redactor();
  const config = await configure(options, redactor).catch((error: unknown) => reportError(error, redactor));
  if (typeof config === 'number') return config;
  const log = createLogger(config.log, redactor);
  const shutdown = new Shutdown(STOP_DEADLINE_MS, log);
  const code = await serve(config, options.print === true, { log, redactor, shutdown, stop }).catch(async (error) => {
    if (stop.aborted) return 0;
    await log.flush();
    return reportError(error, redactor);
  });
  await shutdown.run(code);
  await log.flush();
  return code;
}

interface Service {
  readonly log: Logger;
  readonly redactor: Redactor;
  readonly shutdown: Shutdown;
  readonly stop: AbortSignal;
}

async function serve(config: Config, printLabels: boolean, service: Service): Promise<number> {
  const { log, redactor, shutdown, stop } = service;
  let engine: Engine | null = null;
  let http: HttpServer | null = null;
  const aborted = untilAborted(stop);
  const pipelines: CameraPipeline[] = [];
  const statuses = () => (engine === null ? config.cameras.map(loading) : pipelines.map(({ status }) => status));

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
  const { device, observer } = await watchDevice(metrics, log);
  shutdown.add('device', async () => device.stop());
  shutdown.add('http', async () => http?.close());
  shutdown.add('sinks', () => hub.close()); // before HTTP, which would cut the subscribers off without a word
  http = new HttpServer({
    ...config.server,
    metrics: () => metrics.read(),
    ready: () => engine !== null && pipelines.every(({ isKnown }) => isKnown),
    upgrades: new Map([[LABELS_PATH, (request, socket, head) => sockets.accept(request, socket, head)]]),
  });
  const address = await http.listen();
  announce(address, printLabels, log);
  if (config.cameras.length === 0) log.warn({}, 'no camera is configured: give sources with --source or --config');
  const known = (plan: EnginePlan) => knownTimes(plan, { config, device, env: process.env, log });
  const starting = startEngine({ ...engineSettings(config, log), known, stop });
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
  tellBudgets(started, config, log);

  for (const camera of config.cameras) {
    pipelines.push(createPipeline(camera, { config, engine: started, ffmpeg, hub, observer, device, log, redactor }));
  }
  shutdown.add('cameras', async () => {
    await Promise.all(pipelines.map((pipeline) => pipeline.stop()));
  });
  const ended = Promise.all(pipelines.map((pipeline) => pipeline.start())).then(() => 'ended' as const);
  const why = await Promise.race([aborted, ...(pipelines.length > 0 ? [ended] : [])]);
  return why === 'ended' && statuses().some(({ state }) => state === 'failed') ? 1 : 0;
}

function engineSettings(config: Config, log: Logger): Parameters<typeof startEngine>[0] {
  const { slots, warmupRuns, ...session } = config.inference;
  return {
    ladder: config.ladder,
    premodel: config.premodel ?? null,
    rungs: config.rungs ?? null,
    uses: usesOf(config),
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

function tellEngine({ ladder, pool, timings, bytesPerSlot, notices }: Engine, ffmpeg: Ffmpeg, log: Logger): void {
  for (const notice of notices) log.warn({}, notice);
  const times = timings.map(({ rung, p50Ms, p95Ms }) => `${rung} ${p50Ms.toFixed(1)}/${p95Ms.toFixed(1)}`).join(', ');
  const megabytes = Math.round(bytesPerSlot / 1e6);
  log.info(
    { slots: pool.slots, bytesPerSlot, timings, ffmpeg: ffmpeg.version },
    `ladder ${ladder.name}, ${pool.slots} inference slots of about ${megabytes} MB, ffmpeg ${ffmpeg.version}; median/p95 ms: ${times}`,
  );
}

/** Says which rungs can never run within a camera's budget, or that none can. */
function tellBudgets({ climbParts }: Engine, config: Config, log: Logger): void {
  for (const { id, budgetMs, mode, operatingPoint } of config.cameras) {
    const limitMs = toBudgetMs(budgetMs);
    if (limitMs === null) continue;
    const { policy, p95Ms } = climbParts(parseMode(mode ?? config.mode), operatingPoint ?? config.operatingPoint);
    const tooSlow = policy.rungs.filter((_, index) => (p95Ms()[index] ?? 0) > limitMs).map((rung) => rung.id);
    if (tooSlow.length === 0) continue;
    const what = tooSlow.length === policy.rungs.length ? 'no rung fits' : `${tooSlow.join(', ')} will not run: beyond`;
    log.warn(
      { camera: id, tooSlow },
      `camera ${id}: ${what} its budget of ${limitMs} ms; raise budgetMs, or use a faster machine`,
    );
  }
}

function untilAborted(stop: AbortSignal): Promise<'stopped'> {
  return new Promise((resolve) => {
    if (stop.aborted) resolve('stopped');
    stop.addEventListener('abort', () => resolve('stopped'), { once: true });
  });
}

function loading({ id }: { readonly id: string }): CameraStatus {
  return { camera: id, state: 'connecting', reason: 'models are being loaded', degraded: [] };
}
