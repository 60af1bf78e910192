import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../src/cascade/random.ts';
import { applyHead, type Head, inSpace, otherLogOdds } from '../../src/heads/head.ts';
import { normal } from '../support/taught.ts';

const random = seededRandom(1);
const [d, classes] = [10, 3];
const values = (length: number) => Float32Array.from({ length }, () => normal(random));
const head: Head = {
  space: 'root',
  weights: values(classes * d),
  bias: values(classes),
  means: inSpace('root', values(classes * d), d),
  other: { limit: 0.8, slope: 20 },
};

function apply(own: Head, embedding: Float32Array): number[] {
  const into = new Float32Array(classes + 1);
  applyHead(own, embedding, into);
  return [...into];
}

/** Log-odds of `other` against all classes together. */
function otherOdds(logits: readonly number[]): number {
  const own = logits.slice(0, classes);
  return (logits[classes] ?? 0) - Math.log(own.reduce((sum, value) => sum + Math.exp(value), 0));
}

describe('applyHead', () => {
  test('gives weights times the embedding in its space, and the intercept', () => {
    const embedding = values(d);
    const x = inSpace('root', embedding, d);
    const logits = apply(head, embedding);
    for (let k = 0; k < classes; k++) {
      const sum = x.reduce((total, value, j) => total + value * (head.weights[k * d + j] ?? 0), head.bias[k] ?? 0);
      expect(logits[k]).toBeCloseTo(sum, 4);
    }
  });

  test('in the space `root` twice the embedding is the same picture', () => {
    const embedding = values(d);
    const twice = apply(
      head,
      embedding.map((value) => 2 * value),
    );
    for (const [k, logit] of apply(head, embedding).entries()) expect(twice[k]).toBeCloseTo(logit, 4);
  });

  test('`other` is as likely as not at the limit, whatever the classes’ logits', () => {
    const mean = head.means.subarray(0, d);
    const away = mean.slice();
    // A step of the limit’s length from the nearest mean, in a space that is plain but for its last value.
    const plain: Head = { ...head, space: 'scene', other: { limit: 1.5, slope: 20 } };
    away[d - 1] = 1.5;
    expect(otherOdds(apply(plain, away))).toBeCloseTo(0, 4);
    away[d - 1] = 1.2;
    expect(otherOdds(apply(plain, away))).toBeCloseTo(-4, 3);
    away[d - 1] = 1.8;
    expect(otherOdds(apply(plain, away))).toBeCloseTo(4, 3);
  });

  test('what lies on a class mean is not `other`, what is orthogonal to all is', () => {
    const own = Float32Array.from({ length: d }, (_, j) => (j < 3 ? 1 : 0));
    const alone: Head = {
      ...head,
      means: Float32Array.from({ length: classes * d }, (_, at) => inSpace('root', own, d)[at % d] ?? 0),
    };
    expect(otherOdds(apply(alone, own))).toBeCloseTo(-20, 4);
    const elsewhere = Float32Array.from({ length: d }, (_, j) => (j < 3 ? 0 : 1));
    expect(otherOdds(apply(alone, elsewhere))).toBeGreaterThan(10);
  });

  test('an embedding of zeros has finite logits', () => {
    expect(apply(head, new Float32Array(d)).every(Number.isFinite)).toBe(true);
  });

  test('log-odds of `other` stay within bounds that evidence can be merged with', () => {
    expect(otherLogOdds(1e9, head.other)).toBe(20);
    expect(otherLogOdds(0, { limit: 1e-9, slope: 1e9 })).toBe(-20);
  });

  test('of five classes of 1280 values takes a fraction of the time of a million multiplications', () => {
    const big: Head = {
      space: 'root',
      weights: values(5 * 1280),
      bias: values(5),
      means: values(5 * 1280),
      other: head.other,
    };
    const [embedding, into] = [values(1280), new Float32Array(6)];
    // The least of some rounds: what else the machine does must not decide.
    const time = (run: () => void) => {
      let least = Infinity;
      for (let round = 0; round < 10; round++) {
        const begun = performance.now();
        for (let i = 0; i < 4; i++) run();
        least = Math.min(least, performance.now() - begun);
      }
      return least;
    };
    const a = values(200_000);
    let sum = 0;
    const fifth = time(() => {
      for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (a[a.length - 1 - i] as number);
    });
    expect(Number.isFinite(sum)).toBe(true);
    // A tenth of a millisecond on machines that do a thousand million a second.
    expect(time(() => applyHead(big, embedding, into))).toBeLessThan(fifth * 1.25);
  });
});
