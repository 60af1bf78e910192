import { expect, test } from 'vitest';
import { VirtualTime } from '../../src/simulate/virtual-time.ts';
import fc from '../support/property.ts';

test('events happen in the order of their times, of equal ones as they were asked for', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 20 }), { maxLength: 60 }), async (times) => {
      const time = new VirtualTime();
      const seen: [number, number][] = [];
      for (const [order, at] of times.entries()) time.at(at, () => seen.push([time.monotonicMs(), order]));
      await time.run(Infinity);
      const expected = times.map((at, order): [number, number] => [at, order]);
      expect(seen).toEqual(expected.sort(([a, i], [b, j]) => a - b || i - j));
    }),
    { numRuns: 40 },
  );
});

test('between two events of the same moment all promises that are settled have their turn', async () => {
  const time = new VirtualTime();
  const seen: string[] = [];
  time.at(1, () => {
    void Promise.resolve()
      .then(() => Promise.resolve())
      .then(() => process.nextTick(() => seen.push('settled')));
  });
  time.at(1, () => seen.push('next'));
  await time.run(Infinity);
  expect(seen).toEqual(['settled', 'next']);
});

test('what comes while the main thread is busy waits until it is free', async () => {
  const time = new VirtualTime();
  const seen: number[] = [];
  time.at(10, () => time.charge(25));
  time.at(20, () => seen.push(time.monotonicMs()));
  time.at(50, () => seen.push(time.monotonicMs()));
  await time.run(Infinity);
  expect(seen).toEqual([35, 50]);
  expect(time.chargedMs).toBe(25);
});

test('it stops at a time, and goes on from there', async () => {
  const time = new VirtualTime();
  const seen: number[] = [];
  for (const at of [5, 10, 15]) time.at(at, () => seen.push(at));
  await time.run(10);
  expect(seen).toEqual([5, 10]);
  expect(time.monotonicMs()).toBe(10);
  await time.run(20);
  expect(seen).toEqual([5, 10, 15]);
});
