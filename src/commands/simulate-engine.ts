import { type Mode, type Policy, untrainedPolicy } from '../cascade/policy.ts';
import { backgroundOf } from '../heads/artifact.ts';
import { ZeroEmbedder } from '../heads/zero.ts';
import { workingSizeFor } from '../image/working-size.ts';
import { fastestFirst, quantile, type RungTiming } from '../infer/warmup.ts';
import { genericId, type HeldRungs, labelsQuestion } from '../pipeline/question.ts';
import { trainedPolicy } from '../premodel/judge.ts';
import type { VirtualMachine } from '../simulate/simulate.ts';
import type { Trace } from '../simulate/trace.ts';
import { chargedZero, type VirtualLook } from '../simulate/virtual-look.ts';
import type { Engine } from './engine.ts';
import type { EnginePlan } from './engine-plan.ts';
import { taughtQuestions } from './taught.ts';

export interface VirtualEngineParts {
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
  const held: HeldRungs = {
    ids: timings.map(({ rung }) => rung),
    p95Ms: timings.map(({ p95Ms }) => p95Ms),
    zeroMs: (main.rasterMs + main.zeroMs) * costScale,
  };
  return {
    working: workingSizeFor(plan.ladder.rungs),
    questions: ({ mode, operatingPoint, heads, generic, isAudited }) => {
      const reference = isAudited ? plan.ladder.reference : null;
      const taught = heads === null ? [] : taughtQuestions(heads, mode, operatingPoint, held, reference);
      if (!generic) return { generic: null, taught };
      const id = genericId(taught.map((question) => question.id));
      const asked = (policy: Policy) => ({ ...labelsQuestion(plan.ladder.labels, policy, held), id });
      const question = asked(policyOf(plan, mode, operatingPoint, timings));
      if (!isAudited || mode.kind === 'fixed') return { generic: question, taught };
      const top = policyOf(plan, { kind: 'fixed', rung: plan.ladder.reference }, '', timings);
      return { generic: { ...question, top: asked(top) }, taught };
    },
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

function policyOf(plan: EnginePlan, mode: Mode, point: string, timings: readonly RungTiming[]): Policy {
  if (mode.kind !== 'fixed' && plan.premodel !== null) return trainedPolicy(plan.premodel, mode.kind, point);
  const isWanted = (id: string) => (mode.kind === 'fixed' ? id === mode.rung : plan.subset.includes(id));
  return untrainedPolicy(
    mode,
    fastestFirst(
      plan.ladder.rungs.filter(({ id }) => isWanted(id)),
      timings,
    ),
  );
}
