import { parseMode } from '../src/cascade/policy.ts';
import type { Engine } from '../src/commands/engine.ts';
import { planEngine } from '../src/commands/engine-plan.ts';
import { viewOf } from '../src/commands/run-view.ts';
import { virtualEngine } from '../src/commands/simulate-engine.ts';
import { simulatedCamera } from '../src/commands/simulated-camera.ts';
import { toBudgetMs } from '../src/config/camera.ts';
import { quantile } from '../src/infer/warmup.ts';
import type { Figures } from '../src/simulate/figures.ts';
import { simulate } from '../src/simulate/simulate.ts';
import { type Trace, withRungs } from '../src/simulate/trace.ts';
import { VirtualLook } from '../src/simulate/virtual-look.ts';
import { SHIPPED_LADDER } from '../src/types.ts';
import type { LiveOptions, LiveRun } from './cameras-live.ts';

const TOP_K = 5;
const IDLE_QUANTILE = 0.25;

/** The same cameras on paper, with the times that rungs took while they ran. */
export async function runOnPaper(options: LiveOptions, run: LiveRun, engine: Engine): Promise<Figures> {
  const { mode, cameras, fps, seconds, load, seed, answers } = options;
  const plan = await planEngine({
    ladder: SHIPPED_LADDER,
    premodel: null,
    rungs: null,
    uses: [{ mode: parseMode(mode), operatingPoint: 'balanced' }],
  });
  const trace = withTimes(
    withRungs(
      options.trace,
      plan.rungs.map(({ id }) => id),
    ),
    run,
  );
  const camera = simulatedCamera({ fps, mode, operatingPoint: 'balanced', heads: null });
  const parts = { plan, trace, look: new VirtualLook(trace), costScale: 1, topK: TOP_K };
  return await simulate({
    ...{ trace, cameras, fps, seconds, seed, answers },
    slots: engine.pool.slots,
    costScale: 1,
    budgetMs: toBudgetMs(camera.budgetMs),
    ...(load === undefined ? {} : { load }),
    view: (id, machine) => viewOf({ ...camera, id }, virtualEngine(parts, machine), { warn: () => {} }),
  });
}

/** A trace with the times of a run in place of its own, where a rung ran; frames from memory cost the main thread nothing. */
function withTimes(trace: Trace, { runs }: LiveRun): Trace {
  return {
    ...trace,
    main: { ...trace.main, arrivalMs: 0 },
    rungs: trace.rungs.map((rung) => {
      const own = runs.filter((run) => run.rung === rung.id);
      if (own.length === 0) return rung;
      // Between thread and main thread something is spent also when that is idle; the rest is its being busy, which is simulated.
      const betweenMs = quantile(
        own.map(({ serviceMs, prepareMs, runMs }) => serviceMs - prepareMs - runMs),
        IDLE_QUANTILE,
      );
      return {
        ...rung,
        serviceMs: own.map(({ prepareMs, runMs }) => prepareMs + runMs + betweenMs),
        runMs: own.map(({ runMs }) => runMs),
      };
    }),
  };
}
