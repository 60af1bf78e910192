import { describe, expect, test } from 'vitest';
import { EnergyMeter } from '../../src/device/energy.ts';
import type { EnergySample } from '../../src/device/reader.ts';
import { EnergyShares } from '../../src/device/shares.ts';

const counter = (microjoules: number, id = 'intel-rapl:0'): EnergySample => ({
  kind: 'counters',
  counters: [{ id, microjoules, rangeMicrojoules: 1_000_000 }],
});
const power = (milliwatts: number): EnergySample => ({ kind: 'power', milliwatts });

function used(samples: readonly (readonly [EnergySample | null, number])[]): number | null {
  const meter = new EnergyMeter();
  for (const [sample, atMs] of samples) meter.add(sample, atMs);
  return meter.millijoules;
}

describe('EnergyMeter', () => {
  test.each([
    ['nothing is known without a counter', [[null, 0]], null],
    ['the first sample begins at zero', [[counter(500_000), 0]], 0],
    [
      'counters are subtracted',
      [
        [counter(100_000), 0],
        [counter(350_000), 1000],
      ],
      250,
    ],
    [
      'a counter that begins again at zero went through its range',
      [
        [counter(900_000), 0],
        [counter(50_000), 1000],
      ],
      150,
    ],
    [
      'a missed sample is made up for by the next',
      [
        [counter(100_000), 0],
        [null, 1000],
        [counter(300_000), 2000],
      ],
      200,
    ],
    [
      'another counter is not subtracted from the first',
      [
        [counter(100_000), 0],
        [counter(900_000, 'intel-rapl:1'), 1000],
      ],
      0,
    ],
    [
      'power is integrated over time',
      [
        [power(4_000), 0],
        [power(6_000), 1000],
        [power(6_000), 1500],
      ],
      8_000,
    ],
    [
      'power says nothing about a long silence',
      [
        [power(5_000), 0],
        [power(5_000), 60_000],
      ],
      0,
    ],
  ] as [string, [EnergySample | null, number][], number | null][])('%s', (_what, samples, expected) => {
    expect(used(samples)).toBe(expected);
  });
});

describe('EnergyShares', () => {
  test('energy goes to rungs by their share of the time, and sums up to the whole', () => {
    const shares = new EnergyShares();
    shares.settle(1_000);
    shares.rungRan('low', 10);
    shares.rungRan('low', 10);
    shares.rungRan('high', 60);
    for (let n = 0; n < 2; n++) shares.frameAnswered();
    shares.settle(5_000);
    expect([...shares.totals]).toEqual([
      ['low', 1_000],
      ['high', 3_000],
    ]);
    expect(shares.perRun()).toEqual([
      ['low', 500],
      ['high', 3_000],
    ]);
    expect(shares.perFrame()).toBe(2_000);
  });

  test('without a counter there are no figures', () => {
    const shares = new EnergyShares();
    shares.rungRan('low', 10);
    shares.frameAnswered();
    shares.settle(null);
    shares.settle(null);
    expect(shares.totals.size).toBe(0);
    expect(shares.perFrame()).toBeNull();
  });

  test('energy of a time in which nothing ran belongs to no rung', () => {
    const shares = new EnergyShares();
    shares.settle(0);
    shares.settle(9_000);
    shares.rungRan('low', 5);
    shares.frameAnswered();
    shares.settle(10_000);
    expect([...shares.totals]).toEqual([['low', 1_000]]);
    expect(shares.perFrame()).toBe(1_000);
  });

  test('means follow the last seconds', () => {
    const shares = new EnergyShares();
    shares.settle(0);
    for (let second = 1; second <= 100; second++) {
      shares.rungRan('low', 1);
      shares.frameAnswered();
      shares.settle(second <= 50 ? second * 1_000 : 50_000 + (second - 50) * 100);
    }
    expect(shares.perFrame()).toBeGreaterThan(99);
    expect(shares.perFrame()).toBeLessThan(110);
  });
});
