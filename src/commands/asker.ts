import { type Mode, type Policy, untrainedPolicy } from '../cascade/policy.ts';
import type { GroupedQuestion } from '../groups/groups.ts';
import type { Heads } from '../heads/artifact.ts';
import { requireRung } from '../infer/ladder.ts';
import { fastestFirst, type RungTiming } from '../infer/warmup.ts';
import { type AskedQuestion, genericId, type HeldRungs, labelsQuestion } from '../pipeline/question.ts';
import { trainedPolicy } from '../premodel/judge.ts';
import { cheaperCascade, cheaperTrained, withGears } from './cheaper.ts';
import type { EnginePlan } from './engine-plan.ts';
import { inGroups } from './grouped-question.ts';
import { taughtQuestions } from './taught.ts';

/** What a camera is to be asked, and how that is to be decided. */
export interface Wish {
  readonly mode: Mode;
  readonly operatingPoint: string;
  /** What it was taught. */
  readonly heads: Heads | null;
  /** The ladder's labels in groups, where these are wished for. */
  readonly grouped: GroupedQuestion | null;
  /** Whether it is asked for the ladder's labels, or groups of them. */
  readonly generic: boolean;
  /** Whether its answers are held against the top rung's. */
  readonly isAudited: boolean;
  /** Whether it may be asked at cheaper operating points for want of time. */
  readonly gears: boolean;
}

/** Questions about a camera's frames. */
export interface CameraQuestions {
  /** What something is, by the ladder's labels or groups of them. */
  readonly generic: AskedQuestion | null;
  /** What the scene is like, by what the camera was taught. */
  readonly taught: readonly AskedQuestion[];
}

/** Rungs that are held, with what was measured of them. */
export interface AskerRungs extends HeldRungs {
  readonly timings: readonly RungTiming[];
}

/** Makes questions of what cameras wish for, over a plan and the rungs that are held of it: by a pool, or on paper. */
export class Asker {
  readonly #plan: EnginePlan;
  readonly #held: () => AskerRungs;

  constructor(plan: EnginePlan, held: () => AskerRungs) {
    this.#plan = plan;
    this.#held = held;
  }

  /** The ladder's labels alone. @throws WeirError `operating-point-unknown` */
  labels(mode: Mode, operatingPoint: string): AskedQuestion {
    return labelsQuestion(this.#plan.ladder.labels, this.#policy(mode, operatingPoint), this.#held());
  }

  /** @throws WeirError `operating-point-unknown`, `heads-no-rung`, `unknown-rung` */
  questions({ mode, operatingPoint, heads, grouped, generic, isAudited, gears }: Wish): CameraQuestions {
    const held = this.#held();
    const reference = isAudited ? this.#plan.ladder.reference : null;
    const taught = heads === null ? [] : taughtQuestions(heads, mode, operatingPoint, held, { reference, gears });
    if (!generic) return { generic: null, taught };
    const id = genericId(taught.map((question) => question.id));
    const asked = (policy: Policy): AskedQuestion => {
      const own = { ...labelsQuestion(this.#plan.ladder.labels, policy, held), id };
      return grouped === null ? own : inGroups(own, grouped);
    };
    const policy = this.#policy(mode, operatingPoint);
    const cheaper = gears ? this.#cheaper(mode, operatingPoint, policy, held) : [];
    const question = withGears(asked(policy), cheaper, asked);
    const top = isAudited && mode.kind !== 'fixed' ? { top: asked(this.#topPolicy()) } : {};
    const threshold = this.#plan.premodel?.reuse?.threshold;
    return { generic: { ...question, ...top, ...(threshold && { reuseThreshold: threshold }) }, taught };
  }

  /** The top rung alone, as sure of itself as the premodel has found it. */
  #topPolicy(): Policy {
    const { premodel, top } = this.#plan;
    const policy = this.#policy({ kind: 'fixed', rung: top }, '');
    const temperature = premodel?.rungs.find(({ id }) => id === top)?.temperature;
    return { ...policy, rungs: policy.rungs.map((rung) => ({ ...rung, ...(temperature && { temperature }) })) };
  }

  #cheaper(mode: Mode, point: string, policy: Policy, { ids }: HeldRungs): Policy[] {
    const { premodel } = this.#plan;
    return premodel === null
      ? cheaperCascade(policy)
      : cheaperTrained(premodel, mode, point, (rung) => ids.includes(rung));
  }

  #policy(mode: Mode, point: string): Policy {
    const { premodel, subset, ladder } = this.#plan;
    if (mode.kind !== 'fixed' && premodel !== null) return trainedPolicy(premodel, mode.kind, point);
    if (mode.kind === 'fixed') requireRung(ladder, mode.rung, `mode fixed:${mode.rung}: `);
    const isWanted = (id: string) => (mode.kind === 'fixed' ? id === mode.rung : subset.includes(id));
    const wanted = ladder.rungs.filter(({ id }) => isWanted(id));
    return untrainedPolicy(mode, fastestFirst(wanted, this.#held().timings));
  }
}
