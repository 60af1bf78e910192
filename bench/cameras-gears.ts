import { gearGates, RATE_HZ } from './cameras-gates.ts';
import { type LiveOptions, type LiveRun, runLive } from './cameras-live.ts';
import type { BenchRow } from './report.ts';

const PHASE_SECONDS = 15;
/** The load of each phase, against the first. */
const PHASES = [1, 2, 0.5, 1] as const;
/** How busy the slots are to be in the first: doubled, it is too much. */
const BUSY = 0.7;
/** Doubled, still fewer than the clip has: frames that are shown again would be no load. */
const MOST_FPS = 12;

interface Shifting {
  readonly rows: readonly BenchRow[];
  readonly verdict: readonly string[];
}

/**
 * Doubles and halves the load while cameras run: their gears are to follow, to come back, and not to swing.
 *
 * @param busy share of the slots' time at 5 frames a second
 * @param report folder for a page
 */
export async function gearRows(
  options: Omit<LiveOptions, 'fps' | 'seconds' | 'load'>,
  busy: number,
  report: string | undefined,
): Promise<Shifting> {
  const wantedFps = (RATE_HZ * BUSY) / busy;
  const fps = Math.min(MOST_FPS, Math.max(1, Math.round(wantedFps)));
  // What one camera cannot show, others do.
  const cameras = Math.round(options.cameras * Math.max(1, wantedFps / MOST_FPS));
  const load = (nowMs: number) =>
    PHASES[Math.min(PHASES.length - 1, Math.max(0, Math.floor(nowMs / 1000 / PHASE_SECONDS)))] ?? 1;
  const seconds = PHASE_SECONDS * PHASES.length;
  const run = await runLive({ ...options, cameras, fps, seconds, load });
  const times = meanGears(run.gears, cameras, seconds);
  const name = `${cameras} cameras at ${fps} fps, x ${PHASES.join(', x ')}`;
  const row = (figure: string, value: number, unit = ''): BenchRow => ({
    case: name,
    variant: 'weir',
    figure,
    value,
    unit,
    n: 1,
  });
  const phases = PHASES.map((factor, at) => {
    // The second half of a phase: by then gears have followed.
    const settled = times.filter(
      ({ second }) => second >= (at + 0.5) * PHASE_SECONDS && second < (at + 1) * PHASE_SECONDS,
    );
    return { factor, gear: settled.reduce((sum, { gear }) => sum + gear, 0) / settled.length };
  });
  const swings = swingsOf(run.gears, cameras, seconds);
  if (report !== undefined) {
    const { writeGearPage } = await import('./gear-page.ts');
    await writeGearPage(
      report,
      name,
      times,
      PHASES.map((factor, at) => ({ factor, fromSeconds: at * PHASE_SECONDS })),
    );
  }
  return {
    rows: [
      ...phases.map(({ factor, gear }, at) => row(`mean gear in part ${at + 1}, x ${factor}`, gear)),
      row('turns of a camera’s gear in the second half of a part, per camera', swings),
      row('frames answered', run.figures.answered / seconds, '1/s'),
      row('frames dropped', run.figures.dropped / seconds, '1/s'),
      row('least answered of a camera, of its fair share', run.figures.leastShare),
      row('latency p99', run.figures.latencyMs.p99 ?? 0, 'ms'),
    ],
    verdict: gearGates(
      phases.map(({ gear }) => gear),
      swings,
    ),
  };
}

export interface GearTime {
  readonly second: number;
  /** Mean over the cameras. */
  readonly gear: number;
  readonly least: number;
  readonly most: number;
}

function meanGears(changes: LiveRun['gears'], cameras: number, seconds: number): GearTime[] {
  const now = new Map<string, number>();
  let next = 0;
  return Array.from({ length: seconds }, (_, second) => {
    for (let change = changes[next]; change !== undefined && change.ms < (second + 1) * 1000; change = changes[++next])
      now.set(change.camera, change.gear);
    const gears = [...now.values(), ...Array<number>(Math.max(0, cameras - now.size)).fill(0)];
    return {
      second,
      gear: gears.reduce((a, b) => a + b, 0) / cameras,
      least: Math.min(...gears),
      most: Math.max(...gears),
    };
  });
}

/** How often a gear turned from rising to falling or back where the load had stayed for half a part, per camera. */
function swingsOf(changes: LiveRun['gears'], cameras: number, seconds: number): number {
  let turns = 0;
  for (const camera of new Set(changes.map((change) => change.camera))) {
    let [gear, direction] = [0, 0];
    for (const change of changes.filter((one) => one.camera === camera)) {
      const now = Math.sign(change.gear - gear);
      const inPart = (change.ms / 1000) % PHASE_SECONDS;
      if (direction !== 0 && now !== 0 && now !== direction && inPart > PHASE_SECONDS / 2 && change.ms < seconds * 1000)
        turns++;
      if (now !== 0) direction = now;
      gear = change.gear;
    }
  }
  return turns / cameras;
}
