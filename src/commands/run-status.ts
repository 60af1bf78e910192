import type { Metrics } from '../server/metrics.ts';
import type { DeviceMonitor } from '../types.ts';
import type { Engine } from './engine.ts';
import type { OpenHistory } from './run-history.ts';

export interface StatusParts {
  readonly metrics: Metrics;
  readonly device: DeviceMonitor;
  /** `null` while models are loaded. */
  readonly engine: () => Engine | null;
  readonly hub: { readonly epoch: string; readonly last: number };
  readonly history: Pick<OpenHistory, 'past' | 'status' | 'archive'>;
  readonly subscribers: () => { readonly connected: number; readonly dropped: number };
  /** How many alert rules there are, and how their messages fare; left out: there are none. */
  readonly alerts?: () => AlertFigures;
  readonly version: string;
  readonly startedAtMs: number;
  readonly notices: readonly string[];
}

export interface AlertFigures {
  readonly rules: number;
  readonly waiting: number;
  readonly failed: number;
}

/** `GET /api/status`, but for the cameras. */
export function statusOf(parts: StatusParts): object {
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
