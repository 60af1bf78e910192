import { expect, test } from 'vitest';
import { type PaceBounds, ReadingPace } from '../../src/server/reading-pace.ts';
import fc from '../support/property.ts';

const BOUNDS: PaceBounds = { leastBytesPerSecond: 4_000, graceMs: 60_000 };

/** Seconds that a reader holds out who needs `pieceMs` for each piece of so many bytes, up to an hour. */
function heldSeconds(bytes: number, pieceMs: number): number {
  const pace = new ReadingPace(BOUNDS);
  let atMs = 0;
  for (; atMs < 3_600_000 && pieceMs <= pace.leftMs; atMs += pieceMs) pace.took(bytes, pieceMs);
  return Math.min(3_600_000, atMs + Math.min(pieceMs, pace.leftMs)) / 1000;
}

test.each([
  ['nothing at all', 1, 1e9, 60],
  ['half the least rate', 1_000, 500, 120],
  ['a little now and then', 100, 29_000, 60],
  ['the least rate', 2_000, 500, 3_600],
  ['a whole piece each half a minute', 4_000 * 30, 30_000, 3_600],
])('who takes %s has its place for a time that fits', (_what, bytes, pieceMs, seconds) => {
  expect(Math.abs(heldSeconds(bytes, pieceMs) - seconds)).toBeLessThan(2);
});

test('whoever holds out has taken the least rate but for the grace; what was taken fast is no credit for longer than that', () => {
  const pieces = fc.array(fc.tuple(fc.nat(300_000), fc.nat(70_000)), { maxLength: 60 });
  fc.assert(
    fc.property(pieces, (taken) => {
      const pace = new ReadingPace(BOUNDS);
      let [bytes, waitedMs] = [0, 0];
      for (const [some, ms] of taken) {
        expect(pace.leftMs).toBeLessThanOrEqual(BOUNDS.graceMs);
        if (ms > pace.leftMs) break;
        pace.took(some, ms);
        bytes += some;
        waitedMs += ms;
        expect(bytes).toBeGreaterThanOrEqual(((waitedMs - BOUNDS.graceMs) / 1000) * BOUNDS.leastBytesPerSecond - 1);
      }
    }),
  );
});
