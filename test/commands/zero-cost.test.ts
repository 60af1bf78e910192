import { expect, test } from 'vitest';
import { zeroCostOf } from '../../src/commands/zero-cost.ts';
import type { Sample } from '../../src/dataset/sample.ts';
import { SYSTEM_CLOCK } from '../../src/service/clock.ts';

const WORKING = { aspect: 'stretch', width: 64, height: 64 } as const;

/** @param loaded gets the number of each sample that is looked at */
const samples = (count: number, loaded: number[]): Sample[] =>
  Array.from({ length: count }, (_, n) => ({
    key: `${n}`,
    name: `frame ${n}`,
    condition: '',
    truth: null,
    group: '',
    load: async () => {
      loaded.push(n);
      return { width: 96, height: 80, pixels: new Uint8Array(96 * 80 * 3).map((_, i) => (i * 37 + n) % 256) };
    },
  }));

test('rung zero is measured on the examples themselves, on some of all of them', async () => {
  const loaded: number[] = [];
  expect(await zeroCostOf(samples(160, loaded), WORKING, SYSTEM_CLOCK)).toBeGreaterThan(0);
  expect(loaded).toEqual(Array.from({ length: 16 }, (_, k) => k * 10));
  const few: number[] = [];
  await zeroCostOf(samples(3, few), WORKING, SYSTEM_CLOCK);
  expect(few).toEqual([0, 1, 2]);
});
