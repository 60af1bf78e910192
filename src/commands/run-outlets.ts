import type { Config } from '../config/schema.ts';
import type { PipelineObserver } from '../pipeline/observer.ts';
import type { ListedCamera } from '../pipeline/told.ts';
import type { Access } from '../principal.ts';
import { addGearMetric } from '../server/gear-metric.ts';
import { addHistoryMetrics } from '../server/history-metrics.ts';
import { Metrics } from '../server/metrics.ts';
import { SYSTEM_CLOCK } from '../service/clock.ts';
import { note } from '../service/notices.ts';
import { ConsoleSink } from '../sinks/console.ts';
import { Hub } from '../sinks/hub.ts';
import { WebSocketSink } from '../sinks/websocket.ts';
import type { ClockStateName } from '../types.ts';
import { type WatchedDevice, watchDevice } from './run-device.ts';
import { type OpenHistory, openHistory } from './run-history.ts';
import { listedCameras } from './run-listed.ts';
import type { Prepared, Service } from './run-service.ts';
import { type SystemdWords, tellSystemd } from './run-systemd.ts';

/** More than these at once get 1013. */
const MAX_SUBSCRIBERS = 1_200;

/** Everything by which the daemon speaks but HTTP. */
export interface Outlets {
  readonly hub: Hub;
  readonly history: OpenHistory;
  readonly sockets: WebSocketSink;
  readonly metrics: Metrics;
  readonly device: WatchedDevice['device'];
  readonly observer: PipelineObserver;
  readonly notifier: SystemdWords | null;
  readonly clockState: () => ClockStateName;
  /** Of every camera, also while models are loaded. */
  readonly statuses: () => readonly ListedCamera[];
}

/**
 * Opens the history and all that messages go to.
 *
 * @throws WeirError `state-in-use`, and others of the history; `notify-unavailable`
 */
export async function openOutlets(
  config: Config,
  { stateDir, late, managed, all, notices }: Prepared,
  { options, log, shutdown }: Pick<Service, 'options' | 'log' | 'shutdown'>,
  access: Access,
): Promise<Outlets> {
  const statuses = () => listedCameras({ running: late.cameras?.statuses ?? null, settled: all, managed });
  const onNotice = (text: string) => {
    note(notices, text);
    log.warn({}, text);
  };
  const onFailure = (text: string) => {
    note(notices, `the history: ${text}`);
    log.error({}, `the history: ${text}`);
  };
  const history = await openHistory(config.history, { stateDir, onNotice, onFailure });
  shutdown.add('history', () => history.close());
  const hub = new Hub({ epoch: history.epoch, last: history.last, clock: SYSTEM_CLOCK });
  const seal = () => {
    hub.silence();
    return history.seal();
  };
  // Beside each other: a target of alerts that hangs must not take the time in which the history is sealed.
  shutdown.add('sinks', () => Promise.all([hub.close(), seal()]).then(() => {}), seal);
  let clockState: () => ClockStateName = () => 'unreadable';
  const cameras = () => late.cameras;
  const notifier = await tellSystemd({ hub, log, shutdown, cameras, clockState: () => clockState() });
  if (history.sink !== null) hub.add(history.sink);
  const sockets = new WebSocketSink({
    hub,
    cameras: statuses,
    maxSubscribers: MAX_SUBSCRIBERS,
    clock: SYSTEM_CLOCK,
    access,
    past: history.past,
    deflate: config.server.deflate,
  });
  hub.add(sockets);
  if (options.print === true) hub.add(new ConsoleSink(process.stdout, 'change'));
  const metrics = new Metrics({
    subscribers: () => sockets.subscribers,
    subscriberDrops: () => sockets.dropped,
    inferenceCrashes: () => late.engine?.pool.crashes ?? 0,
    inferenceQueued: () => late.engine?.pool.queued ?? 0,
  });
  addGearMetric(metrics, statuses);
  addHistoryMetrics(metrics, history.status);
  shutdown.add('metrics', async () => metrics.stop());
  const { device, observer } = await watchDevice(metrics, log);
  shutdown.add('device', async () => device.stop());
  clockState = () => device.reading.clock.state;
  return { hub, history, sockets, metrics, device, observer, notifier, clockState, statuses };
}
