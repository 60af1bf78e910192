import type { Monitor } from '../device/monitor.ts';
import { openDevice } from '../device/open.ts';
import { EnergyShares } from '../device/shares.ts';
import type { PipelineObserver } from '../pipeline/observer.ts';
import { addDeviceMetrics } from '../server/device-metrics.ts';
import type { Metrics } from '../server/metrics.ts';
import { SYSTEM_CLOCK } from '../service/clock.ts';
import type { Logger } from '../service/log.ts';
import type { DeviceReading } from '../types.ts';

/** Clocks that change every second are told once in this time. */
const TELL_EVERY_MS = 10_000;

export interface WatchedDevice {
  readonly device: Monitor;
  /** The metrics, and the shares of the energy beside them. */
  readonly observer: PipelineObserver;
}

/** Begins to read the machine; its clocks and energy are in the log and the metrics. Stop the device at the end. */
export async function watchDevice(metrics: Metrics, log: Logger): Promise<WatchedDevice> {
  const shares = new EnergyShares();
  const tell = changeTeller(log);
  const device = await openDevice({
    clock: SYSTEM_CLOCK,
    onReading: (reading, { changes, energyMillijoules }) => {
      shares.settle(energyMillijoules);
      tell(reading, changes, SYSTEM_CLOCK.monotonicMs());
    },
  });
  addDeviceMetrics(metrics, device, shares);
  return { device, observer: withShares(metrics, shares) };
}

/** Tells a change of the clocks at once, and further ones after a while, with their number: the last state is always told. */
export function changeTeller(
  log: Pick<Logger, 'info' | 'warn'>,
): (reading: DeviceReading, changes: number, nowMs: number) => void {
  let toldChanges = -1;
  let toldMs = -Infinity;
  return (reading, changes, nowMs) => {
    if (changes === toldChanges || nowMs - toldMs < TELL_EVERY_MS) return;
    const { clock, reasons, powerMode } = reading;
    const missed = toldChanges < 0 ? 0 : changes - toldChanges - 1;
    const mode = powerMode === null ? '' : ` (${powerMode})`;
    const more = missed > 0 ? ` (after ${missed} more changes since the last word)` : '';
    toldChanges = changes;
    toldMs = nowMs;
    const level = clock.state === 'throttled' ? 'warn' : 'info';
    log[level](
      { clock: clock.state, reasons, powerMode },
      `clocks are ${clock.state}${mode}: ${reasons.join('; ')}${more}`,
    );
  };
}

function withShares(metrics: Metrics, shares: EnergyShares): PipelineObserver {
  return {
    frameArrived: (camera) => metrics.frameArrived(camera),
    frameLost: (camera, reason) => metrics.frameLost(camera, reason),
    rungRan: (run, clock) => {
      metrics.rungRan(run, clock);
      shares.rungRan(run.rung, run.runMs);
    },
    answered: (labels, decideMs, dropped) => {
      metrics.answered(labels, decideMs, dropped);
      shares.frameAnswered();
    },
    audited: (camera, audits) => metrics.audited(camera, audits),
    reused: (camera, states) => metrics.reused(camera, states),
    regionsLeftOut: (camera, count) => metrics.regionsLeftOut(camera, count),
    happened: (event) => metrics.happened(event),
    cameraState: (camera, state) => metrics.cameraState(camera, state),
  };
}
