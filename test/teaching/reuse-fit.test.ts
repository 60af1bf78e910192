import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../src/cascade/random.ts';
import { CAUTIOUS_THRESHOLD } from '../../src/cascade/reuse-prior.ts';
import { taughtQuestion } from '../../src/heads/artifact.ts';
import type { Head } from '../../src/heads/head.ts';
import { RASTER_SIZE } from '../../src/heads/zero.ts';
import { fitReuse, sameAnswer } from '../../src/teaching/reuse-fit.ts';
import { PAIRS_A_FRAME, type ScenePair, scenePairs } from '../../src/teaching/scene-pairs.ts';
import { teach } from '../../src/teaching/teach.ts';
import { emptyScene, inRuns, madeUpCamera, normal, withThing } from '../support/taught.ts';

/** Pairs with scores spread evenly from 0 to `most`. */
function evenly(count: number, most: number): ScenePair[] {
  return Array.from({ length: count }, (_, i) => ({ row: i, reference: -1, score: (most * (i + 0.5)) / count }));
}

describe('fitReuse', () => {
  const count = 1000 * PAIRS_A_FRAME;

  test('stops where answers begin to change', () => {
    const pairs = evenly(count, 4);
    const fit = fitReuse(pairs, (row) => (pairs[row]?.score ?? 0) < 1);
    expect(fit?.threshold).toBeGreaterThan(0.8);
    expect(fit?.threshold).toBeLessThan(1.1);
    expect((fit?.disagreements ?? 1) / (fit?.pairs ?? 1)).toBeLessThanOrEqual(0.005);
  });

  test('goes up with the disagreement that is allowed', () => {
    const pairs = evenly(count, 4);
    const random = seededRandom(1);
    const differs = pairs.map(({ score }) => random() < 0.01 * score);
    const fitted = (target: number) => fitReuse(pairs, (row) => !differs[row], target)?.threshold ?? Number.NaN;
    expect(fitted(0.01)).toBeGreaterThan(fitted(0.003));
  });

  test('allows more than is usual only where many frames have earned it', () => {
    const threshold = (frames: number) => fitReuse(evenly(frames * PAIRS_A_FRAME, 4), () => true)?.threshold ?? 0;
    expect(threshold(40)).toBeLessThan(1.5 * CAUTIOUS_THRESHOLD);
    expect(threshold(400)).toBeCloseTo(2 * CAUTIOUS_THRESHOLD, 2);
  });

  test('gives the least where answers change with nothing to be seen', () => {
    const fit = fitReuse(evenly(count, 4), (row) => row % 3 > 0);
    expect(fit?.threshold).toBeLessThan(CAUTIOUS_THRESHOLD / 3);
  });

  test('is silent where there is next to nothing to compare', () => {
    expect(fitReuse(evenly(10, 4), () => true)).toBeNull();
    expect(fitReuse([], () => true)).toBeNull();
    const moving = evenly(count, 4).map((pair) => ({ ...pair, score: pair.score + 2 }));
    expect(fitReuse(moving, () => false)).toBeNull();
  });
});

