import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../src/cascade/random.ts';
import { Gears } from '../../src/pipeline/gears.ts';

/** What a frame costs in each gear, in shares of the slots at a load of 1. */
const COST = [1, 0.85, 0.7, 0.6, 0.5];

/**
 * Many cameras of one machine: beyond what it bears frames are lost, and near it they wait.
 *
 * @param load what all frames would cost in gear 0, in shares of the slots, by second
 */
function play(load: (second: number) => number, seconds: number, priorities: readonly number[] = Array(16).fill(1)) {
  const random = seededRandom(7);
  const cameras = priorities.map((priority) => new Gears({ gears: COST.length, priority }));
  const gears: number[][] = [];
  let busy = 0;
  const frame = Array(cameras.length).fill(0);
  for (let tick = 0; tick < seconds * 50; tick++) {
    const second = tick / 50;
    const mean = cameras.reduce((sum, { gear }) => sum + (COST[gear] ?? 1), 0) / cameras.length;
    const wanted = load(second) * mean;
    busy += (Math.min(1, wanted) - busy) * (1 - 2 ** (-0.02 / 2));
    for (const [n, camera] of cameras.entries()) {
      // Five frames per second at a load of 1.
      if (second < frame[n]) continue;
      frame[n] = second + (0.15 + 0.1 * random()) / load(second);
      const lost = random() < Math.max(0, 1 - 0.97 / wanted) ? 1 : 0;
      const slackRatio = Math.max(0, 0.8 - 0.6 * Math.min(1, wanted) ** 6 - 0.1 * random());
      const serviceMs = (200 * (COST[camera.gear] ?? 1)) / cameras.length; // of one slot
      const ifReturned = busy + cameras.reduce((sum, { more }) => sum + more, 0);
      camera.observe({ nowMs: second * 1000, lost, slackRatio, serviceMs }, busy, ifReturned);
    }
    gears.push(cameras.map(({ gear }) => gear));
  }
  const at = (second: number) => gears[Math.floor(second * 50)] ?? [];
  const meanAt = (second: number) => at(second).reduce((a, b) => a + b, 0) / cameras.length;
  const shifts = (from: number, to: number) => {
    let count = 0;
    for (let tick = from * 50 + 1; tick < to * 50; tick++)
      for (let n = 0; n < cameras.length; n++) if (gears[tick]?.[n] !== gears[tick - 1]?.[n]) count++;
    return count / cameras.length;
  };
  return { at, meanAt, shifts };
}

describe('Gears', () => {
  test('stay where there is time', () => {
    const { shifts, meanAt } = play(() => 0.6, 120);
    expect(meanAt(119)).toBe(0);
    expect(shifts(0, 120)).toBe(0);
  });

  test('follow a load that is doubled, return when it is halved, and do not swing', () => {
    const { meanAt, shifts } = play((second) => (second >= 60 && second < 120 ? 1.4 : 0.7), 180);
    expect(meanAt(59)).toBe(0);
    expect(meanAt(90)).toBeGreaterThan(1.5);
    expect(meanAt(179)).toBeLessThan(0.3);
    expect(shifts(90, 120)).toBeLessThan(0.5);
    expect(shifts(160, 180)).toBeLessThan(0.5);
  });

  test.each([0.9, 1.05, 1.2, 1.5, 1.9])('settle under a constant load of %f', (load) => {
    const { shifts } = play(() => load, 240);
    expect(shifts(120, 240)).toBeLessThan(2);
  });

  test('end at the last one under any load', () => {
    const { at } = play(() => 10, 60);
    expect(Math.min(...at(59))).toBe(COST.length - 1);
  });

  test('a higher priority gives way later and returns earlier', () => {
    const priorities = [...Array(8).fill(1), ...Array(8).fill(4)];
    const { at } = play((second) => (second >= 10 && second < 40 ? 1.5 : 0.5), 80, priorities);
    const mean = (second: number, from: number) =>
      at(second)
        .slice(from, from + 8)
        .reduce((a, b) => a + b, 0) / 8;
    expect(mean(15, 0)).toBeGreaterThan(mean(15, 8) + 0.5);
    expect(mean(47, 8)).toBeLessThan(mean(47, 0));
    expect(mean(79, 0)).toBe(0);
  });

  test('a machine with free slots is not left for little budget that is left', () => {
    const gears = new Gears({ gears: 3, priority: 1 });
    for (let n = 0; n < 1500; n++) {
      const slackRatio = gears.gear === 0 ? 0.05 : 0.6;
      gears.observe({ nowMs: n * 200, lost: 0, slackRatio, serviceMs: 20 }, 0.23, 0.23);
    }
    expect(gears.gear).toBe(0);
  });

  test.each([1, 4, 15, 100])('a return that is regretted is tried ever more seldom, with priority %i', (priority) => {
    const gears = new Gears({ gears: 2, priority });
    let shifts = 0;
    for (let n = 0; n < 5 * 600; n++) {
      // The dearer gear loses frames, though many slots are free.
      const lost = gears.gear === 0 && n % 3 === 0 ? 1 : 0;
      if (gears.observe({ nowMs: n * 200, lost, slackRatio: 0.6, serviceMs: 20 }, 0.2, 0.3)) shifts++;
    }
    // Unlearnt: one each five seconds or less, of 600.
    expect(shifts).toBeLessThan(priority === 1 ? 45 : 120);
  });

  test('one gear is all there is', () => {
    const gears = new Gears({ gears: 1, priority: 1 });
    for (let n = 0; n < 100; n++)
      expect(gears.observe({ nowMs: n * 200, lost: 1, slackRatio: 0, serviceMs: 0 }, 1, 1)).toBe(false);
    expect(gears.gear).toBe(0);
  });
});
