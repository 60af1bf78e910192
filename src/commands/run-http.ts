import { camerasFromSources } from '../config/camera.ts';
import type { Config } from '../config/schema.ts';
import { HttpServer } from '../server/http.ts';
import { SYSTEM_CLOCK } from '../service/clock.ts';
import { LABELS_PATH } from '../sinks/websocket.ts';
import { groupNames } from './group-names.ts';
import { packageVersion } from './package-version.ts';
import type { Serving } from './run-access.ts';
import { RunningAlerts } from './run-alerts.ts';
import { daemonHttp } from './run-api.ts';
import type { Outlets } from './run-outlets.ts';
import { outsideOf } from './run-outside.ts';
import type { Prepared, Service } from './run-service.ts';
import { Snapshots } from './run-snapshots.ts';

/** So long alerts are told where no history says how long. */
const WITHOUT_HISTORY_DAYS = 30;

export interface Served {
  /** e.g. `http://127.0.0.1:8700` */
  readonly address: string;
  readonly snapshots: Snapshots;
  readonly alerts: RunningAlerts;
  /** Looks at the certificate's files at once. */
  readonly renewCertificate: () => void;
}

/**
 * Begins to serve: health, metrics, API, dashboard and the WebSocket.
 *
 * @throws WeirError `mqtt-missing`, `port-in-use`, `port-forbidden`, `listen-failed`
 */
export async function serveHttp(
  config: Config,
  { ladder, late, managed, notices, stateDir }: Prepared,
  { options, log, redactor, shutdown }: Pick<Service, 'options' | 'log' | 'redactor' | 'shutdown'>,
  serving: Serving,
  outlets: Outlets,
): Promise<Served> {
  const { hub, history, sockets, metrics, device, statuses } = outlets;
  const snapshots = new Snapshots({
    clock: SYSTEM_CLOCK,
    camera: (id) => late.cameras?.configOf(id) ?? null,
    isLive: (id) => statuses().some(({ camera, state }) => camera === id && state === 'live'),
  });
  metrics.family(
    'weir_pictures_dropped_total',
    'Pictures made by ffmpeg that were left out: too many wait for their frames',
    ['camera'],
    () => [...snapshots.dropped].map(([camera, count]) => [{ camera }, count] as const),
    'counter',
  );
  const alerts = await RunningAlerts.start(config.alerts, {
    ...{ hub, stateDir, log, metrics },
    keepDays: config.history.enabled ? config.history.retentionDays : WITHOUT_HISTORY_DAYS,
    labels: ladder.labels.map(({ name }) => name),
    groups: await groupNames(config, ladder.labels),
    cameras: () => late.cameras?.statuses ?? null,
    configOf: (camera) => late.cameras?.configOf(camera) ?? null,
    snapshot: async (camera) => (await snapshots.nearest(camera))?.jpeg ?? null,
  });
  const outside = outsideOf({
    config: () => late.config,
    sources: camerasFromSources(options.source ?? [], redactor).map(({ id }) => id),
    managed,
    snapshots,
    alertsService: alerts.service,
    metrics,
    device,
    engine: () => late.engine,
    running: (id) => late.cameras?.configOf(id) ?? null,
    hub,
    history,
    subscribers: () => ({ connected: sockets.subscribers, dropped: sockets.dropped }),
    version: packageVersion(),
    startedAtMs: SYSTEM_CLOCK.unixMs(),
    notices,
  });
  const http = new HttpServer({
    ...config.server,
    ...serving,
    upgradesAuthenticate: true,
    metrics: () => metrics.read(),
    ready: () => late.cameras?.areAllKnown ?? false,
    upgrades: new Map([[LABELS_PATH, (request, socket, head) => sockets.accept(request, socket, head)]]),
    ...daemonHttp({
      cameras: statuses,
      clock: () => device.reading,
      isToBeKept: (camera) => late.config.cameras.some(({ id, examples: { keep } }) => id === camera && keep),
      keeper: () => late.examples,
      teaching: () => late.teaching,
      outside,
      log,
    }),
  });
  shutdown.add('http', () => http.close());
  shutdown.add('subscribers', () => sockets.close()); // before HTTP, which would cut them off without a word
  const address = await http.listen();
  const renewCertificate = await serving.followCertificate(http);
  return { address, snapshots, alerts, renewCertificate };
}
