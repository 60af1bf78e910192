import type { InferencePool } from '../infer/pool.ts';
import { measureRungs, RungMeter, type RungTiming } from '../infer/warmup.ts';
import type { Premodel } from '../premodel/artifact.ts';
import { withRungs } from '../premodel/rename.ts';
import type { Ladder, Rung, WorkingSize } from '../types.ts';

/** Times of rungs that were measured earlier, in these circumstances. */
export interface KnownTimes {
  readonly timings: readonly RungTiming[];
  /** Precision twins to use in place of planned rungs. */
  readonly twins: ReadonlyMap<string, string>;
  /** What the runtime could not use when they were measured. */
  readonly runtimeNotices: readonly string[];
  /** Told when the runtime now does otherwise, so that everything is measured after all. */
  readonly onOtherRuntime: (notices: readonly string[]) => void;
}

/** What twins change of an engine's plan. */
interface Swappable {
  readonly ladder: Ladder;
  readonly premodel: Premodel | null;
  readonly subset: readonly string[];
  readonly rungs: readonly Rung[];
  readonly top: string;
}

/** A plan that uses twins in place of some of its rungs. */
export function withTwins<P extends Swappable>(plan: P, twins: ReadonlyMap<string, string>): P {
  if (twins.size === 0) return plan;
  const swapped = (id: string) => twins.get(id) ?? id;
  const ids = plan.rungs.map(({ id }) => swapped(id));
  return {
    ...plan,
    premodel: plan.premodel === null ? null : withRungs(plan.premodel, twins),
    subset: plan.subset.map(swapped),
    top: swapped(plan.top),
    rungs: plan.ladder.rungs.filter(({ id }) => ids.includes(id)),
  };
}

/** The known times of a pool's rungs, or newly measured ones. Either way the runtime has its buffers afterwards. */
export async function timesOf(
  pool: InferencePool,
  working: WorkingSize,
  known: KnownTimes | null,
  { warmupRuns, stop }: { readonly warmupRuns: number; readonly stop?: AbortSignal },
): Promise<readonly RungTiming[]> {
  const timings = pool.rungs.flatMap(({ id }) => known?.timings.find(({ rung }) => rung === id) ?? []);
  if (known !== null && timings.length === pool.rungs.length) {
    if (known.runtimeNotices.join('\n') === pool.notices.join('\n')) {
      await new RungMeter(pool, working).warmUp(stop);
      return timings;
    }
    known.onOtherRuntime(pool.notices);
  }
  return await measureRungs(pool, working, warmupRuns, stop);
}
