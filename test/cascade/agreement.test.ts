import { describe, expect, test } from 'vitest';
import { Agreement, hasDrifted } from '../../src/cascade/agreement.ts';
import { seededRandom } from '../../src/cascade/random.ts';

function audits(count: number, agrees: (at: number) => boolean, weight = 1): Agreement {
  const agreement = new Agreement();
  for (let at = 0; at < count; at++) agreement.add(agrees(at), weight, 0);
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
      if (random() < share) agreement.add(agrees, 1 / share, 0);
      if (at % 500 === 0 && agreement.ratio !== null) {
        agreeing += agreement.ratio;
        all++;
      }
    }
    expect(agreeing / all).toBeCloseTo(0.8, 1);
  });

  test('follows the last audits', () => {
    const agreement = audits(1000, () => true);
    for (let at = 0; at < 400; at++) agreement.add(false, 1, 0);
    expect(agreement.ratio).toBeLessThan(0.1);
  });
});

describe('time', () => {
  const HOUR = 3_600_000;

  test('makes old audits count as fewer, until too few are left', () => {
    const agreement = audits(100, (at) => at % 2 === 0);
    expect(agreement.ratio).not.toBe(null);
    for (let hour = 1; hour <= 3; hour++) agreement.fade(hour * HOUR);
    expect(agreement.ratio).toBe(null);
  });

  test('tells as much in many steps as in one, and nothing within some seconds', () => {
    const [one, many] = [audits(100, (at) => at % 3 !== 0), audits(100, (at) => at % 3 !== 0)];
    for (let ms = 0; ms <= HOUR; ms += 1000) many.fade(ms);
    expect(one.fade(9_999)).toBe(false);
    expect(one.fade(HOUR)).toBe(true);
    for (const own of [one, many]) own.add(false, 1, HOUR);
    expect(many.ratio).toBeCloseTo(one.ratio ?? Number.NaN, 9);
    expect(many.error).toBeCloseTo(one.error, 9);
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

  test('is over when audits are too few or too old to tell', () => {
    expect(hasDrifted({ ratio: null, error: 0 }, 0.9, true)).toBe(false);
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
