import { type Judge, type Policy, untrainedPolicy } from '../src/cascade/policy.ts';
import { RECALLED_OUTPUTS, recalledOutputs } from '../src/cascade/recollection.ts';
import type { Engine, Wish } from '../src/commands/engine.ts';
import { viewOf } from '../src/commands/run-view.ts';
import { type SettledCamera, taughtOf, withTaught } from '../src/commands/settled.ts';
import type { Heads } from '../src/heads/artifact.ts';
import type { AskedQuestion } from '../src/pipeline/question.ts';
import type { View } from '../src/pipeline/view.ts';
import { ZERO } from '../src/words.ts';
import type { Player } from './play-stream.ts';

/** Heads as they are used, with those of all candidates, and the same without rung zero. */
export interface TaughtHeads {
  readonly all: Heads;
  readonly withoutZero: Heads;
}

type Change = (question: AskedQuestion) => AskedQuestion;
const NO_LOG = { warn: () => {} };
/** With no threshold of its own a rung accepts by this probability. */
const PLAIN = { temperature: 1, threshold: 0.9, mergeWeight: 1 };

/** Weir as the daemon runs it, Weir without each of its parts, and the rungs alone. */
export function playersOf(
  engine: Engine,
  camera: SettledCamera,
  heads: TaughtHeads,
  rungs: readonly string[],
): readonly Player[] {
  const taught = withTaught(camera, taughtOf('', heads.all));
  const without = (part: string, view: () => View): Player => ({ variant: `without:${part}`, view });
  const view = (change?: Change, own: SettledCamera = taught) => viewOf(own, changed(engine, change), NO_LOG);
  return [
    { variant: 'weir', view: () => view() },
    // Audited all the same.
    without('reuse', () => view(undefined, { ...taught, maxReuseMs: 0 })),
    without(ZERO, () => view(undefined, withTaught(camera, taughtOf('', heads.withoutZero)))),
    without('premodel', () => view((question) => ({ ...question, policy: plain(question.policy, engine) }))),
    without('memory', () => view(undefined, { ...taught, memory: false })),
    without('deferral', () => view((question) => ({ ...question, policy: atItsWord(question.policy) }))),
    // What reuse brings by itself is to be read between these two: audits cost, and raise its threshold.
    without('reuse+audit', () => view(undefined, unaudited({ ...taught, maxReuseMs: 0 }))),
    without('audit', () => view(undefined, unaudited(taught))),
    ...rungs.map((rung) => ({
      variant: `rung:${rung}`,
      view: () => view(undefined, { ...taught, mode: `fixed:${rung}` }),
    })),
  ];
}

function unaudited(camera: SettledCamera): SettledCamera {
  return { ...camera, reuse: { ...camera.reuse, auditRatio: 0 } };
}

/** An engine whose taught questions are asked otherwise. */
function changed(engine: Engine, change: Change = (question) => question) {
  return {
    working: engine.working,
    climbOf: (questions: readonly AskedQuestion[], heads: Heads | null) => engine.climbOf(questions, heads),
    questions: (wish: Wish) => {
      const { generic, taught } = engine.questions(wish);
      return { generic, taught: taught.map(change) };
    },
  };
}

/** The same rungs in a plain cascade, with what stands in the ladder: nothing was fitted on footage but heads. */
function plain({ rungs }: Policy, { ladder }: Engine): Policy {
  const own = rungs.map(({ id }) => ({
    id,
    defaults: ladder.rungs.find((rung) => rung.id === id)?.defaults ?? PLAIN,
  }));
  return untrainedPolicy({ kind: 'cascade' }, own);
}

/**
 * The same policy, but an answer counts as likely right as it says itself; what is remembered counts beside it, as where deferral
 * is fixed.
 */
export function atItsWord(policy: Policy): Policy {
  const recalled = new Float64Array(RECALLED_OUTPUTS.length);
  const judge = (): Judge => {
    const fitted = policy.judge();
    return {
      features: fitted.features,
      entry: (features, recollection) => fitted.entry(features, recollection),
      right: ({ confidence, top }, _features, recollection = null) => {
        recalledOutputs(top, recollection, recalled, 0);
        const [support = 0] = recalled;
        return confidence / (confidence + (1 - confidence) * Math.exp(-support));
      },
    };
  };
  return { ...policy, judge };
}