describe('scenePairs', () => {
  const random = seededRandom(3);
  /** A yard in which a thing stands from frame `from` on, at a few frames a second, with a sensor's noise. */
  function footage(frames: number, from: number) {
    const scene = emptyScene();
    const rasters = new Uint8Array(frames * RASTER_SIZE);
    for (let at = 0; at < frames; at++) {
      const shown = at < from ? scene : withThing(scene, 20, 20, 6, 250);
      rasters.set(
        shown.map((value) => Math.max(0, Math.min(255, value + 2 * normal(random)))),
        at * RASTER_SIZE,
      );
    }
    return {
      rasters,
      sources: Array.from({ length: frames }, () => 'a'),
      seconds: Array.from({ length: frames }, (_, at) => at / 5),
    };
  }

  test('compare each frame with near and far ones before it, and tell what came in between', () => {
    const pairs = scenePairs(footage(60, 40));
    expect(new Set(pairs.map(({ row, reference }) => row - reference)).size).toBeGreaterThan(20);
    for (const { row, reference, score } of pairs.filter(({ row }) => row > 5)) {
      if (row >= 40 && reference < 40) expect(score).toBeGreaterThan(1);
      else expect(score).toBeLessThan(1);
    }
  });

  test('do not depend on the order in which frames are given', () => {
    const given = footage(20, 10);
    const rows = Array.from({ length: 20 }, (_, at) => (at * 7) % 20);
    const rasters = new Uint8Array(given.rasters.length);
    for (const [at, row] of rows.entries())
      rasters.set(given.rasters.subarray(row * RASTER_SIZE, (row + 1) * RASTER_SIZE), at * RASTER_SIZE);
    const shuffled = scenePairs({ ...given, rasters, seconds: rows.map((row) => row / 5) });
    const named = shuffled.map(({ row, reference, score }) => ({ row: rows[row], reference: rows[reference], score }));
    expect(named).toEqual(scenePairs(given));
  });

  test('are of one source, near in time; of frames without a time there are none', () => {
    const given = footage(20, 20);
    expect(scenePairs({ ...given, seconds: given.seconds.map((time) => time * 1000) })).toEqual([]);
    expect(scenePairs({ ...given, seconds: given.seconds.map(() => Number.NaN) })).toEqual([]);
    const sources = given.sources.map((_, at) => (at < 10 ? 'a' : 'b'));
    for (const { row, reference } of scenePairs({ ...given, sources })) expect(sources[row]).toBe(sources[reference]);
  });
});

describe('teach', () => {
  test('tells up to which difference of the scene an answer stays, below what the classes differ by', () => {
    const input = madeUpCamera({ labels: inRuns(2, 12, 10), clarity: { low: 3, middle: 5, top: 8 } });
    const { heads } = teach(input, () => {});
    const { reuse } = taughtQuestion(heads, 'default');
    expect(reuse?.threshold).toBeGreaterThan(CAUTIOUS_THRESHOLD / 2);
    expect(reuse?.pairs).toBeGreaterThan(50);
    const differing = scenePairs(input).filter(
      ({ row, reference }) => input.questions[0]?.truth[row] !== input.questions[0]?.truth[reference],
    );
    const least = Math.min(...differing.filter(({ row }) => row > 20).map(({ score }) => score));
    expect(reuse?.threshold).toBeLessThan(least);
  });

  test('tells nothing of it where examples have no time', () => {
    const input = madeUpCamera({ labels: inRuns(2, 12, 10), clarity: { low: 3, middle: 5, top: 8 } });
    const { heads } = teach({ ...input, seconds: input.seconds.fill(Number.NaN) }, () => {});
    expect(taughtQuestion(heads, 'default').reuse).toBeUndefined();
  });
});

describe('sameAnswer', () => {
  /** Says 0 of what is below, and 1 of what is above zero. */
  const head: Head = {
    space: 'scene',
    weights: Float32Array.of(-1, 1),
    bias: Float32Array.of(0, 0),
    means: Float32Array.of(-1, 1),
    other: { limit: 1e6, slope: 1 },
  };
  const raw = Float32Array.of(-1, 1, 1, -1);

  test('is what people said, where they said it of both frames', () => {
    const isSame = sameAnswer({ raw, d: 1 }, head, Int32Array.of(0, 0, 1, 0));
    expect([isSame(1, 0), isSame(2, 1)]).toEqual([true, false]);
  });

  test('is what the head says of both, where nobody labelled one of them', () => {
    const isSame = sameAnswer({ raw, d: 1 }, head, Int32Array.of(0, -1, 0, -2));
    expect([isSame(1, 0), isSame(2, 1), isSame(3, 2), isSame(3, 0)]).toEqual([false, true, false, true]);
  });
});
