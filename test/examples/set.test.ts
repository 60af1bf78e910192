import { describe, expect, test } from 'vitest';
import { type Example, isLabelled } from '../../src/examples/example.ts';
import type { Stored } from '../../src/examples/journal.ts';
import { Likeness } from '../../src/examples/likeness.ts';
import type { Pieces } from '../../src/examples/pieces.ts';
import { ExampleSet } from '../../src/examples/set.ts';
import fc from '../support/property.ts';
import { atOnce, example, grey, LIMITS } from './support.ts';

const step = fc.oneof(
  fc.record({
    kind: fc.constant('frame' as const),
    reason: fc.constantFrom('unsure' as const, 'random' as const),
    bytes: fc.integer({ min: 1, max: 120 }),
    grey: fc.integer({ min: 0, max: 255 }),
    afterMs: fc.integer({ min: 0, max: 400 }),
  }),
  fc.record({ kind: fc.constant('label' as const), at: fc.nat(20) }),
);
const limits = fc.record({
  maxFrames: fc.integer({ min: 1, max: 8 }),
  maxBytes: fc.integer({ min: 120, max: 500 }),
  maxAgeMs: fc.integer({ min: 100, max: 3_000 }),
  randomRatio: fc.constantFrom(0, 0.3, 0.5, 1),
});

test('whatever comes, the limits hold, and nothing labelled goes before what is not', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), limits, (steps, given) => {
      const bounds = { ...LIMITS, ...given };
      const set = new ExampleSet();
      const likeness = new Likeness();
      let nowMs = 0;
      for (const next of steps) {
        if (next.kind === 'label') {
          const { id } = set.examples[next.at % Math.max(1, set.size)] ?? {};
          if (id !== undefined) set.label([{ example: id, question: 'default', label: 'open' }]);
          continue;
        }
        nowMs += next.afterMs;
        const before = set.examples;
        const gone = set.excess({ reason: next.reason, bytes: next.bytes }, nowMs, bounds);
        const dropped = before.filter(({ id }) => gone.includes(id));
        atOnce(set.remove(gone));
        atOnce(likeness.remove(gone));
        const young = (kept: Example) => nowMs - kept.takenAtMs <= bounds.maxAgeMs;
        if (dropped.some((kept) => isLabelled(kept) && young(kept))) expect(set.examples.every(isLabelled)).toBe(true);
        const id = set.freeId(nowMs);
        const thumbnail = grey(next.grey);
        set.add({
          example: example({ id, takenAtMs: nowMs, reason: next.reason, bytes: next.bytes }),
          thumbnail: Buffer.from(thumbnail).toString('base64'),
        });
        likeness.add(id, thumbnail);
        expect(set.size).toBeLessThanOrEqual(bounds.maxFrames);
        expect(set.bytes).toBeLessThanOrEqual(bounds.maxBytes);
        expect(set.bytes).toBe(set.examples.reduce((sum, kept) => sum + kept.bytes, 0));
        expect(set.examples.every(young)).toBe(true);
        expect(new Set(set.examples.map((kept) => kept.id)).size).toBe(set.size);
      }
      // What is remembered of the nearest is what a search finds.
      const fresh = new Likeness();
      const ids = set.examples.map(({ id }) => id);
      for (const stored of set.stored) fresh.add(stored.example.id, Buffer.from(stored.thumbnail, 'base64'));
      const novelties = ids.map((id) => fresh.novelty(id));
      expect(ids.map((id) => likeness.novelty(id))).toEqual(novelties);
      // What was written down of the nearest is of use also where some of them are gone.
      const again = new ExampleSet();
      const left = set.stored.filter((_, at) => at % 3 !== 1);
      atOnce(again.load(left));
      const searched = new Likeness();
      for (const stored of left) searched.add(stored.example.id, Buffer.from(stored.thumbnail, 'base64'));
      expect(again.stored.map(({ nearest }) => nearest?.novelty ?? Infinity)).toEqual(
        left.map((stored) => searched.novelty(stored.example.id)),
      );
    }),
    { numRuns: 150, seed: 1 },
  );
});

test('an id is never used twice, also where two frames arrive at once or the clock goes back', () => {
  const set = new ExampleSet();
  const ids = [5_000, 5_000, 4_000].map((takenAtMs) => set.freeId(takenAtMs));
  expect(new Set(ids).size).toBe(3);
});

describe('at five thousand pictures, the most there may be', () => {
  const COUNT = 5_000;
  const ONE_PIECE = 3_000 + COUNT;
  const WIDE = { ...LIMITS, maxFrames: COUNT, maxBytes: 1e9, maxAgeMs: 1e9 };
  let reads = 0;
  /** Neighbours are most like each other. */
  function kept(areCompared: boolean): Stored[] {
    const id = (n: number) => (10_000 + n).toString(36);
    return Array.from({ length: COUNT }, (_, n) => {
      const get = () => {
        reads++;
        return n;
      };
      return {
        example: Object.defineProperty({ ...example({ id: id(n) }) }, 'takenAtMs', { get, enumerable: true }),
        thumbnail: Buffer.from(grey(n % 2 === 0 ? 10 : 90)).toString('base64'),
        ...(areCompared ? { nearest: { id: id(n ^ 1), novelty: 80 } } : {}),
      };
    });
  }
  /** Does it, and gives the most comparisons of one piece. */
  function longestPiece(set: ExampleSet, work: Pieces<void>): number {
    let [longest, before] = [0, set.comparisons];
    for (let isDone: boolean | undefined = false; !isDone; before = set.comparisons) {
      isDone = work.next().done;
      longest = Math.max(longest, set.comparisons - before);
    }
    return longest;
  }

  test('none is compared that was compared before', () => {
    const set = new ExampleSet();
    atOnce(set.load(kept(true)));
    expect(set.size).toBe(COUNT);
    expect(set.comparisons).toBe(0);
  });
  test('all are compared in pieces where it is not known what was', () => {
    const set = new ExampleSet();
    const some = kept(true).map((stored, n) => (n % 100 === 0 ? { ...stored, nearest: null } : stored));
    expect(longestPiece(set, set.load(some))).toBeLessThan(ONE_PIECE);
    expect(set.comparisons).toBeLessThan(2 * (COUNT / 100) * COUNT);
  });
  test('what is too much by far is weighed once, and what is left is compared once, in pieces', () => {
    const set = new ExampleSet();
    atOnce(set.load(kept(true)));
    reads = 0;
    const gone = set.excess(null, COUNT, { ...WIDE, maxFrames: COUNT / 5 });
    expect(gone).toHaveLength(COUNT - COUNT / 5);
    expect(reads).toBeLessThan(50 * COUNT); // a sort's
    expect(longestPiece(set, set.remove(gone))).toBeLessThan(ONE_PIECE);
    expect(set.comparisons).toBeLessThan((COUNT / 5) ** 2);
  });
  test('nothing is compared where all goes', () => {
    const set = new ExampleSet();
    atOnce(set.load(kept(true)));
    atOnce(set.remove(set.examples.map(({ id }) => id)));
    expect({ size: set.size, comparisons: set.comparisons }).toEqual({ size: 0, comparisons: 0 });
  });
});
