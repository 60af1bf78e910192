import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../src/cascade/random.ts';
import { step } from '../../src/cascade/step.ts';
import { type Climb, type FitTable, type FittedMode, PointSearch, runClimb } from '../../src/premodel/point-search.ts';
import { subsetsOf } from '../../src/premodel/subsets.ts';
import { NEVER } from '../../src/premodel/thresholds.ts';
import { randomTable } from '../support/premodels.ts';
import fc from '../support/property.ts';

const MODES: readonly FittedMode[] = ['select', 'cascade', 'hybrid'];
const mode = fc.constantFrom(...MODES);
const rungs = fc.constantFrom(...subsetsOf([0, 1, 2], 3));
const thresholds = fc.array(
  fc.oneof(
    fc.constantFrom(0, 1, NEVER),
    fc.integer({ min: 0, max: 8 }).map((n) => n / 8),
  ),
  {
    minLength: 2,
    maxLength: 2,
  },
);

/** What the daemon would do with a sample of the table: by `step`, entering as the judge does. */
function climbed(table: FitTable, { mode: kind, rungs: own, entry, accept }: Climb, sample: number) {
  const wanted = own.findIndex(
    (rung, at) => at === own.length - 1 || (table.entry[rung]?.[sample] ?? 0) >= (entry[at] ?? 0),
  );
  const policy = { mode: kind, rungs: own.map((_, at) => ({ threshold: accept[at] ?? 0 })) };
  const ran: number[] = [];
  let history = 0;
  for (;;) {
    const right = history === 0 ? 0 : (table.deferral(history)[sample] ?? 0);
    const state = { entry: wanted, last: ran.at(-1) ?? -1, right };
    const decision = step(policy, state, { limitMs: null, spentMs: 0, p95Ms: [] });
    if (decision.kind !== 'run') break;
    ran.push(decision.rung);
    history |= 1 << (own[decision.rung] ?? 0);
  }
  const cost = ran.reduce((sum, at) => sum + (table.costs[own[at] ?? 0] ?? 0), table.overhead);
  return { began: ran[0], ended: ran.at(-1), right: table.right(history)[sample], cost };
}

function worthOf(table: FitTable, climb: Climb, trade: number): number {
  const { right, costs } = runClimb(table, climb);
  return [...right].reduce((sum, value, i) => sum + value - trade * (costs[i] ?? 0), 0) / table.count;
}

const single = (kind: FittedMode, rung: number): Climb => ({ mode: kind, rungs: [rung], entry: [], accept: [] });

describe('runClimb', () => {
  test('does what step does, also where a probability lies exactly on its threshold', () => {
    fc.assert(
      fc.property(fc.nat(), mode, rungs, thresholds, thresholds, (seed, kind, own, entry, accept) => {
        const table = randomTable(seed);
        const free = own.length - 1;
        const climb = { mode: kind, rungs: own, entry: entry.slice(0, free), accept: accept.slice(0, free) };
        const outcome = runClimb(table, climb);
        for (let i = 0; i < table.count; i++) {
          const expected = climbed(table, climb, i);
          expect(outcome.began[i]).toBe(expected.began);
          expect(outcome.ended[i]).toBe(expected.ended);
          expect(outcome.right[i]).toBe(expected.right);
          expect(outcome.costs[i]).toBeCloseTo(expected.cost, 12);
        }
      }),
    );
  });

  test('meets thresholds often enough to tell at least from more than', () => {
    const table = randomTable(1);
    const [likely] = table.entry;
    expect([...(likely ?? [])].filter((value) => value === 0.5).length).toBeGreaterThan(0);
  });
});

describe('PointSearch', () => {
  const trade = fc.double({ min: 0.001, max: 1, noNaN: true });

  test('in mode select is never worse than any of its rungs alone', () => {
    fc.assert(
      fc.property(fc.nat(), rungs, trade, (seed, own, price) => {
        const table = randomTable(seed);
        const found = worthOf(table, new PointSearch(table).solve('select', own, price), price);
        for (const rung of own) {
          expect(found).toBeGreaterThanOrEqual(worthOf(table, single('select', rung), price) - 1e-9);
        }
      }),
    );
  });

  test('in mode cascade is never worse than its lowest rung alone', () => {
    fc.assert(
      fc.property(fc.nat(), rungs, trade, (seed, own, price) => {
        const table = randomTable(seed);
        const found = worthOf(table, new PointSearch(table).solve('cascade', own, price), price);
        expect(found).toBeGreaterThanOrEqual(worthOf(table, single('cascade', own[0] ?? 0), price) - 1e-9);
      }),
    );
  });

  test('in mode hybrid is never worse than its highest rung alone', () => {
    fc.assert(
      fc.property(fc.nat(), rungs, trade, (seed, own, price) => {
        const table = randomTable(seed);
        const found = worthOf(table, new PointSearch(table).solve('hybrid', own, price), price);
        expect(found).toBeGreaterThanOrEqual(worthOf(table, single('hybrid', own.at(-1) ?? 0), price) - 1e-9);
      }),
    );
  });

  test('of a pair finds the cascade that no threshold betters', () => {
    fc.assert(
      fc.property(fc.nat(), trade, (seed, price) => {
        const table = randomTable(seed, 25);
        const found = worthOf(table, new PointSearch(table).solve('cascade', [0, 2], price), price);
        for (const value of [NEVER, ...table.deferral(1)]) {
          const climb: Climb = { mode: 'cascade', rungs: [0, 2], entry: [0], accept: [value] };
          expect(found).toBeGreaterThanOrEqual(worthOf(table, climb, price) - 1e-9);
        }
      }),
      { numRuns: 50 },
    );
  });

  test.each(MODES)(
    'in mode %s spends nothing on dear rungs where time is dear, and runs what is right where it is cheap',
    (kind) => {
      const table: FitTable = {
        count: 100,
        costs: [0.1, 1],
        overhead: 0,
        right: (history) => Uint8Array.from({ length: 100 }, (_, i) => (history >= 2 || i < 50 ? 1 : 0)),
        deferral: () => Float64Array.from({ length: 100 }, (_, i) => (i < 50 ? 0.75 : 0.25)),
        entry: [Float64Array.from({ length: 100 }, (_, i) => (i < 50 ? 0.75 : 0.25))],
      };
      const search = new PointSearch(table);
      const sum = (values: ArrayLike<number>) => Array.from(values).reduce((a, b) => a + b, 0);
      expect(sum(runClimb(table, search.solve(kind, [0, 1], 5)).ended)).toBe(0);
      const cheap = runClimb(table, search.solve(kind, [0, 1], 0.05));
      expect([...cheap.ended]).toEqual(Array.from({ length: 100 }, (_, i) => (i < 50 ? 0 : 1)));
      expect(sum(cheap.right)).toBe(100);
    },
  );

  test('knows no thresholds but those of the grid', () => {
    const random = seededRandom(3);
    const table = randomTable(3);
    const search = new PointSearch(table);
    for (const kind of MODES) {
      const { entry, accept } = search.solve(kind, [0, 1, 2], random());
      for (const value of kind === 'cascade' ? accept : [...entry, ...(kind === 'hybrid' ? accept : [])]) {
        expect(Number.isInteger(value * 4096)).toBe(true);
      }
    }
  });
});
