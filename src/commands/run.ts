import type { Config } from '../config/schema.ts';
import { findFfmpeg } from '../decode/ffmpeg.ts';
import { ladderPath, readLadder } from '../infer/ladder.ts';
import { Redactor } from '../secrets.ts';
import { reachableAt } from '../server/reachable.ts';
import { SYSTEM_CLOCK } from '../service/clock.ts';
import { createLogger, type Logger } from '../service/log.ts';
import { note } from '../service/notices.ts';
import { Shutdown } from '../service/shutdown.ts';
import { stateDirectory, withStateDirectory } from '../service/state-dir.ts';
import { type EnginePlan, startEngine } from './engine.ts';
import { openServing } from './run-access.ts';
import { CamerasStore } from './run-cameras-store.ts';
import { configure, type RunOptions } from './run-config.ts';
import { serveHttp } from './run-http.ts';
import type { Late } from './run-late.ts';
import { ManagedCameras } from './run-managed.ts';
import { openOutlets } from './run-outlets.ts';
import { knownTimes } from './run-profile.ts';
import type { Prepared, Service } from './run-service.ts';
import { startCameras } from './run-start.ts';
import { announce, tellEngine, tellLoaded } from './run-words.ts';
import { type SettledCamera, settleCameras, usesOf } from './settled.ts';
import { reportError } from './shell.ts';
import { untilAborted, watchHangups } from './stop-signal.ts';

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

async function serve(config: Config, service: Service): Promise<number> {
  const { options, log, shutdown, stop } = service;
  const prepared = await prepare(config, service);
  const { late, settled, stateDir, env } = prepared;
  const serving = await openServing(config.server, stateDir, log, shutdown);
  const outlets = await openOutlets(config, prepared, service, serving.access);
  const { device, clockState } = outlets;
  const served = await serveHttp(config, prepared, service, serving, outlets);
  announce(served.address, reachableAt(served.address, config.server.names), options.print === true, log);
  if (config.cameras.length + prepared.managed.stored.length === 0) {
    log.warn({}, 'no camera is configured: give sources with --source or --config, or add one in the dashboard');
  }
  const known = (plan: EnginePlan) => knownTimes(plan, { config, device, env, log });
  const abandoned = new AbortController();
  const stopEngine = AbortSignal.any([stop, abandoned.signal]);
  const starting = startEngine({ ...engineSettings(config, settled, log), clockState, known, stop: stopEngine });
  // Also when something else goes wrong meanwhile, its threads must end.
  shutdown.add('inference', () => {
    abandoned.abort();
    return starting.then(
      ({ pool }) => pool.stop(),
      () => {},
    );
  });
  const aborted = untilAborted(stop);
  const [ffmpeg, engine] = await Promise.race([
    Promise.all([findFfmpeg(config.ffmpeg.path ?? null, stop), starting]),
    aborted.then((): never => {
      throw stop.reason;
    }),
  ]);
  late.engine = engine;
  tellEngine(engine, ffmpeg, log);
  const running = await startCameras(config, prepared, service, outlets, served, { engine, ffmpeg });
  const why = await Promise.race([aborted, running.ended.then(() => 'ended' as const)]);
  return why === 'ended' && running.statuses.some(({ state }) => state === 'failed') ? 1 : 0;
}

/** Reads all that the daemon begins with. @throws WeirError of the ladder, of heads, groups and smoothing */
async function prepare(config: Config, { options, log, redactor }: Service): Promise<Prepared> {
  const ladder = await readLadder(ladderPath(config.ladder));
  const env = withStateDirectory(options.stateDir, process.env);
  const stateDir = stateDirectory(undefined, env);
  const late: Late = { config, engine: null, cameras: null, examples: null, teaching: null };
  const notices: string[] = [];
  const notice = (text: string) => {
    note(notices, text);
    log.warn({}, text);
  };
  const settle = (wanted: Config) => settleCameras(wanted, { ladder, env });
  const store = new CamerasStore(stateDir);
  const managed = new ManagedCameras({
    store,
    stored: await store.read(SYSTEM_CLOCK.unixMs(), notice),
    config: () => late.config,
    settle,
    redactor,
    onChange: (text) => log.info({}, text),
  });
  await managed.usable(() => {}, notice);
  const all = await managed.settle(config);
  const settled = all.filter(({ isManaged }) => isManaged !== true);
  return { ladder, env, stateDir, managed, settled, all, late, notices };
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
