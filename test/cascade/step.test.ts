import { describe, expect, test } from 'vitest';
import { type Budget, type Decision, latestStartMs, type StepPolicy, step } from '../../src/cascade/step.ts';
import fc from '../support/property.ts';

const THREE = [{ threshold: 0.8 }, { threshold: 0.6 }, { threshold: 0 }];
const CASCADE: StepPolicy = { mode: 'cascade', rungs: THREE };
const HYBRID: StepPolicy = { mode: 'hybrid', rungs: THREE };
const SELECT: StepPolicy = { mode: 'select', rungs: THREE };
const NEVER: StepPolicy = { mode: 'cascade', rungs: [{ threshold: 2 }, { threshold: 0 }] };
const ONE: StepPolicy = { mode: 'cascade', rungs: [{ threshold: 0 }] };
const FIXED: StepPolicy = { mode: 'fixed', rungs: [{ threshold: 0 }] };

const free: Budget = { limitMs: null, spentMs: 0, p95Ms: [1, 5, 20] };
const tight = (limitMs: number, spentMs = 0): Budget => ({ limitMs, spentMs, p95Ms: [1, 5, 20] });
const ran = (rungs: number[], right: number, entry = 0) => ({ entry, last: rungs.at(-1) ?? -1, right });

describe('step', () => {
  test.each<[string, StepPolicy, ReturnType<typeof ran>, Budget, Decision]>([
    ['begins at the bottom', CASCADE, ran([], 0), free, { kind: 'run', rung: 0 }],
    ['accepts at exactly the threshold', CASCADE, ran([0], 0.8), free, { kind: 'answer', stop: 'accepted' }],
    ['climbs just below it', CASCADE, ran([0], 0.8 - 1e-16), free, { kind: 'run', rung: 1 }],
    ['asks each rung’s own threshold', CASCADE, ran([0, 1], 0.6), free, { kind: 'answer', stop: 'accepted' }],
    ['climbs to the last rung', CASCADE, ran([0, 1], 0.5), free, { kind: 'run', rung: 2 }],
    ['ends at the last rung', CASCADE, ran([0, 1, 2], 0.1), free, { kind: 'answer', stop: 'top' }],
    ['runs what exactly fits the budget', CASCADE, ran([0], 0.1), tight(10, 5), { kind: 'run', rung: 1 }],
    [
      'stops where the next rung does not fit',
      CASCADE,
      ran([0], 0.1),
      tight(10, 5.001),
      { kind: 'answer', stop: 'budget' },
    ],
    ['drops a frame for which nothing fits', CASCADE, ran([], 0), tight(10, 9.5), { kind: 'drop' }],
    ['drops with a budget of nothing', CASCADE, ran([], 0), tight(0), { kind: 'drop' }],
    [
      'a cascade begins at the bottom whatever the premodel says',
      CASCADE,
      ran([], 0, 2),
      free,
      { kind: 'run', rung: 0 },
    ],
    ['a hybrid enters where the premodel says', HYBRID, ran([], 0, 1), free, { kind: 'run', rung: 1 }],
    ['and climbs from there', HYBRID, ran([1], 0.5, 1), free, { kind: 'run', rung: 2 }],
    ['enters below what does not fit', HYBRID, ran([], 0, 2), tight(10), { kind: 'run', rung: 1 }],
    ['select enters where the premodel says', SELECT, ran([], 0, 2), free, { kind: 'run', rung: 2 }],
    ['and takes that answer', SELECT, ran([1], 0.1, 1), free, { kind: 'answer', stop: 'fixed' }],
    ['but enters below what does not fit', SELECT, ran([], 0, 2), tight(10), { kind: 'run', rung: 1 }],
    ['a hybrid that entered at the top ends there', HYBRID, ran([2], 0.1, 2), free, { kind: 'answer', stop: 'top' }],
    ['a hybrid accepts at exactly the threshold', HYBRID, ran([1], 0.6, 1), free, { kind: 'answer', stop: 'accepted' }],
    [
      'and stops where the next rung does not fit',
      HYBRID,
      ran([1], 0, 1),
      tight(24, 5),
      { kind: 'answer', stop: 'budget' },
    ],
    ['a threshold above one accepts nothing', NEVER, ran([0], 1), free, { kind: 'run', rung: 1 }],
    ['a cascade of one rung ends with it', ONE, ran([0], 0.1), free, { kind: 'answer', stop: 'top' }],
    ['runs the fixed rung', FIXED, ran([], 0), free, { kind: 'run', rung: 0 }],
    ['and says so', FIXED, ran([0], 0.1), free, { kind: 'answer', stop: 'fixed' }],
    ['drops when the fixed rung does not fit', FIXED, ran([], 0), { ...free, limitMs: 0.5 }, { kind: 'drop' }],
  ])('%s', (_name, policy, evidence, budget, decision) => {
    expect(step(policy, evidence, budget)).toEqual(decision);
  });

  test('every mode runs neighbouring rungs upwards from where it enters, and select runs one', () => {
    const world = fc.record({
      mode: fc.constantFrom<StepPolicy['mode']>('select', 'cascade', 'hybrid'),
      entry: fc.integer({ min: 0, max: 2 }),
      rights: fc.array(fc.constantFrom(0, 0.6, 0.7, 0.8, 1), { minLength: 3, maxLength: 3 }),
    });
    fc.assert(
      fc.property(world, ({ mode, entry, rights }) => {
        const rungs: number[] = [];
        for (;;) {
          const decision = step({ mode, rungs: THREE }, ran(rungs, rights[rungs.at(-1) ?? 0] ?? 0, entry), free);
          if (decision.kind !== 'run') break;
          rungs.push(decision.rung);
        }
        const first = mode === 'cascade' ? 0 : entry;
        const accepted = [0, 1].find((at) => at >= first && (rights[at] ?? 0) >= (THREE[at]?.threshold ?? 0));
        const last = mode === 'select' ? first : (accepted ?? 2);
        expect(rungs).toEqual([0, 1, 2].slice(first, last + 1));
      }),
    );
  });

  test('a larger budget never gives fewer rungs, and no rung runs that would carry past it', () => {
    const world = fc.record({
      p95Ms: fc.array(fc.double({ min: 0.1, max: 50, noNaN: true }), { minLength: 3, maxLength: 3 }),
      confidences: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 3, maxLength: 3 }),
      waitMs: fc.double({ min: 0, max: 20, noNaN: true }),
      budgets: fc.tuple(fc.double({ min: 0, max: 150, noNaN: true }), fc.double({ min: 0, max: 150, noNaN: true })),
    });
    fc.assert(
      fc.property(world, ({ p95Ms, confidences, waitMs, budgets }) => {
        const climb = (limitMs: number) => {
          const rungs: number[] = [];
          let spentMs = waitMs;
          for (;;) {
            const last = rungs.at(-1);
            const confidence = last === undefined ? 0 : (confidences[last] ?? 0);
            const decision = step(CASCADE, ran(rungs, confidence), { limitMs, spentMs, p95Ms });
            if (decision.kind !== 'run') return rungs.length;
            spentMs += p95Ms[decision.rung] ?? 0; // every run takes its p95
            expect(spentMs).toBeLessThanOrEqual(limitMs);
            rungs.push(decision.rung);
          }
        };
        const [less, more] = budgets[0] < budgets[1] ? budgets : [budgets[1], budgets[0]];
        expect(climb(less)).toBeLessThanOrEqual(climb(more));
      }),
    );
  });
});

test('latestStartMs leaves the rung its p95 before the deadline', () => {
  expect(latestStartMs(1, 1000, { limitMs: 30, p95Ms: [1, 5, 20] })).toBe(1025);
  expect(latestStartMs(1, 1000, { limitMs: null, p95Ms: [1, 5, 20] })).toBe(Infinity);
});
