import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../src/cascade/random.ts';
import { ReuseControl } from '../../src/cascade/reuse.ts';
import { CAUTIOUS_THRESHOLD, posteriorDisagreement } from '../../src/cascade/reuse-prior.ts';

const TARGET = 0.005;
const control = (fitted: number | null = 1) => new ReuseControl({ targetDisagreement: TARGET, fitted });

/** Shows so many frames of one difference that all agree, or do not. */
function show(to: ReuseControl, frames: number, score: number, isSame = true, isAudit = true): void {
  for (let at = 0; at < frames; at++) to.observe(score, isSame, isAudit);
}

describe('the posterior', () => {
  test.each([
    ['nothing seen', 0, 0, 0.005],
    ['one in as many as the prior counts', 1, 100, 1.5 / 200],
    ['none in many', 0, 900, 0.5 / 1000],
  ])('%s', (_what, disagreements, comparisons, mean) => {
    expect(posteriorDisagreement({ disagreements, comparisons }, TARGET)).toBeCloseTo(mean, 12);
  });
});

describe('the threshold', () => {
  test('begins where footage has put it, else at a cautious one', () => {
    expect(control(1.7).threshold).toBe(1.7);
    expect(control(null).threshold).toBe(CAUTIOUS_THRESHOLD);
  });

  test('a frame exactly at it is unchanged, one above is not', () => {
    expect(control(1).reuses(1)).toBe(true);
    expect(control(1).reuses(1.0001)).toBe(false);
    expect(control(1).reuses(Infinity)).toBe(false);
    expect(control(1).reuses(Number.NaN)).toBe(false);
  });

  test('goes up by what is classified anyway, no further than that agrees', () => {
    const own = control(1);
    show(own, 200, 1.2, true, false);
    expect(own.threshold).toBeCloseTo(Math.SQRT2);
    show(own, 40, 1.9, false, false);
    expect(own.threshold).toBeCloseTo(Math.SQRT2);
  });

  test('goes up one frame that agrees too late, not one too early: exactly at the target it counts', () => {
    const own = control(1);
    // (100 · 0.005 · √2) / (100 + n) ≤ 0.005 from n = 41.4… on, which 43 are that fade.
    show(own, 42, 1.2, true, false);
    expect(own.threshold).toBe(1);
    show(own, 1, 1.2, true, false);
    expect(own.threshold).toBeCloseTo(Math.SQRT2);
  });

  test('goes down when reused frames turn out otherwise, below those that did', () => {
    const own = control(1);
    show(own, 200, 0.3);
    show(own, 1, 0.9, false);
    show(own, 1, 0.9, false);
    expect(own.threshold).toBeGreaterThanOrEqual(0.3);
    expect(own.threshold).toBeLessThan(0.9);
  });

  test('nothing is reused while frames that hardly differ turn out otherwise, and again once they agree', () => {
    const own = control(1);
    for (let at = 0; at < 10; at++) own.observe(0, false, true);
    expect(own.threshold).toBe(0);
    expect(own.reuses(0)).toBe(false);
    show(own, 5000, 0, true, false);
    expect(own.reuses(0)).toBe(true);
  });

  test('old comparisons count less and less', () => {
    const fresh = control(1);
    show(fresh, 1500, 0.1, true);
    show(fresh, 6, 0.1, false);
    const faded = control(1);
    show(faded, 6, 0.1, false);
    show(faded, 1500, 0.1, true);
    expect(fresh.threshold).toBe(0);
    expect(faded.threshold).toBeGreaterThan(0);
  });

  test('differences beyond every level change nothing', () => {
    const own = control(1);
    show(own, 500, 1e6, false);
    show(own, 500, Infinity, false);
    expect(own.threshold).toBe(1);
  });

  test('is proven by audits of what is reused, as many as would show one disagreement at the target', () => {
    const own = control(1);
    show(own, 5000, 0.5, true, false);
    expect(own.isProven).toBe(false);
    const audited = control(1);
    show(audited, 190, 0.5);
    expect(audited.isProven).toBe(false);
    show(audited, 30, 0.5);
    expect(audited.isProven).toBe(true);
  });

  test.each([0, -1, Number.NaN, Infinity])('%d is none to begin with', (fitted) => {
    expect(() => control(fitted)).toThrow(RangeError);
  });
});

describe('on a stream', () => {
  /** Frames whose answer differs from the last one the more often the more the scene differs. */
  function play(fitted: number, errorAt: (score: number) => number, seed = 11) {
    const random = seededRandom(seed);
    const own = control(fitted);
    let reused = 0;
    let wrong = 0;
    const told = { reused: 0, wrong: 0 };
    for (let frame = 0; frame < 200_000; frame++) {
      const score = 4 * random() ** 3;
      const isSame = random() >= errorAt(score);
      if (!own.reuses(score)) own.observe(score, isSame, false);
      else {
        reused++;
        if (!isSame) wrong++;
        if (random() < 0.02) own.observe(score, isSame, true);
      }
      if (frame === 100_000) Object.assign(told, { reused, wrong });
    }
    return {
      share: (reused - told.reused) / 100_000,
      disagreement: (wrong - told.wrong) / (reused - told.reused),
      /** Of all frames. */
      wrongTold: (wrong - told.wrong) / 100_000,
      own,
    };
  }

  test('disagreement stays under the target, from whichever threshold it begins', () => {
    for (const fitted of [0.1, 0.7, 5]) {
      const { disagreement, share } = play(fitted, (score) => Math.min(0.5, 0.004 * score ** 2));
      expect(disagreement).toBeLessThan(TARGET);
      expect(share).toBeGreaterThan(0.3);
    }
  });

  test.each([1, 2, 3, 4])(
    'of all frames no more than the target are told otherwise, where all differ a little too often (%d)',
    (seed) => {
      for (const times of [1.2, 1.5])
        for (const fitted of [0.1, 0.7, 5])
          expect(play(fitted, () => times * TARGET, seed).wrongTold).toBeLessThan(TARGET);
    },
  );

  test('answers that are chance are hardly told again', () => {
    const { share } = play(0.7, () => 0.5);
    expect(share).toBeLessThan(0.02);
  });
});
