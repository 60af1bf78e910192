import type { Figures } from '../simulate/figures.ts';
import { decidedBy, type Simulation } from '../simulate/simulation.ts';
import type { Trace } from '../simulate/trace.ts';
import { alignedRows } from '../terminal/table.ts';
import { percent } from '../words.ts';
import { isHardlyAnswered, simulationNotes } from './simulate-notes.ts';

/** `1 frame`, `2 frames` */
function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}

/** What is said of a trace that was written. */
export function recordedLine(path: string, { frames, clip, rungs }: Pick<Trace, 'frames' | 'clip' | 'rungs'>): string {
  return `${path}: ${counted(frames.length, 'frame')} of ${clip}, ${counted(rungs.length, 'rung')}`;
}

/** A simulation in lines for a person. */
export function simulationTable(simulation: Simulation): string[] {
  const { settings, trace, rows } = simulation;
  const { fps, slots, costScale, seconds, budgetMs, asked } = settings;
  const scale = costScale === 1 ? '' : `, times x ${costScale}`;
  const limit = budgetMs === null ? 'no budget' : `${budgetMs} ms each`;
  const head = [
    'cameras',
    'answered',
    'dropped',
    'accuracy',
    'as the top',
    'slots busy',
    'main thread',
    'p99',
    'least',
    'gear',
  ];
  const table = alignedRows([head, ...rows.map(cells)], () => false);
  return [
    `${decidedBy(settings)}, ${fps} frames a second, ${limit}, ${counted(slots, 'slot')}${scale}; ${seconds} virtual seconds of ${trace.clip} (${recorded(trace)}), measured on ${trace.device}`,
    '',
    ...table.map((line, at) => `${rows[at - 1]?.cameras === asked ? '→ ' : '  '}${line}`),
    '',
    'answered, dropped: of the frames that came. least: of the camera with the fewest answers, against the mean. Decoding is not simulated.',
    ...simulationNotes(simulation),
  ];
}

/** What was recorded: it is played over and over. */
function recorded({ frames, rateHz }: Simulation['trace']): string {
  const told = counted(frames, 'frame');
  return rateHz === null ? told : `${told}, ${Number(rateHz.toFixed(2))} a second`;
}

function cells(row: Figures): string[] {
  const share = (value: number | null) => (value === null ? '–' : percent(value));
  const ofAnswers = (value: number | null) => share(isHardlyAnswered(row) ? null : value);
  return [
    String(row.cameras),
    share(row.answeredShare),
    share(row.droppedShare),
    ofAnswers(row.accuracy),
    ofAnswers(row.agreementWithTop),
    share(row.utilisation),
    share(row.mainThread),
    row.latencyMs.p99 === null ? '–' : `${row.latencyMs.p99.toFixed(0)} ms`,
    ofAnswers(row.leastShare),
    row.gear.toFixed(1),
  ];
}
