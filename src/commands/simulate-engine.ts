import { backgroundOf } from '../heads/artifact.ts';
import { ZeroEmbedder } from '../heads/zero.ts';
import { workingSizeFor } from '../image/working-size.ts';
import { quantile, type RungTiming } from '../infer/warmup.ts';
import type { VirtualMachine } from '../simulate/simulate.ts';
import type { Trace } from '../simulate/trace.ts';
import { chargedZero, type VirtualLook } from '../simulate/virtual-look.ts';
import { Asker } from './asker.ts';
import type { Engine } from './engine.ts';
import type { EnginePlan } from './engine-plan.ts';

interface VirtualEngineParts {
  readonly plan: EnginePlan;
  /** With the rungs of the plan. */
  readonly trace: Trace;
  readonly look: VirtualLook;
  readonly costScale: number;
  readonly topK: number;
  /** What rungs are expected to take, where that is not to be what the trace says. */
  readonly known?: readonly RungTiming[];
}

/** What views need of an engine, over a virtual machine. */
export function virtualEngine(
  { plan, trace, look, costScale, topK, known }: VirtualEngineParts,
  { time, pool }: VirtualMachine,
): Pick<Engine, 'questions' | 'climbOf' | 'working'> {
  const { main } = trace;
  const timings = timingsOf(trace, costScale).map((own) => known?.find(({ rung }) => rung === own.rung) ?? own);
  const asker = new Asker(plan, () => ({
    timings,
    ids: timings.map(({ rung }) => rung),
    p95Ms: timings.map(({ p95Ms }) => p95Ms),
    costs: pool.costs,
    zeroMs: (main.rasterMs + main.zeroMs) * costScale,
  }));
  for (const [rung, timing] of timings.entries()) pool.costs.begin(rung, timing);
  return {
    working: workingSizeFor(plan.ladder.rungs),
    questions: (wish) => asker.questions(wish),
    climbOf: (questions, heads) => {
      const background = heads === null ? null : backgroundOf(heads);
      return {
        inference: pool,
        questions,
        clock: time,
        topK,
        ...look.parts(time, main, costScale),
        zero:
          background === null ? null : () => chargedZero(new ZeroEmbedder(background), time, main.zeroMs * costScale),
      };
    },
  };
}

/** What a daemon would measure of the rungs at its start. */
function timingsOf({ rungs }: Trace, costScale: number): RungTiming[] {
  return rungs.map(({ id, serviceMs, runMs }) => ({
    rung: id,
    p50Ms: quantile(serviceMs, 0.5) * costScale,
    p95Ms: quantile(serviceMs, 0.95) * costScale,
    runP50Ms: quantile(runMs, 0.5) * costScale,
  }));
}
