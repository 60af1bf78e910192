import type { ClockStateName, DeviceMonitor } from '../types.ts';
import type { Metrics } from './metrics.ts';

/** Energy by rung and frame, as far as the metrics need it. */
export interface EnergyFigures {
  readonly totals: ReadonlyMap<string, number>;
  perRun(): [string, number][];
  perFrame(): number | null;
}

const STATES: readonly ClockStateName[] = ['pinned', 'floating', 'throttled', 'mixed', 'unreadable'];

/** Adds the machine's clocks, temperature and energy to the metrics. What cannot be read has no series. */
export function addDeviceMetrics(metrics: Metrics, device: DeviceMonitor, energy: EnergyFigures): void {
  const { family } = metrics;
  family('weir_clock_state', '1 for the state that the clocks are in, 0 for the others', ['state', 'source'], () => {
    const { state, source } = device.reading.clock;
    return STATES.map((other) => [{ state: other, source }, other === state ? 1 : 0]);
  });
  // The reasons hold frequencies: as they were at the last change, or every second would be a series of its own.
  let told = device.reading;
  let toldChanges = device.changes;
  family('weir_clock_info', 'Device, power mode and reasons of the clock state, as of its last change', INFO, () => {
    if (device.changes !== toldChanges) told = device.reading;
    toldChanges = device.changes;
    const { clock, powerMode, governors, reasons } = told;
    const labels = {
      device: device.name,
      state: clock.state,
      power_mode: powerMode ?? '',
      governor: governors.join(', '),
      reasons: reasons.join('; '),
    };
    return [[labels, 1]];
  });
  counter(metrics, 'weir_clock_changes_total', 'Changes of the clocks that were seen', () => device.changes);
  family('weir_cpu_megahertz', 'Clock of each online processor: its limits and now', ['cpu', 'figure'], () =>
    device.reading.cpus.flatMap(({ cpu, minMHz, maxMHz, currentMHz }) => [
      [{ cpu: String(cpu), figure: 'min' }, minMHz],
      [{ cpu: String(cpu), figure: 'max' }, maxMHz],
      [{ cpu: String(cpu), figure: 'current' }, currentMHz],
    ]),
  );
  gauge(metrics, 'weir_temperature_celsius', 'The hottest sensor', () => device.reading.temperatureCelsius);
  gauge(
    metrics,
    'weir_temperature_headroom_celsius',
    'Smallest distance of a sensor from where the machine slows down',
    () => device.reading.headroomCelsius,
  );
  counter(metrics, 'weir_throttle_total', 'Times that heat slowed the machine down, since boot', () => {
    return device.reading.throttleCount;
  });
  counter(metrics, 'weir_energy_millijoules_total', 'Energy that the machine used', () => device.energyMillijoules);
  family(
    'weir_rung_energy_millijoules_total',
    'Energy of the machine by rung, estimated by share of run time',
    ['rung'],
    () => [...energy.totals].map(([rung, value]) => [{ rung }, value]),
    'counter',
  );
  family('weir_rung_energy_millijoules', 'Mean energy of one run of late, estimated by share', ['rung'], () =>
    energy.perRun().map(([rung, value]) => [{ rung }, value]),
  );
  gauge(metrics, 'weir_frame_energy_millijoules', 'Mean energy of the machine per labelled frame of late', () => {
    return energy.perFrame();
  });
}

const INFO = ['device', 'state', 'power_mode', 'governor', 'reasons'];

function gauge({ family }: Metrics, name: string, help: string, read: () => number | null): void {
  family(name, help, [], () => series(read()));
}

function counter({ family }: Metrics, name: string, help: string, read: () => number | null): void {
  family(name, help, [], () => series(read()), 'counter');
}

function series(value: number | null): [Record<string, string>, number][] {
  return value === null ? [] : [[{}, value]];
}
