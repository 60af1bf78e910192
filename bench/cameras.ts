import { fileURLToPath } from 'node:url';
import type { Figures } from '../src/simulate/figures.ts';
import { clipInMemory, startForCameras } from './cameras-clip.ts';
import { daemonRows } from './cameras-daemon.ts';
import { CAMERAS, figureOf, gates, MOST_QUEUED, ON_PAPER, RATE_HZ } from './cameras-gates.ts';
import { gearRows } from './cameras-gears.ts';
import { type LiveOptions, type LiveRun, runLive } from './cameras-live.ts';
import { runOnPaper } from './cameras-paper.ts';
import type { BenchFigures, BenchRow } from './report.ts';

const DEMO = fileURLToPath(new URL('../../fixtures/demo.mp4', import.meta.url));
const SECONDS = 15;
/** Each contestant has so many turns. */
const ROUNDS = 2;
/** More than any of them can answer. */
const OVERLOAD = 5;
/** In memory, 160 MB. */
const MOST_FRAMES = 600;
const SLOTS = 2;
const SEED = 1;

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

function busyAtOne(rows: readonly BenchRow[]): number {
  return figureOf(rows, 'slots busy');
}
