import type { Config } from '../config/schema.ts';
import { answerClasses, type Heads } from '../heads/artifact.ts';
import { type UnevenRung, unevenRungs } from '../simulate/spread.ts';
import type { Trace } from '../simulate/trace.ts';
import { fitTruth, type TruthFit } from '../simulate/truth-fit.ts';
import type { LabelClass } from '../types.ts';
import { DEFAULT_QUESTION } from '../words.ts';
import type { EnginePlan } from './engine-plan.ts';
import { requireReadable, strangerNotice } from './simulate-heads.ts';
import type { SimulateOptions } from './simulate-options.ts';

/** More names than these nobody reads. */
const MOST_NAMED = 8;

function listed(names: readonly string[]): string {
  const more = names.length - MOST_NAMED;
  return `${names.slice(0, MOST_NAMED).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

/** What is said of a truth that the asked questions cannot be held against. @param hasHeads whether what was taught is asked */
export function truthNotices({ unknown, unasked }: Pick<TruthFit, 'unknown' | 'unasked'>, hasHeads: boolean): string[] {
  const whose = hasHeads ? 'what was taught' : 'the ladder';
  const labels = `the truth says ${listed(unknown)}; ${whose} has no such label${unknown.length === 1 ? '' : 's'}`;
  const advice = hasHeads ? 'give --heads that were taught them' : 'give --heads';
  const questions = `the truth answers ${listed(unasked)}, which is not asked`;
  return [
    ...(unknown.length === 0 ? [] : [`${labels}: ${advice}; frames that nothing else is true of are not scored`]),
    ...(unasked.length === 0 ? [] : [`${questions}: ${hasHeads ? 'give --heads that answer it' : 'give --heads'}`]),
  ];
}

/** What is said of a trace whose times are those of a busy machine. @param what names it */
export function unevenNotice(rungs: readonly UnevenRung[], what: string): string | null {
  if (rungs.length === 0) return null;
  const told = rungs.map(({ id, p50Ms, p95Ms }) => `${id} ${p50Ms.toFixed(1)}/${p95Ms.toFixed(1)}`).join(', ');
  return `the slow runs in ${what} take more than three times as long as the usual ones (median/p95 ms: ${told}): was the machine busy? record it again`;
}

/** What is not taken from a configuration that has cameras. */
export function configNotice({ cameras }: Pick<Config, 'cameras'>, path: string): string | null {
  if (cameras.length === 0) return null;
  const whose = cameras.length === 1 ? 'camera' : `${cameras.length} cameras`;
  return `the ${whose} of ${path}: nothing of ${cameras.length === 1 ? 'its' : 'their'} own is simulated, as sources, regions, groups, smoothing, heads and priorities; each simulated camera is one with the defaults, and the mode, the ladder and the inference settings are those of the file`;
}

/**
 * Says what is doubtful of a trace.
 *
 * @returns it, with that truth alone that answers can be held against
 * @throws WeirError `trace-other-embeddings`
 */
export function advise(
  recorded: Trace,
  { options, plan, heads }: { options: SimulateOptions; plan: Pick<EnginePlan, 'ladder'>; heads: Heads | null },
  notify: (notice: string | null) => void,
): Trace {
  const what = options.trace ?? 'what was recorded';
  notify(unevenNotice(unevenRungs(recorded.rungs), what));
  if (heads !== null) {
    requireReadable(heads, recorded, what);
    if (options.trace !== undefined) notify(strangerNotice(heads, recorded, what));
  }
  const names = (classes: readonly LabelClass[]) => classes.map(({ name }) => name);
  const asked: [string, string[]][] =
    heads === null
      ? [[DEFAULT_QUESTION, names(plan.ladder.labels)]]
      : heads.questions.map((question) => [question.id, names(answerClasses(question))]);
  const { trace, ...fit } = fitTruth(recorded, new Map(asked));
  // Whoever names no clip did not name its truth either.
  if (options.trace !== undefined || options.truth !== undefined)
    for (const notice of truthNotices(fit, heads !== null)) notify(notice);
  return trace;
}
