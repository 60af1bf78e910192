import { describe, expect, test } from 'vitest';
import { Agreement, hasDrifted } from '../../src/cascade/agreement.ts';
import { seededRandom } from '../../src/cascade/random.ts';

function audits(count: number, agrees: (at: number) => boolean, weight = 1): Agreement {
  const agreement = new Agreement();
  for (let at = 0; at < count; at++) agreement.add(agrees(at), weight);
  return agreement;
}

describe('agreement with the top rung', () => {
  test('is not told by few audits', () => {
    expect(audits(0, () => true).ratio).toBe(null);
    expect(audits(30, () => true).ratio).toBe(null);
    expect(audits(40, () => true).ratio).toBe(1);
  });

  test('is that of all answers, whichever share of a kind is audited', () => {
    const random = seededRandom(5);
    const agreement = new Agreement();
    let agreeing = 0;
    let all = 0;
    for (let at = 0; at < 100_000; at++) {
      // Half of all are reused and always agree; of the others, audited ten times less often, six in ten do.
      const isReused = at % 2 === 0;
      const agrees = isReused || random() < 0.6;
      const share = isReused ? 0.2 : 0.02;
      if (random() < share) agreement.add(agrees, 1 / share);
      if (at % 500 === 0 && agreement.ratio !== null) {
        agreeing += agreement.ratio;
        all++;
      }
    }
    expect(agreeing / all).toBeCloseTo(0.8, 1);
  });

  test('follows the last audits', () => {
    const agreement = audits(1000, () => true);
    for (let at = 0; at < 400; at++) agreement.add(false, 1);
    expect(agreement.ratio).toBeLessThan(0.1);
  });
});

describe('drift', () => {
  test.each([
    ['clearly under the floor', (at: number) => at % 5 !== 0, true],
    ['under it by less than chance may do', (at: number) => at % 9 !== 0, false],
    ['above it', (at: number) => at % 50 !== 0, false],
  ])('%s', (_what, agrees, expected) => {
    expect(hasDrifted(audits(200, agrees), 0.9, false)).toBe(expected);
  });

  test('lasts until the floor is reached again', () => {
    const under = audits(200, (at) => at % 9 !== 0);
    expect(hasDrifted(under, 0.9, true)).toBe(true);
    expect(
      hasDrifted(
        audits(200, (at) => at % 12 !== 0),
        0.9,
        true,
      ),
    ).toBe(false);
  });

  test('is not told by few audits, whatever they say', () => {
    expect(
      hasDrifted(
        audits(10, () => false),
        0.9,
        false,
      ),
    ).toBe(false);
  });
});
