import type { Figures } from '../simulate/figures.ts';
import type { Simulation } from '../simulate/simulation.ts';
import { percent } from '../words.ts';

/** Below this share of answers they are too few to be a share of something. */
const FEWEST_ANSWERED = 0.01;
/** What a trouble of a camera means; what is not here is told by its name. */
const TROUBLES: Readonly<Record<string, string>> = {
  drift:
    'answers are too often not the top rung’s, so that none is told again; teach them with `weir teach`, or fit a premodel on their footage with `weir train --footage`',
  'too-slow': 'frames are dropped as not even the cheapest rung is in time',
};
/** No trouble: it passes within the first hour. */
const UNPROVEN = 'unproven';
const REASONS: Readonly<Record<string, string>> = {
  displaced: 'a newer frame came first (displaced)',
  budget: 'no rung could answer in time (budget)',
  skipped: 'the main thread did not come to take them (skipped)',
  failed: 'their runs failed (failed)',
};

/** Whether so few frames were answered that shares of the answers mean nothing. */
export function isHardlyAnswered({ answeredShare }: Pick<Figures, 'answeredShare'>): boolean {
  return answeredShare < FEWEST_ANSWERED;
}

/** What the table does not say, of the number of cameras that was asked for. */
export function simulationNotes({ settings, rows }: Simulation): string[] {
  const row = rows.find(({ cameras }) => cameras === settings.asked);
  if (row === undefined) return [];
  const whose = `${row.cameras} camera${row.cameras === 1 ? '' : 's'}`;
  const why = Object.entries(row.droppedBy)
    .filter(([, count]) => count > 0)
    .sort(([, a], [, b]) => b - a)
    .map(([reason, count]) => `${percent(count / row.dropped)} ${REASONS[reason] ?? reason}`);
  const troubles = Object.entries(row.degraded)
    .filter(([name]) => name !== UNPROVEN)
    .map(([name, count]) => {
      const means = TROUBLES[name];
      return `${name} at the end: ${count} of ${whose}${means === undefined ? '' : ` (${means})`}`;
    });
  return [
    ...(why.length === 0 ? [] : [`dropped, of ${whose}: ${why.join('; ')}`]),
    ...(row.lack === null ? [] : [row.lack]),
    ...troubles,
  ];
}
