import { availableParallelism } from 'node:os';
import { type Premodel, premodelFingerprint } from '../premodel/artifact.ts';
import type { Metrics } from '../server/metrics.ts';
import { SYSTEM_CLOCK } from '../service/clock.ts';
import type { DeviceMonitor } from '../types.ts';
import type { Engine } from './engine.ts';
import type { OpenHistory } from './run-history.ts';

/** Over a shorter time a counter of energy tells little. */
const LEAST_POWER_MS = 1_000;

export interface StatusParts {
  readonly metrics: Metrics;
  readonly device: DeviceMonitor;
  /** `null` while models are loaded. */
  readonly engine: () => Engine | null;
  readonly hub: { readonly epoch: string; readonly last: number };
  readonly history: Pick<OpenHistory, 'past' | 'status' | 'archive'>;
  readonly subscribers: () => { readonly connected: number; readonly dropped: number };
  readonly version: string;
  readonly startedAtMs: number;
  readonly notices: readonly string[];
}

/** Reads `GET /api/status`, but for alerts and cameras. */
export function statusReader(parts: StatusParts): () => object {
  const powerMw = powerMeter(parts.device, () => SYSTEM_CLOCK.monotonicMs());
  return () => statusOf(parts, powerMw());
}

/** The mean power since it was read last, or a little longer; `null` where nothing tells it. */
export function powerMeter(device: Pick<DeviceMonitor, 'energyMillijoules'>, nowMs: () => number): () => number | null {
  let [sinceMs, sinceMj] = [nowMs(), device.energyMillijoules];
  let powerMw: number | null = null;
  return () => {
    const [ms, mj] = [nowMs(), device.energyMillijoules];
    if (mj === null || ms - sinceMs < LEAST_POWER_MS) return powerMw;
    powerMw = sinceMj === null ? null : ((mj - sinceMj) / (ms - sinceMs)) * 1000;
    [sinceMs, sinceMj] = [ms, mj];
    return powerMw;
  };
}

function statusOf(parts: StatusParts, powerMw: number | null): object {
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
      cpus: availableParallelism(),
      clocks: reading.cpus,
      powerMode: reading.powerMode,
      temperatureC: reading.temperatureCelsius,
      headroomC: reading.headroomCelsius,
      throttleCount: reading.throttleCount,
      powerMw,
    },
    ladder: loaded === null ? null : ladderOf(loaded),
    premodel: loaded === null || loaded.premodel === null ? null : { fingerprint: fingerprintOf(loaded.premodel) },
    inference: {
      slots: loaded?.pool.slots ?? 0,
      queued: loaded?.pool.queued ?? 0,
      restarts: loaded?.pool.crashes ?? 0,
    },
    subscribers: subscribers(),
    history: historyOf(history.status()),
    eventLoopDelayP99Ms: metrics.eventLoopDelayP99Ms,
    memoryBytes: process.memoryUsage.rss(),
    notices,
  };
}

function historyOf(status: ReturnType<OpenHistory['status']>): object {
  if (status === null) {
    const nothing = { first: null, last: null, bytes: 0, droppedMessages: 0, quarantined: [] };
    return { enabled: false, state: 'off', reason: 'history.enabled is false', ...nothing };
  }
  const { state, reason, first, last, bytes, dropped, quarantined } = status;
  return { enabled: true, state, reason, first, last, bytes, droppedMessages: dropped, quarantined };
}

const fingerprints = new WeakMap<Premodel, string>();

function fingerprintOf(premodel: Premodel): string {
  const known = fingerprints.get(premodel);
  if (known !== undefined) return known;
  const sum = premodelFingerprint(premodel);
  fingerprints.set(premodel, sum);
  return sum;
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
