import type { Config } from '../config/schema.ts';
import type { Ffmpeg } from '../decode/ffmpeg.ts';
import { SharedLoad } from '../pipeline/shared-load.ts';
import type { Engine } from './engine.ts';
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
  { snapshots, renewCertificate }: Served,
  { engine, ffmpeg }: { readonly engine: Engine; readonly ffmpeg: Ffmpeg },
): Promise<RunningCameras> {
  const tell = (cameras: readonly SettledCamera[]) => {
    tellQuestions(engine, cameras, log);
    tellBudgets(engine, cameras, log);
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
  const cameras: Pick<RunningCameras, 'change' | 'lacking'> = {
    lacking: (wanted) => running.lacking(wanted),
    change: (work) =>
      running.change((apply) =>
        work(async (wanted) => {
          await keeper.apply(keptCameras({ cameras: wanted }));
          return await apply(wanted);
        }),
      ),
  };
  const ensureRungs: Engine['ensureRungs'] = (ids, stopped) => engine.ensureRungs(ids, stopped);
  const reloads = new Reloads({
    read: () => configure(options, redactor),
    current: config,
    settle: (wanted) => managed.settle(wanted),
    cameras,
    ensureRungs,
    notifier,
    log,
    stop,
    onChange: (next, settled) => {
      late.config = next;
      tellExamples(keeper, next, log);
      tell(settled);
    },
  });
  shutdown.add('reloads', () => reloads.stop());
  await managed.usable(
    (camera) => void running.lacking([camera]),
    (text) => {
      notices.push(text);
      log.warn({}, text);
    },
  );
  const all = await managed.settle(config);
  tell(all);
  const lacking = running.lacking(all).flatMap(({ rungs }) => rungs);
  if (lacking.length > 0) await ensureRungs([...new Set(lacking)], stop);
  await cameras.change((apply) => apply(all));
  managed.begin({ cameras, ensureRungs, stop });
  late.cameras = running;
  hangups.listen(() => {
    renewCertificate();
    reloads.request();
  });
  shutdown.add('word to systemd', async () => notifier?.stopping());
  return running;
}
