import { execFileSync } from 'node:child_process';
import { open, rm, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { Monitor, type MonitorSettings } from '../../src/device/monitor.ts';
import { openDevice } from '../../src/device/open.ts';
import type { DeviceReader, Sample } from '../../src/device/reader.ts';
import type { ClockStateName, DeviceReading } from '../../src/types.ts';
import { CPUS, pc, plant, put } from '../support/machines.ts';
import { waitFor } from '../support/processes.ts';

let monitor: Monitor | undefined;
afterEach(() => monitor?.stop());

/** A monitor over made-up readings; each `next` is one turn of it. */
class Bench {
  nowMs = 0;
  readings = 0;
  sample: () => Promise<Sample> = async () => sampleOf('pinned');
  readonly told: DeviceReading[] = [];

  async start(settings: Partial<MonitorSettings> = {}): Promise<Monitor> {
    const reader: DeviceReader = {
      source: 'linux',
      name: 'bench',
      advice: '',
      read: () => {
        this.readings++;
        return this.sample();
      },
    };
    monitor = await Monitor.start({
      reader,
      clock: { monotonicMs: () => this.nowMs, unixMs: () => 0 },
      intervalMs: 1,
      onReading: (reading) => this.told.push(reading),
      ...settings,
    });
    return monitor;
  }

  /** Lets one more whole reading happen, at a time. */
  async next(state: ClockStateName, nowMs: number, maxMHz = 3000): Promise<void> {
    const seen = this.told.length;
    this.nowMs = nowMs;
    this.sample = async () => sampleOf(state, maxMHz);
    await waitFor(() => this.told.length >= seen + 2, 'a reading'); // one may have begun before
  }
}

function sampleOf(state: ClockStateName, maxMHz = 3000): Sample {
  return {
    reading: {
      clock: { state, source: 'linux' },
      reasons: [state],
      powerMode: null,
      governors: [],
      cpus: [{ cpu: 0, minMHz: maxMHz, maxMHz, currentMHz: maxMHz }],
      temperatureCelsius: null,
      headroomCelsius: null,
      throttleCount: null,
    },
    energy: null,
  };
}

describe('Monitor', () => {
  test('what began before a change of the state is mixed, what begins after has the new state', async () => {
    const bench = new Bench();
    bench.nowMs = 100;
    const device = await bench.start();
    expect(device.clockSince(0)).toEqual({ state: 'pinned', source: 'linux' });
    await bench.next('floating', 200);
    expect(device.clockSince(199)).toEqual({ state: 'mixed', source: 'linux' });
    expect(device.clockSince(200)).toEqual({ state: 'floating', source: 'linux' });
    await bench.next('floating', 900);
    expect(device.clockSince(200)).toEqual({ state: 'floating', source: 'linux' });
    expect(device.changes).toBe(1);
  });

  test('pinned to other clocks is a change as well', async () => {
    const bench = new Bench();
    const device = await bench.start();
    await bench.next('pinned', 500, 2000);
    expect(device.clockSince(499).state).toBe('mixed');
    expect(device.clockSince(500).state).toBe('pinned');
  });

  test('a state that flaps leaves nothing but mixed behind', async () => {
    const bench = new Bench();
    const device = await bench.start();
    for (let turn = 1; turn <= 6; turn++) await bench.next(turn % 2 === 0 ? 'pinned' : 'floating', turn * 1000);
    expect(device.changes).toBe(6);
    expect(device.clockSince(5999).state).toBe('mixed');
    expect(device.clockSince(6000).state).toBe('pinned');
  });

  test('asking for the state makes no object', async () => {
    const bench = new Bench();
    const device = await bench.start();
    await bench.next('floating', 10);
    expect(device.clockSince(10)).toBe(device.clockSince(11));
    expect(device.clockSince(0)).toBe(device.clockSince(1));
    expect(Object.isFrozen(device.clockSince(0))).toBe(true);
  });

  test('a reading that throws is told as unreadable, and the next one is taken', async () => {
    const bench = new Bench();
    bench.sample = async () => {
      throw new Error('a mistake');
    };
    const device = await bench.start();
    expect(device.reading).toMatchObject({ clock: { state: 'unreadable' }, reasons: ['reading failed: a mistake'] });
    await bench.next('pinned', 10);
    expect(device.reading.clock.state).toBe('pinned');
  });

  test('no reading begins while one hangs', async () => {
    const bench = new Bench();
    let end = (_sample: Sample) => {};
    const device = await bench.start({ timeoutMs: 20 });
    bench.sample = () =>
      new Promise((resolve) => {
        end = resolve;
      });
    await waitFor(() => device.reading.clock.state === 'unreadable', 'the time-out');
    expect(device.reading.reasons).toEqual(['a reading took longer than 20 ms']);
    const { readings } = bench;
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(bench.readings).toBe(readings);
    bench.sample = async () => sampleOf('pinned');
    end(sampleOf('floating')); // too late to be believed
    await waitFor(() => device.reading.clock.state === 'pinned', 'the next reading');
    expect(bench.told.map(({ clock }) => clock.state)).not.toContain('floating');
  });

  test('nothing is read after the stop', async () => {
    const bench = new Bench();
    const device = await bench.start();
    device.stop();
    const { readings } = bench;
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(bench.readings).toBeLessThanOrEqual(readings + 1);
  });
});

test('a file that hangs blocks neither the event loop nor other files', async () => {
  const root = await plant(pc({ cpus: [{ min: 3_000_000, max: 3_000_000 }] }));
  const path = join(root, `${CPUS}/cpu0/cpufreq/scaling_cur_freq`);
  await unlink(path);
  execFileSync('mkfifo', [path]); // opening it waits for a writer
  const begunMs = performance.now();
  const device = await openDevice({
    root,
    clock: { monotonicMs: () => performance.now(), unixMs: Date.now },
    timeoutMs: 50,
  });
  monitor = device;
  expect(device.reading.reasons).toEqual(['a reading took longer than 50 ms']);
  expect(performance.now() - begunMs).toBeGreaterThan(49);
  await Promise.all(Array.from({ length: 20 }, (_, n) => put(root, `other/${n}`, 'x'))); // libuv's pool has threads left
  device.stop();
  const writer = await open(path, 'w'); // lets the reading go
  await writer.close();
  await rm(root, { recursive: true });
});

test('readings of a real tree go on by themselves', async () => {
  const root = await plant(pc({ cpus: [{ min: 800_000, max: 3_000_000 }] }));
  const clock = { monotonicMs: () => performance.now(), unixMs: Date.now };
  const device = await openDevice({ root, clock, intervalMs: 10 });
  monitor = device;
  expect(device.reading.clock.state).toBe('floating');
  const beforeMs = performance.now();
  await put(root, `${CPUS}/cpu0/cpufreq/scaling_min_freq`, '3000000\n');
  await waitFor(() => device.reading.clock.state === 'pinned', 'the new state');
  expect(device.clockSince(beforeMs).state).toBe('mixed');
  device.stop();
  await rm(root, { recursive: true });
});
