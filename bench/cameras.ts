import { fileURLToPath } from 'node:url';
import type { Figures } from '../src/simulate/figures.ts';
import { clipInMemory, startForCameras } from './cameras-clip.ts';
import { daemonRows } from './cameras-daemon.ts';
import { gearRows } from './cameras-gears.ts';
import { type LiveOptions, type LiveRun, runLive } from './cameras-live.ts';
import { runOnPaper } from './cameras-paper.ts';
import type { BenchFigures, BenchRow } from './report.ts';

const DEMO = fileURLToPath(new URL('../../fixtures/demo.mp4', import.meta.url));
const CAMERAS = 16;
const RATE_HZ = 5;
const SECONDS = 15;
/** Each contestant has so many turns. */
const ROUNDS = 2;
/** More than any of them can answer. */
const OVERLOAD = 5;
/** In memory, 160 MB. */
const MOST_FRAMES = 600;
const SLOTS = 2;
const SEED = 1;
const MOST_QUEUED = 'most in the queue';
const ON_PAPER = ', on paper';

/**
 * Sixteen cameras on two slots: Weir, and the top rung alone, in turn; under the load that is meant and under too much; the same on
 * paper; a load that is doubled and halved meanwhile; and the daemon as users start it.
 *
 * @param report folder for a page with the gears
 */
export async function cameras(clip = DEMO, report?: string): Promise<BenchFigures> {
  const engine = await startForCameras(RATE_HZ, SLOTS);
  const rows: BenchRow[] = [];
  let verdict: readonly string[] = [];
  const { ladder } = engine;
  try {
    const shared = await clipInMemory(engine, clip, RATE_HZ * OVERLOAD, MOST_FRAMES);
    const top = `fixed:${ladder.reference}`;
    for (const load of [1, OVERLOAD]) {
      for (const mode of ['hybrid', top]) {
        const options: LiveOptions = {
          ...shared,
          engine,
          mode,
          cameras: CAMERAS,
          fps: RATE_HZ * load,
          seconds: SECONDS,
          seed: SEED,
        };
        const runs: { live: LiveRun; paper: Figures }[] = [];
        for (let round = 0; round < ROUNDS; round++) {
          const live = await runLive({ ...options, seed: SEED + round });
          runs.push({ live, paper: await runOnPaper({ ...options, seed: SEED + round }, live, engine) });
        }
        rows.push(
          ...runRows(
            `${CAMERAS} cameras at ${RATE_HZ * load} fps`,
            mode === 'hybrid' ? 'weir' : `rung:${ladder.reference}`,
            runs,
          ),
        );
      }
    }
    const shifting = await gearRows(
      { ...shared, engine, mode: 'hybrid', cameras: CAMERAS, seed: SEED },
      busyAtOne(rows),
      report,
    );
    rows.push(...shifting.rows);
    verdict = shifting.verdict;
  } finally {
    await engine.pool.stop();
  }
  rows.push(...(await daemonRows(clip)));
  return {
    schema: 'weir.bench/1',
    name: 'cameras',
    ladder: ladder.fingerprint,
    sampleRateHz: RATE_HZ,
    rows,
    verdict: [...gates(rows), ...verdict],
  };
}

type Runs = readonly { readonly live: LiveRun; readonly paper: Figures }[];

/** Means over the rounds; what is bad at its worst. */
function runRows(name: string, variant: string, runs: Runs): BenchRow[] {
  const live = runs.map((run) => run.live.figures);
  const row = (figure: string, value: number, unit: string): BenchRow => ({
    case: name,
    variant,
    figure,
    value,
    unit,
    n: runs.length,
  });
  const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;
  const worst = (values: readonly number[]) => Math.max(...values);
  const compared = (figure: string, of: (figures: Figures) => number, unit: string, over = mean): BenchRow[] => {
    const value = over(live.map(of));
    const paper = over(runs.map((run) => of(run.paper)));
    return [
      row(figure, value, unit),
      {
        ...row(`${figure}${ON_PAPER}`, paper, unit),
        against: 'what ran',
        ...(value === 0 ? {} : { ratio: paper / value }),
      },
    ];
  };
  const cpuMs = runs.reduce((sum, run) => sum + run.live.cpuMs, 0);
  const decideCpuMs = runs.reduce((sum, run) => sum + run.live.decideCpuMs, 0);
  return [
    ...compared('frames answered', ({ answered }) => answered / SECONDS, '1/s'),
    ...compared('frames dropped', ({ dropped }) => dropped / SECONDS, '1/s'),
    ...compared('slots busy', ({ utilisation }) => utilisation, ''),
    ...compared('latency p99', ({ latencyMs }) => latencyMs.p99 ?? Infinity, 'ms', worst),
    row('agreement with the top rung', mean(live.map(({ agreementWithTop }) => agreementWithTop ?? 0)), ''),
    row('least answered of a camera, of its fair share', Math.min(...live.map(({ leastShare }) => leastShare)), ''),
    row(MOST_QUEUED, worst(live.map(({ mostQueued }) => mostQueued)), ''),
    row('deciding and features, of the CPU time', decideCpuMs / cpuMs, ''),
  ];
}

function figureOf(
  rows: readonly BenchRow[],
  figure: string,
  variant = 'weir',
  name = `${CAMERAS} cameras at ${RATE_HZ} fps`,
): number {
  return rows.find((row) => row.case === name && row.variant === variant && row.figure === figure)?.value ?? Number.NaN;
}

function busyAtOne(rows: readonly BenchRow[]): number {
  return figureOf(rows, 'slots busy');
}

/** What is aimed at, and whether it was reached. */
function gates(rows: readonly BenchRow[]): string[] {
  const gate = (what: string, isReached: boolean) => `${isReached ? 'reached' : 'NOT reached'}: ${what}`;
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
