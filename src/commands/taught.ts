import { type Mode, type Policy, untrainedPolicy } from '../cascade/policy.ts';
import { about, usageError } from '../errors.ts';
import { answerClasses, type Heads, type TaughtQuestion } from '../heads/artifact.ts';
import { headReader } from '../heads/reader.ts';
import { type AskedQuestion, type HeldRungs, placeRungs } from '../pipeline/question.ts';
import { operatingPoint, trainedPolicy } from '../premodel/judge.ts';
import { ZERO } from '../words.ts';
import { cheaperTrained, withGears } from './cheaper.ts';

/**
 * How a taught question is decided: by the premodel that was fitted on its heads, or by one fixed rung that it has a head on.
 *
 * @throws WeirError `heads-no-rung`, `operating-point-unknown`
 */
export function taughtPolicy(question: TaughtQuestion, mode: Mode, point: string): Policy {
  if (mode.kind !== 'fixed')
    return about(`question "${question.id}"`, () => trainedPolicy(question.premodel, mode.kind, point));
  const { id, defaults } = fixedRung(question, mode.rung);
  return untrainedPolicy(mode, [{ id, defaults }]);
}

/**
 * The rungs that a camera's taught questions need in a mode, without rung zero, which no slot holds.
 *
 * @param point `null`: any of the premodels'
 */
export function taughtRungs({ questions }: Heads, mode: Mode, point: string | null): string[] {
  const needed = questions.flatMap((question) => {
    if (mode.kind === 'fixed') return [fixedRung(question, mode.rung).id];
    if (point === null) return question.premodel.rungs.map(({ id }) => id);
    return about(`question "${question.id}"`, () => operatingPoint(question.premodel, mode.kind, point)).rungs;
  });
  return [...new Set(needed)].filter((id) => id !== ZERO);
}

/** The rungs whose heads a camera's taught questions are audited by: the top rung, where it has a head. */
export function taughtTops({ questions }: Heads, reference: string): string[] {
  return questions.some(({ heads }) => heads[reference] !== undefined) ? [reference] : [];
}

/**
 * All that a camera was taught, as questions for its frames.
 *
 * @param reference the rung that answers are held against; `null`: none
 * @param gears whether they may be asked at cheaper operating points
 * @throws WeirError as `taughtPolicy`
 */
export function taughtQuestions(
  heads: Heads,
  mode: Mode,
  point: string,
  held: HeldRungs,
  { reference = null, gears = false }: { readonly reference?: string | null; readonly gears?: boolean } = {},
): AskedQuestion[] {
  const isThere = (rung: string) => (rung === ZERO ? held.zeroMs !== null : held.ids.includes(rung));
  return heads.questions.map((question) => {
    const asked = (policy: Policy): AskedQuestion => {
      const rungIds = policy.rungs.map(({ id }) => id);
      return {
        id: question.id,
        text: question.text ?? null,
        classes: answerClasses(question),
        policy,
        ...placeRungs(policy, held),
        reader: () => headReader(heads, question.id, rungIds),
      };
    };
    const cheaper = gears ? cheaperTrained(question.premodel, mode, point, isThere) : [];
    const isAudited = reference !== null && mode.kind !== 'fixed' && question.heads[reference] !== undefined;
    const top = isAudited ? asked(taughtPolicy(question, { kind: 'fixed', rung: reference }, point)) : null;
    return {
      ...withGears(asked(taughtPolicy(question, mode, point)), cheaper, asked),
      ...(top === null ? {} : { top }),
      ...(question.reuse === undefined ? {} : { reuseThreshold: question.reuse.threshold }),
    };
  });
}

function fixedRung({ id: question, heads, premodel }: TaughtQuestion, id: string) {
  if (heads[id] === undefined) {
    throw usageError(
      'heads-no-rung',
      `mode fixed:${id}: question "${question}" was taught no head on that rung`,
      `fix one of ${Object.keys(heads).join(', ')}, or choose another mode for this camera`,
    );
  }
  const temperature = premodel.rungs.find((rung) => rung.id === id)?.temperature ?? 1;
  return { id, defaults: { temperature, threshold: 0, mergeWeight: 1 } };
}
