import type { Config } from '../config/schema.ts';
import type { Ffmpeg } from '../decode/ffmpeg.ts';
import { messageOf } from '../errors.ts';
import { SharedLoad } from '../pipeline/shared-load.ts';
import { note } from '../service/notices.ts';
import type { Engine } from './engine.ts';
import { RunningAlerts } from './run-alerts.ts';
import { createPipeline } from './run-camera.ts';
import { RunningCameras } from './run-cameras.ts';
import { configure } from './run-config.ts';
import { createKeeper, keptCameras, tellExamples } from './run-examples.ts';
import type { Served } from './run-http.ts';
import type { Outlets } from './run-outlets.ts';
import { Reloads } from './run-reload.ts';
import type { Prepared, Service } from './run-service.ts';
import { DaemonTeaching } from './run-teaching.ts';
import { viewOf } from './run-view.ts';
import { tellBudgets, tellQuestions } from './run-words.ts';
import type { SettledCamera } from './settled.ts';

/**
 * Starts the cameras, and all that changes them: teaching, the API, reloads.
 *
 * @throws WeirError of what cameras are asked; the reason of `stop`
 */
export async function startCameras(
  config: Config,
  { ladder, stateDir, managed, late, notices }: Prepared,
  { options, log, redactor, shutdown, stop, hangups }: Service,
  { hub, observer, device, notifier }: Outlets,
  { snapshots, alerts, renewCertificate }: Served,
  { engine, ffmpeg }: { readonly engine: Engine; readonly ffmpeg: Ffmpeg },
): Promise<RunningCameras> {
  const tell = (cameras: readonly SettledCamera[]) => {
    tellQuestions(engine, cameras, log);
    tellBudgets(engine, cameras, log);
  };
  const notice = (text: string) => {
    note(notices, text);
    log.warn({}, text);
  };
  const tellClashes = () => {
    for (const text of managed.clashes) if (!notices.includes(text)) notice(text);
  };
  const keeper = createKeeper(engine.working, log, stateDir);
  shutdown.add('examples', () => keeper.stop());
  await keeper.apply(keptCameras(config));
  late.examples = keeper;
  tellExamples(keeper, config, log);
  const load = new SharedLoad(engine.pool);
  const parts = { engine, load, ffmpeg, hub, observer, device, log, redactor, examples: keeper, snapshots };
  const running = new RunningCameras({
    hub,
    observer,
    engine,
    view: (camera) => viewOf(camera, engine, log),
    create: (camera, streamsBefore) => createPipeline(camera, { ...parts, streamsBefore }),
  });
  shutdown.add('cameras', () => running.stop());
  const lessons = new DaemonTeaching({
    keeper,
    ladder,
    session: config.inference,
    log,
    stateDir,
    headsOf: (camera) => late.config.cameras.find(({ id }) => id === camera)?.heads ?? null,
    adopt: (camera, taught, keep, stopped) => running.reteach(camera, taught, keep, stopped),
  });
  shutdown.add('teaching', () => lessons.stop());
  await lessons.forgetTables();
  late.teaching = lessons;
  const cameras: Pick<RunningCameras, 'change' | 'lacking' | 'relook'> = {
    lacking: (wanted) => running.lacking(wanted),
    relook: (camera, relook, stopped) => running.relook(camera, relook, stopped),
    change: (work) =>
      running.change((apply) =>
        work(async (wanted) => {
          await keeper.apply(keptCameras({ cameras: wanted }));
          const changes = await apply(wanted);
          // Of another source, or from before a mask was there.
          for (const camera of [...changes.removed, ...changes.changed]) snapshots.forget(camera);
          return changes;
        }),
      ),
  };
  const ensureRungs: Engine['ensureRungs'] = (ids, stopped) => engine.ensureRungs(ids, stopped);
  const reloads = new Reloads({
    read: async () => {
      const next = await configure(options, redactor);
      await RunningAlerts.check(next.alerts);
      return next;
    },
    current: config,
    settle: (wanted) => managed.settle(wanted),
    cameras,
    ensureRungs,
    notifier,
    log,
    stop,
    onChange: (next, settled) => {
      late.config = next;
      managed.reloaded();
      tellClashes();
      alerts
        .apply(next.alerts)
        .catch((error: unknown) => log.error({}, `alerts stay as they were: ${messageOf(error)}`));
      tellExamples(keeper, next, log);
      tell(settled);
    },
  });
  shutdown.add('reloads', () => reloads.stop());
  await managed.usable((camera) => void running.lacking([camera]), notice);
  tellClashes();
  const all = await managed.settle(config);
  tell(all);
  // Cameras of the configuration have their rungs by now; those of the API may have to wait for theirs, and none waits for them.
  const lacking = new Set(running.lacking(all).map(({ camera }) => camera));
  await cameras.change((apply) => apply(all.filter(({ id }) => !lacking.has(id))));
  managed.begin({ cameras, ensureRungs, stop });
  if (lacking.size > 0) void managed.bringIn(notice);
  late.cameras = running;
  alerts.tellDoubts();
  hangups.listen(() => {
    renewCertificate();
    reloads.request();
  });
  shutdown.add('word to systemd', async () => notifier?.stopping());
  return running;
}
