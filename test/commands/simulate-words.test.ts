import { expect, test } from 'vitest';
import { simulationNotes } from '../../src/commands/simulate-notes.ts';
import { simulationTable } from '../../src/commands/simulate-words.ts';
import type { Figures } from '../../src/simulate/figures.ts';
import type { Simulation } from '../../src/simulate/simulation.ts';
import { play } from '../simulate/plays.ts';

function simulationOf(row: Figures, change: Partial<Figures> = {}): Simulation {
  return {
    schema: 'weir.simulation/1',
    ladder: 'f',
    trace: { clip: 'clip', frames: 10, rateHz: 5, device: 'none', slots: 2 },
    settings: {
      ...{ fps: 5, seconds: 20, costScale: 1, slots: 2, budgetMs: 100, seed: 1 },
      ...{ mode: 'cascade', operatingPoint: 'balanced', asked: row.cameras },
    },
    rows: [{ ...row, ...change }],
  };
}

test('it is told why frames were dropped, the most frequent reason first, in shares of the dropped', async () => {
  const row = await play();
  const droppedBy = { displaced: 10, budget: 30, failed: 0, skipped: 0 };
  const [why] = simulationNotes(simulationOf(row, { dropped: 40, droppedBy }));
  expect(why).toMatch(/^dropped, of 4 cameras: 75\.0 % no rung .* \(budget\); 25\.0 % a newer frame .* \(displaced\)$/);
});

test('where no rung fits the budget it is said as the daemon says it, and of no answers there are no shares', async () => {
  const lines = simulationTable(simulationOf(await play({ budgetMs: 5 })));
  expect(lines.join('\n')).toMatch(/\nno rung fits the budget of 5 ms .*: the cheapest, low, takes 10\.0 ms; raise/);
  expect(lines.find((line) => line.startsWith('→'))).toMatch(/→ +4 +0\.0 % +100\.0 % +– +– /);
});

test('cameras that drift are counted, with what helps; those that are not proven yet are no trouble', async () => {
  const notes = simulationNotes(simulationOf(await play(), { degraded: { drift: 3, unproven: 4 } }));
  expect(notes).toEqual([expect.stringMatching(/^drift at the end: 3 of 4 cameras \(.*weir teach/)]);
});
