import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Example, isLabelled } from '../../src/examples/example.ts';
import { Likeness } from '../../src/examples/likeness.ts';
import { ExampleSet } from '../../src/examples/set.ts';
import { example, grey, LIMITS } from './support.ts';

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
        for (const id of gone) {
          set.remove(id);
          likeness.remove(id);
        }
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
      expect(ids.map((id) => likeness.novelty(id))).toEqual(ids.map((id) => fresh.novelty(id)));
    }),
    { numRuns: 150, seed: 1 },
  );
});

test('an id is never used twice, also where two frames arrive at once or the clock goes back', () => {
  const set = new ExampleSet();
  const ids = [5_000, 5_000, 4_000].map((takenAtMs) => set.freeId(takenAtMs));
  expect(new Set(ids).size).toBe(3);
});
