import { describe, expect, test } from 'vitest';
import { measureEnergy } from '../../src/profile/energy.ts';
import { type MeasureOptions, measureInRounds } from '../../src/profile/measure.ts';
import { SeenRecorder } from '../../src/profile/seen.ts';
import type { DeviceReading } from '../../src/types.ts';

const SLOTS = 2;

/** A machine whose rungs take what `serviceMs` tells, on a clock of its own. */
function machine(serviceMs: (rung: number, round: number) => number) {
  let nowMs = 0;
  const orders: number[][] = [];
  const round: MeasureOptions['round'] = async (orderOf) => {
    const runs = [...Array(SLOTS).keys()].flatMap((slot) => {
      const order = orderOf(slot);
      orders.push([...order]);
      return order.map((rung) => ({ rung, prepareMs: 1, runMs: 2, serviceMs: serviceMs(rung, orders.length) }));
    });
    nowMs += runs.reduce((sum, run) => sum + run.serviceMs, 0) / SLOTS;
    return runs;
  };
  return { round, orders, monotonicMs: () => nowMs };
}

describe('measureInRounds', () => {
  test('ends when all is known, after enough rounds, the warm-up not counted', async () => {
    const steady = machine(() => 50);
    const measured = await measureInRounds({ ...steady, rungs: 3, maxSeconds: 1000 });
    expect(measured).toMatchObject({ ended: 'known', rounds: 30 });
    expect(measured.discardedRounds * 3 * 50).toBeGreaterThanOrEqual(1000);
    expect(measured.times.map(({ serviceMs }) => serviceMs.length)).toEqual([30, 30, 30]);
    expect(measured.times[0]?.serviceMs[0]).toEqual([50, 50]);
  });

  test('every rung runs once per round and slot, in changing order', async () => {
    const steady = machine(() => 50);
    await measureInRounds({ ...steady, rungs: 6, maxSeconds: 1000 });
    for (const order of steady.orders) expect([...order].sort()).toEqual([0, 1, 2, 3, 4, 5]);
    expect(new Set(steady.orders.map(String)).size).toBeGreaterThan(20);
  });

  test('goes on as long as one rung is not known', async () => {
    const one = machine((rung, round) => (rung === 1 && round % 8 < 2 ? 200 : 50));
    const measured = await measureInRounds({ ...one, rungs: 3, maxSeconds: 1000 });
    expect(measured.ended).toBe('known');
    expect(measured.rounds).toBeGreaterThan(60);
  });

  test('ends when the time is up, with whole rounds', async () => {
    const wild = machine((_, round) => (round % 16 < 2 ? 3000 : 10));
    const measured = await measureInRounds({ ...wild, rungs: 3, maxSeconds: 60 });
    expect(measured.ended).toBe('time');
    expect(measured.seconds).toBeGreaterThanOrEqual(60);
    for (const { serviceMs } of measured.times) {
      expect(serviceMs.length).toBe(measured.rounds);
      expect(serviceMs.every((slots) => slots.length === SLOTS)).toBe(true);
    }
  });

  test('measures nothing where the time does not suffice for the warm-up', async () => {
    const slow = machine(() => 3000);
    expect(await measureInRounds({ ...slow, rungs: 3, maxSeconds: 5 })).toMatchObject({ ended: 'time', rounds: 0 });
  });

  test('has an end also where nothing ever settles', async () => {
    const wild = machine((_, round) => (round % 16 < 2 ? 300 : 1));
    const measured = await measureInRounds({ ...wild, rungs: 1, maxSeconds: 1e9, mostRounds: 40 });
    expect(measured).toMatchObject({ ended: 'rounds', rounds: 40 });
  });
});

describe('measureEnergy', () => {
  /** Rungs of `powers` watts that take 100 ms on two slots; the counter is read every second. */
  const machineOf = (powers: readonly number[], counts = true) => {
    let nowMs = 0;
    let millijoules = 0;
    let read = 0;
    return {
      rungs: powers.length,
      run: async (rung: number) => {
        nowMs += 100;
        millijoules += (powers[rung] ?? 0) * 100;
        if (nowMs % 1000 < 100 && counts) read = millijoules;
        return SLOTS;
      },
      counterMillijoules: () => read,
      monotonicMs: () => nowMs,
    };
  };

  test('divides what was used between steps of the counter by the runs', async () => {
    // 10 W for 100 ms are 1000 mJ, for two runs.
    expect(await measureEnergy({ ...machineOf([10, 20, 5]), maxSeconds: 100 })).toEqual([500, 1000, 250]);
  });

  test('leaves out what the time does not suffice for', async () => {
    expect(await measureEnergy({ ...machineOf([10, 20, 5]), maxSeconds: 9 })).toEqual([500, 1000, null]);
  });

  test('gives up on a counter that stands still, and without one', async () => {
    expect(await measureEnergy({ ...machineOf([10, 20], false), maxSeconds: 100 })).toEqual([null, null]);
    expect(await measureEnergy({ ...machineOf([10]), counterMillijoules: () => null, maxSeconds: 9 })).toEqual([null]);
  });
});

describe('SeenRecorder', () => {
  const reading = (changes: Partial<DeviceReading> = {}): DeviceReading => ({
    clock: { state: 'pinned', source: 'linux' },
    reasons: [],
    powerMode: null,
    governors: ['performance'],
    cpus: [{ cpu: 0, minMHz: 2000, maxMHz: 2000, currentMHz: 2000 }],
    temperatureCelsius: 40,
    headroomCelsius: null,
    throttleCount: 3,
    ...changes,
  });

  test('tells each state once in a row, and the limits of what was read', () => {
    const recorder = new SeenRecorder(reading());
    recorder.add(reading({ temperatureCelsius: 61 }), 1);
    const hot = { clock: { state: 'throttled', source: 'linux' }, reasons: ['cpu0 1500 MHz'] } as const;
    recorder.add(
      reading({ ...hot, throttleCount: 5, cpus: [{ cpu: 0, minMHz: 2000, maxMHz: 2000, currentMHz: 1500 }] }),
      2.04,
    );
    recorder.add(reading({ ...hot, temperatureCelsius: null, throttleCount: 5 }), 3);
    expect(recorder.seen).toEqual({
      reasons: [],
      states: [
        { atSeconds: 0, state: 'pinned', reasons: [] },
        { atSeconds: 2, state: 'throttled', reasons: ['cpu0 1500 MHz'] },
      ],
      temperatureCelsius: [40, 61],
      currentMHz: [1500, 2000],
      throttled: 2,
    });
  });

  test('has room for a flapping state', () => {
    const recorder = new SeenRecorder(reading());
    for (let i = 0; i < 1000; i++) {
      recorder.add(reading({ clock: { state: i % 2 ? 'pinned' : 'floating', source: 'linux' } }), i);
    }
    expect(recorder.seen.states.length).toBe(100);
  });
});
