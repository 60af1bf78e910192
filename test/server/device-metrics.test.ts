import { expect, test } from 'vitest';
import { addDeviceMetrics, type EnergyFigures } from '../../src/server/device-metrics.ts';
import { Metrics } from '../../src/server/metrics.ts';
import type { DeviceMonitor, DeviceReading } from '../../src/types.ts';

const READING: DeviceReading = {
  clock: { state: 'floating', source: 'jetson' },
  reasons: ['cpu0 345.6-2035.2 MHz, min below max', 'EMC is not locked'],
  powerMode: 'MAXN',
  governors: ['schedutil'],
  cpus: [{ cpu: 0, minMHz: 345.6, maxMHz: 2035.2, currentMHz: 806.4 }],
  temperatureCelsius: 41.5,
  headroomCelsius: 54,
  throttleCount: 3,
};

async function textOf(
  device: Partial<DeviceMonitor>,
  energy: Partial<EnergyFigures> = {},
): Promise<() => Promise<string>> {
  const metrics = new Metrics({
    subscribers: () => 0,
    subscriberDrops: () => 0,
    inferenceCrashes: () => 0,
    inferenceQueued: () => 0,
  });
  metrics.stop();
  const monitor = Object.assign(device, {
    name: 'NVIDIA Jetson TX2',
    clockSince: () => READING.clock,
  }) as DeviceMonitor;
  addDeviceMetrics(metrics, monitor, { totals: new Map(), perRun: () => [], perFrame: () => null, ...energy });
  return async () => (await metrics.read()).text;
}

test('clocks, temperature and energy are told', async () => {
  const read = await textOf(
    { reading: READING, changes: 2, energyMillijoules: 1234 },
    { totals: new Map([['low', 1000]]), perRun: () => [['low', 12.5]], perFrame: () => 40 },
  );
  for (let turn = 0; turn < 2; turn++) {
    const text = await read(); // reading twice changes nothing
    for (const line of [
      'weir_clock_state{state="floating",source="jetson"} 1',
      'weir_clock_state{state="pinned",source="jetson"} 0',
      'weir_clock_state{state="mixed",source="jetson"} 0',
      'weir_clock_info{device="NVIDIA Jetson TX2",state="floating",power_mode="MAXN",governor="schedutil",reasons="cpu0 345.6-2035.2 MHz, min below max; EMC is not locked"} 1',
      'weir_clock_changes_total 2',
      'weir_cpu_megahertz{cpu="0",figure="max"} 2035.2',
      'weir_temperature_celsius 41.5',
      'weir_temperature_headroom_celsius 54',
      'weir_throttle_total 3',
      'weir_energy_millijoules_total 1234',
      'weir_rung_energy_millijoules_total{rung="low"} 1000',
      'weir_rung_energy_millijoules{rung="low"} 12.5',
      'weir_frame_energy_millijoules 40',
    ]) {
      expect(text.split('\n')).toContain(line);
    }
  }
});

test('what cannot be read has no series: a zero would be a claim', async () => {
  const reading = { ...READING, temperatureCelsius: null, headroomCelsius: null, throttleCount: null, cpus: [] };
  const text = await (await textOf({ reading, changes: 0, energyMillijoules: null }))();
  expect(text).not.toMatch(/^weir_(temperature|throttle|energy|rung_energy|frame_energy|cpu_megahertz)/m);
});

test('reasons that hold frequencies make no new series until the clocks change', async () => {
  const device = { reading: READING, changes: 0, energyMillijoules: null };
  const read = await textOf(device);
  await read();
  device.reading = { ...READING, reasons: ['cpu0 runs at 1113.6 MHz'] };
  expect(await read()).toContain('min below max');
  device.changes = 1;
  expect(await read()).toContain('cpu0 runs at 1113.6 MHz');
  expect(await read()).not.toContain('min below max');
});
