import type { Figures } from '../simulate/figures.ts';
import { decidedBy, type Simulation } from '../simulate/simulation.ts';
import { count, milliseconds, percent } from './format.ts';
import { type Content, html } from './html.ts';
import { figure, glossary, grid, legend, table, writePage } from './page.ts';
import type { Mark } from './palette.ts';
import { plane } from './plane.ts';

interface Curve {
  readonly name: string;
  readonly mark: Mark;
  readonly of: (row: Figures) => number | null;
}

const ANSWERED: Curve = {
  name: 'answered',
  mark: { color: 'var(--hybrid)', symbol: 'circle', size: 9 },
  of: (row) => row.answeredShare,
};
const DROPPED: Curve = {
  name: 'dropped',
  mark: { color: 'var(--select)', symbol: 'triangle', size: 10 },
  of: (row) => row.droppedShare,
};
const ACCURACY: Curve = {
  name: 'right, of the answers that have a truth',
  mark: { color: 'var(--cascade)', symbol: 'diamond', size: 12 },
  of: (row) => row.accuracy,
};
const AGREEMENT: Curve = {
  name: 'as the top rung, of the answers',
  mark: { color: 'var(--rung)', symbol: 'rect', size: 8 },
  of: (row) => row.agreementWithTop,
};
const SLOTS: Curve = {
  name: 'slots busy',
  mark: { color: 'var(--hybrid)', symbol: 'circle', size: 9 },
  of: (row) => row.utilisation,
};
const MAIN: Curve = {
  name: 'main thread busy',
  mark: { color: 'var(--cascade)', symbol: 'diamond', size: 12 },
  of: (row) => row.mainThread,
};

const TERMS = [
  [
    'answered, dropped',
    'Of the frames that came. A frame is dropped where a newer one displaces it, or where not even its cheapest rung would be in time.',
  ],
  ['slots busy', 'Of the time of all inference slots, how much they were at work.'],
  ['least', 'Frames answered of the camera with the fewest, against the mean of all.'],
  ['gear', 'How many operating points cheaper than the configured one cameras are decided at, on average, at the end.'],
] as const;

/** Writes the page of a simulation: numbers of cameras against what they come to. */
export async function writeSimulationReport(dir: string, simulation: Simulation): Promise<void> {
  const { settings, trace, rows } = simulation;
  const asked = rows.find(({ cameras }) => cameras === settings.asked);
  await writePage(dir, `Up to ${count(rows.at(-1)?.cameras ?? 0)} cameras on ${settings.slots} slots, on paper`, [
    asked === undefined ? null : summary(asked, simulation),
    glossary(TERMS),
    legend(
      [...curvesOf(rows, [ANSWERED, DROPPED, ACCURACY, AGREEMENT])].map(({ mark, name }) => ({ mark, text: name })),
    ),
    grid([
      curves(
        'Frames and answers',
        rows,
        [ANSWERED, DROPPED, ACCURACY, AGREEMENT],
        'Shares; the number of cameras grows by factors.',
      ),
      curves('What is busy', rows, [SLOTS, MAIN], '● inference slots, ◆ the main thread.'),
    ]),
    table(
      'What each number of cameras comes to.',
      [
        'cameras',
        'answered',
        'dropped',
        'right',
        'as the top',
        'slots busy',
        'main thread',
        'latency p50',
        'p99',
        'least',
        'runs per answer',
        'gear',
      ],
      rows.map((row) => ({ cells: cells(row), marked: row.cameras === settings.asked })),
    ),
    html`<h2>Where this comes from</h2><dl>
<dt>recorded</dt><dd>${trace.clip}, ${count(trace.frames)} frames, on ${trace.device}, ${trace.slots} slots at once</dd>
<dt>decided</dt><dd>${decidedBy(settings)}, ${settings.fps} frames a second, budget ${settings.budgetMs === null ? 'none' : milliseconds(settings.budgetMs)}</dd>
<dt>virtual time</dt><dd>${settings.seconds} s, all times multiplied by ${settings.costScale}, seed ${settings.seed}</dd>
<dt>left out</dt><dd>decoding, and what else runs on the machine</dd>
</dl>`,
  ]);
}

function summary(row: Figures, { settings }: Simulation): Content {
  return html`<div class="summary"><p>With <strong>${count(row.cameras)} cameras</strong> at ${settings.fps} frames a second, <strong>${percent(row.answeredShare)}</strong> of frames are answered, with the slots busy ${percent(row.utilisation)} of the time.</p></div>`;
}

function curvesOf(rows: readonly Figures[], all: readonly Curve[]): Curve[] {
  return all.filter(({ of }) => rows.some((row) => of(row) !== null));
}

function curves(heading: string, rows: readonly Figures[], all: readonly Curve[], caption: string): Content {
  const shown = curvesOf(rows, all);
  const path = ({ of }: Curve) =>
    rows.flatMap((row): [number, number][] => {
      const value = of(row);
      return value === null ? [] : [[Math.log10(row.cameras), value]];
    });
  const drawing = plane({
    label: `${heading}: ${shown.map(({ name }) => name).join(', ')} by number of cameras; the values are in the table below.`,
    height: 360,
    x: {
      name: 'cameras',
      text: (value) => (Number.isInteger(value) ? count(10 ** value) : ''),
      include: [0, 3],
      within: [0, 3],
    },
    y: { name: 'share', text: (value) => percent(value, 0), include: [0, 1], within: [0, Infinity] },
    points: shown.flatMap((curve) =>
      path(curve).map(([x, y]) => ({
        at: [x, y] as const,
        mark: curve.mark,
        name: null,
        tip: `${count(Math.round(10 ** x))} cameras: ${curve.name} ${percent(y)}`,
      })),
    ),
    lines: shown.map((curve) => ({ points: path(curve), color: curve.mark.color })),
  });
  return figure(heading, drawing, caption);
}

function cells(row: Figures): string[] {
  const share = (value: number | null) => (value === null ? '–' : percent(value));
  const time = (value: number | null) => (value === null ? '–' : milliseconds(value));
  return [
    count(row.cameras),
    share(row.answeredShare),
    share(row.droppedShare),
    share(row.accuracy),
    share(row.agreementWithTop),
    share(row.utilisation),
    share(row.mainThread),
    time(row.latencyMs.p50),
    time(row.latencyMs.p99),
    share(row.leastShare),
    row.runsPerAnswer.toFixed(2),
    row.gear.toFixed(1),
  ];
}
