import type { BenchRow } from './report.ts';

export const CAMERAS = 16;
export const RATE_HZ = 5;
export const MOST_QUEUED = 'most in the queue';
export const ON_PAPER = ', on paper';
/** Above the mean gear of the first part by no more than this is as good as back. */
const BACK = 0.3;
/** Turns per camera while the load stays; what is more is swinging. */
const MOST_TURNS = 0.2;

/** A figure of the rows; by default Weir's under the load that is meant. */
export function figureOf(
  rows: readonly BenchRow[],
  figure: string,
  variant = 'weir',
  name = `${CAMERAS} cameras at ${RATE_HZ} fps`,
): number {
  return rows.find((row) => row.case === name && row.variant === variant && row.figure === figure)?.value ?? Number.NaN;
}

/** What is aimed at, and whether it was reached. */
export function gates(rows: readonly BenchRow[]): string[] {
  const paper = rows.flatMap((row) => {
    const { figure, case: name, variant } = row;
    if (!figure.endsWith(ON_PAPER) || figure.startsWith('latency')) return [];
    const ran = figureOf(rows, figure.slice(0, -ON_PAPER.length), variant, name);
    const all =
      row.unit === '1/s'
        ? figureOf(rows, 'frames answered', variant, name) + figureOf(rows, 'frames dropped', variant, name)
        : 1;
    const isNear = Math.abs(row.value - ran) <= Math.max(0.1 * ran, 0.01 * all);
    return [
      gate(
        `${name}, ${variant}: ${figure} ${row.value.toFixed(2)} within 10 % of ${ran.toFixed(2)}, or 1 % of all`,
        isNear,
      ),
    ];
  });
  const queues = rows
    .filter(({ figure, variant }) => figure === MOST_QUEUED && variant === 'weir')
    .map(({ case: name, value }) =>
      gate(`${name}: never more in the queue than one for each camera (${value})`, value <= CAMERAS),
    );
  return [
    gate(
      'no camera below 80 % of its fair share',
      figureOf(rows, 'least answered of a camera, of its fair share') >= 0.8,
    ),
    gate('p99 of label latency under the deadline of 100 ms in every round', figureOf(rows, 'latency p99') < 100),
    gate(
      'deciding and features under 5 % of the CPU time',
      figureOf(rows, 'deciding and features, of the CPU time') < 0.05,
    ),
    ...queues,
    ...paper,
  ];
}

/** Whether gears followed a load that was doubled and halved. @param gears means in the parts: as it is meant, doubled, halved; @param turns per camera */
export function gearGates(gears: readonly number[], turns: number): string[] {
  const [first = Number.NaN, doubled = Number.NaN, halved = Number.NaN] = gears;
  const told = gears.map((gear) => gear.toFixed(1)).join(', ');
  return [
    gate(
      `gears move with twice the load and return with half of it (${told})`,
      doubled > first && halved < doubled && halved <= first + BACK,
    ),
    gate(`they do not swing (${turns.toFixed(2)} turns per camera while the load stays)`, turns <= MOST_TURNS),
  ];
}

function gate(what: string, isReached: boolean): string {
  return `${isReached ? 'reached' : 'NOT reached'}: ${what}`;
}
