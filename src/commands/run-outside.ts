import { toBudgetMs } from '../config/camera.ts';
import type { Config } from '../config/schema.ts';
import { redactUrls } from '../secrets.ts';
import type { Metrics } from '../server/metrics.ts';
import type { DeviceMonitor } from '../types.ts';
import type { Engine } from './engine.ts';
import type { OpenHistory } from './run-history.ts';
import type { ManagedCameras } from './run-managed.ts';
import type { Snapshots } from './run-snapshots.ts';

export interface OutsideParts {
  readonly config: () => Config;
  /** Ids of cameras that were given with --source. */
  readonly sources: readonly string[];
  readonly managed: ManagedCameras;
  readonly snapshots: Snapshots;
  readonly metrics: Metrics;
  readonly device: DeviceMonitor;
  /** `null` while models are loaded. */
  readonly engine: () => Engine | null;
  readonly hub: { readonly epoch: string; readonly last: number };
  readonly history: Pick<OpenHistory, 'past' | 'status'>;
  readonly subscribers: () => { readonly connected: number; readonly dropped: number };
  readonly version: string;
  readonly startedAtMs: number;
  readonly notices: readonly string[];
}

/** What the API tells and changes beside examples and teaching. */
export interface Outside extends Pick<OutsideParts, 'managed' | 'snapshots'> {
  readonly describe: (camera: string) => object;
  readonly status: () => object;
  readonly figures: Metrics['figures'];
}

export function outsideOf(parts: OutsideParts): Outside {
  const { config, sources, managed, snapshots, metrics } = parts;
  return {
    managed,
    snapshots,
    figures: metrics.figures,
    describe: (id) => {
      const stored = managed.stored.find(({ camera }) => camera.id === id);
      const camera = stored?.camera ?? config().cameras.find((other) => other.id === id);
      if (camera === undefined) return {};
      const { source, fps, budgetMs, priority, view, region } = camera;
      return {
        origin: stored !== undefined ? 'api' : sources.includes(id) ? 'command-line' : 'configuration',
        paused: stored?.isPaused ?? false,
        source: redactUrls(source),
        fps,
        budgetMs: toBudgetMs(budgetMs),
        priority,
        view,
        region,
        mode: camera.mode ?? config().mode,
        operatingPoint: { configured: camera.operatingPoint ?? config().operatingPoint, until: null },
      };
    },
    status: () => statusOf(parts),
  };
}

function statusOf(parts: OutsideParts): object {
  const { metrics, device, engine, hub, history, subscribers, version, startedAtMs, notices } = parts;
  const { reading, name } = device;
  const loaded = engine();
  return {
    version,
    startedAtMs,
    epoch: hub.epoch,
    first: Math.min(history.past.first, hub.last + 1),
    last: hub.last,
    clock: { ...reading.clock, reasons: reading.reasons },
    device: {
      name,
      cpus: reading.cpus.length,
      ...(reading.temperatureCelsius === null ? {} : { temperatureC: reading.temperatureCelsius }),
    },
    ladder: loaded === null ? null : ladderOf(loaded),
    inference: {
      slots: loaded?.pool.slots ?? 0,
      queued: loaded?.pool.queued ?? 0,
      restarts: loaded?.pool.crashes ?? 0,
    },
    subscribers: subscribers(),
    history: historyOf(history.status()),
    eventLoopDelayP99Ms: metrics.eventLoopDelayP99Ms,
    memoryBytes: process.memoryUsage.rss(),
    alerts: { rules: 0, waiting: 0, failed: 0 },
    notices,
  };
}

function historyOf(status: ReturnType<OpenHistory['status']>): object {
  if (status === null) return { enabled: false, state: 'off', reason: 'history.enabled is false' };
  const { state, reason, first, last, bytes, dropped, quarantined } = status;
  return { enabled: true, state, reason, first, last, bytes, droppedMessages: dropped, quarantined };
}

function ladderOf({ ladder: { name, fingerprint, reference, rungs }, timings }: Engine): object {
  return {
    name,
    fingerprint,
    reference,
    rungs: rungs.map(({ id, macsMillions, precision }) => {
      const timing = timings.find(({ rung }) => rung === id);
      return {
        id,
        macsMillions,
        precision,
        p50Ms: timing?.p50Ms ?? null,
        p95Ms: timing?.p95Ms ?? null,
        loaded: timing !== undefined,
      };
    }),
  };
}
