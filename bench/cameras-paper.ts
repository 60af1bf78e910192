import type { Engine } from '../src/commands/engine.ts';
import { planEngine } from '../src/commands/engine-plan.ts';
import { viewOf } from '../src/commands/run-view.ts';
import { virtualEngine } from '../src/commands/simulate-engine.ts';
import { simulatedCamera, useOf } from '../src/commands/simulated-camera.ts';
import { toBudgetMs } from '../src/config/camera.ts';
import type { Figures } from '../src/simulate/figures.ts';
import { simulate } from '../src/simulate/simulate.ts';
import { type Trace, withRungs } from '../src/simulate/trace.ts';
import { VirtualLook } from '../src/simulate/virtual-look.ts';
import { SHIPPED_LADDER } from '../src/types.ts';
import type { LiveOptions, LiveRun } from './cameras-live.ts';

const TOP_K = 5;

/** The same cameras on paper, with the times that rungs took while they ran. */
export async function runOnPaper(options: LiveOptions, run: LiveRun, engine: Engine): Promise<Figures> {
  const { mode, cameras, fps, seconds, load, seed, answers } = options;
  const camera = simulatedCamera({ fps, mode, operatingPoint: 'balanced', heads: null });
  const plan = await planEngine({
    ladder: SHIPPED_LADDER,
    premodel: null,
    rungs: null,
    uses: [useOf(camera)],
  });
  const trace = withTimes(
    withRungs(
      options.trace,
      plan.rungs.map(({ id }) => id),
    ),
    run,
  );
  const parts = { plan, trace, look: new VirtualLook(trace), costScale: 1, topK: TOP_K, known: engine.timings };
  return await simulate({
    ...{ trace, cameras, fps, seconds, seed, answers },
    slots: engine.pool.slots,
    costScale: 1,
    budgetMs: toBudgetMs(camera.budgetMs),
    ...(load === undefined ? {} : { load }),
    view: (id, machine) => viewOf({ ...camera, id }, virtualEngine(parts, machine), { warn: () => {} }),
  });
}

/** A trace with the times of a run in place of its own; frames from memory cost the main thread nothing. */
function withTimes(trace: Trace, { runs, figures, decideMs }: LiveRun): Trace {
  const { rasterMs, featuresMs, readMs } = trace.main;
  const expectedMs = figures.answered * (rasterMs + featuresMs + figures.runsPerAnswer * readMs);
  // Beside busy slots the main thread is slower than alone.
  const scale = expectedMs > 0 ? decideMs / expectedMs : 1;
  const main = {
    arrivalMs: 0,
    rasterMs: rasterMs * scale,
    featuresMs: featuresMs * scale,
    readMs: readMs * scale,
    zeroMs: 0,
  };
  const rungs = trace.rungs.map((rung) => {
    const own = runs.filter((run) => run.rung === rung.id);
    if (own.length === 0) return rung;
    return { ...rung, serviceMs: own.map(({ serviceMs }) => serviceMs), runMs: own.map(({ runMs }) => runMs) };
  });
  return { ...trace, main, rungs };
}
