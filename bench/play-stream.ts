import { seededRandom, shuffle } from '../src/cascade/random.ts';
import type { Recording } from '../src/dataset/footage.ts';
import { WeirError } from '../src/errors.ts';
import type { Looked, View } from '../src/pipeline/view.ts';
import { median } from '../src/premodel/statistics.ts';
import { SYSTEM_CLOCK } from '../src/service/clock.ts';
import type { Frame, Raster } from '../src/types.ts';
import { ZERO } from '../src/words.ts';

const ORDER_SEED = 1;
/** Everyone plays a stream so often, each time knowing nothing of it; the median of a frame's times counts. */
const ROUNDS = 3;
/** Frames that everyone sees before, so that nobody pays for code and models that run for the first time. */
const WARM_UP_FRAMES = 5;

/** Someone who looks at a stream. */
export interface Player {
  readonly variant: string;
  /** Makes the view anew: without anything that another has learnt. */
  readonly view: () => View;
}

/** What everyone said of a stream, and in what time; by player. */
export interface Played {
  /** By frame: the sum of `session.run`, rung zero's time and that of the change test. */
  readonly runMs: readonly Float64Array[];
  /** By frame: from the decoded frame to the labels. */
  readonly totalMs: readonly Float64Array[];
  /** By question and frame. */
  readonly said: readonly (readonly (readonly Said[])[])[];
}

export interface Said {
  readonly label: string;
  /** The rung on which it ended, or why none ran. */
  readonly ended: string;
}

/** Lets everyone look at a recording as at a stream, frame by frame, on each in another order. */
export async function playStream({ store, times }: Recording, players: readonly Player[]): Promise<Played> {
  const perFrame = () => players.map(() => times.map((): number[] => []));
  const runs = perFrame();
  const totals = perFrame();
  const said = players.map((): Said[][] => []);
  const random = seededRandom(ORDER_SEED);
  const order = [...players.keys()];
  const warming = players.map(({ view }) => view());
  for (let row = 0; row < Math.min(WARM_UP_FRAMES, times.length); row++)
    for (const view of warming) await view.look(frameOf(store.load(row), times[row] ?? 0, 0));
  for (let round = 0; round < ROUNDS; round++) {
    const views = players.map(({ view }) => view());
    const begunMs = SYSTEM_CLOCK.monotonicMs();
    for (const [row, seconds] of times.entries()) {
      const raster = store.load(row);
      for (const k of shuffle(order, random)) {
        const frame = frameOf(raster, seconds, begunMs + (seconds - (times[0] ?? 0)) * 1000);
        const startMs = SYSTEM_CLOCK.monotonicMs();
        const looked = await (views[k] as View).look(frame);
        totals[k]?.[row]?.push(SYSTEM_CLOCK.monotonicMs() - startMs);
        runs[k]?.[row]?.push(timeOf(looked));
        if (round > 0) continue;
        for (const [q, one] of saidOf(looked).entries()) {
          const own = said[k] as Said[][];
          own[q] = [...(own[q] ?? []), one];
        }
      }
    }
  }
  const medians = (all: readonly (readonly number[][])[]) => all.map((rows) => Float64Array.from(rows, median));
  return { runMs: medians(runs), totalMs: medians(totals), said };
}

/** Arrives as live frames do, however long everyone looks at each: by the clock, too, an answer is as old as by the stream. */
function frameOf(raster: Raster, ptsSeconds: number, arrivedMs: number): Frame {
  return {
    ...raster,
    camera: 'clip',
    stream: 0,
    ptsSeconds,
    arrivedMs,
    arrivedAtMs: SYSTEM_CLOCK.unixMs(),
    release: () => {},
  };
}

/** Rung zero has no session: all that is done for it counts. */
function timeOf({ ran, compareMs = 0 }: Looked): number {
  return ran.reduce((sum, { rung, runMs, serviceMs }) => sum + (rung === ZERO ? serviceMs : runMs), compareMs);
}

function saidOf({ statements }: Looked): Said[] {
  return statements.map(({ result }) => {
    if (result.kind !== 'answered') {
      const reason = result.kind === 'failed' ? result.reason : 'no rung ran';
      throw new WeirError('inference-failed', reason, { remedy: 'check the models with `weir doctor`' });
    }
    const { top, path, stop } = result;
    return { label: top[0]?.label ?? '', ended: path.at(-1)?.rung ?? stop };
  });
}
