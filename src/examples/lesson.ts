import { nearWord } from '../artifact/problems.ts';
import { usageError, type WeirError } from '../errors.ts';
import { UNCLEAR, UNLABELLED, UNUSED } from '../words.ts';
import { type QuestionCensus, questionsOf } from './census.ts';
import type { Example } from './example.ts';

/** Fewer of a class cannot be judged: one for each fold. A daemon, whose heads come into force at once, wants so many. */
export const LEAST_OF_A_CLASS = 5;
/** So many examples are named in a message. */
const NAMED = 3;

/** What is to be taught. */
export interface Wish {
  /** Ids; by default every question that has labels. */
  readonly questions?: readonly string[] | undefined;
  /** Only what was taken in the last so many minutes. */
  readonly minutes?: number | undefined;
}

/** A question with what was said of each example. */
export interface LessonQuestion {
  readonly id: string;
  readonly text: null;
  readonly classes: readonly { readonly name: string }[];
  /** By example: index of its class, `UNLABELLED` or `UNUSED`. */
  readonly truth: Int32Array;
}

/** What a camera is taught from. */
export interface Lesson {
  /** In the order of their times. */
  readonly examples: readonly Example[];
  readonly questions: readonly LessonQuestion[];
  /** What is not taught, in words. */
  readonly notices: readonly string[];
}

/**
 * Puts examples and their labels together. Where no question is named, those with too few labels do not hold up the others.
 *
 * @throws WeirError `teach-no-labels`, `teach-one-class`, `teach-few-labels`, `question-unknown`, saying how many there are of what
 */
export function lessonOf(camera: string, kept: readonly Example[], wish: Wish, nowMs: number): Lesson {
  const sinceMs = wish.minutes === undefined ? -Infinity : nowMs - wish.minutes * 60_000;
  const examples = kept.filter(({ takenAtMs }) => takenAtMs >= sinceMs).sort((a, b) => a.takenAtMs - b.takenAtMs);
  const known = questionsOf(examples).filter(({ classes }) => classes.length > 0);
  const within = wish.minutes === undefined ? '' : ` of the last ${wish.minutes} minutes`;
  if (known.length === 0) {
    throw usageError(
      'teach-no-labels',
      `none of the ${examples.length} examples of camera ${camera}${within} has a label`,
      `say what they show: weir teach --camera ${camera} --list, then --label EXAMPLE=CLASS or --span 14:00/14:10=CLASS`,
    );
  }
  const asked = wish.questions ?? known.map(({ id }) => id);
  const wished = asked.map((id) => known.find((census) => census.id === id) ?? unknownQuestion(id, known));
  const problems = wished.map((census) => problemOf(census, examples, within));
  const chosen = wished.filter((_, at) => problems[at] === null);
  const [first] = problems.flatMap((problem) => problem ?? []);
  if (first !== undefined && (chosen.length === 0 || wish.questions !== undefined)) throw first;
  return {
    examples,
    notices: problems.flatMap((problem) => problem?.message ?? []).map((what) => `${what}; the others are taught`),
    questions: chosen.map(({ id, classes }) => {
      const names = classes.map(({ name }) => name);
      const truth = Int32Array.from(examples, ({ labels }) => {
        const label = labels[id];
        if (label === undefined) return UNLABELLED;
        return label === UNCLEAR ? UNUSED : names.indexOf(label);
      });
      return { id, text: null, classes: names.map((name) => ({ name })), truth };
    }),
  };
}

function problemOf({ id, classes }: QuestionCensus, kept: readonly Example[], within: string): WeirError | null {
  const counts = classes.map(({ name, examples }) => `"${name}" has ${examples}`).join(', ');
  if (classes.length === 1) {
    const remedy = 'label some that show something else: from one class there is nothing to tell apart';
    return usageError('teach-one-class', `question "${id}" has one class${within}: ${counts}`, remedy);
  }
  const enough = classes.filter(({ examples }) => examples >= LEAST_OF_A_CLASS).map(({ name }) => name);
  const few = classes
    .filter(({ examples }) => examples < LEAST_OF_A_CLASS)
    .map(({ name }) => `"${name}"${whichAre(name, kept, id, enough)}`);
  if (few.length === 0) return null;
  return usageError(
    'teach-few-labels',
    `question "${id}" has too few labels of ${few.join(', ')}${within}: ${counts}`,
    `label at least ${LEAST_OF_A_CLASS} of each class, of different moments; say "${UNCLEAR}" of what is not to be taught, or take a slip away with --label EXAMPLE=; or teach other questions alone with --question`,
  );
}

/** Of which examples a rare class is, and which frequent one may have been meant. */
function whichAre(name: string, kept: readonly Example[], question: string, frequent: readonly string[]): string {
  const ids = kept.filter(({ labels }) => labels[question] === name).map(({ id }) => id);
  const more = ids.length > NAMED ? ` and ${ids.length - NAMED} more` : '';
  const near = nearWord(name, frequent);
  const meant = near === null ? '' : `; did you mean "${near}"?`;
  return ` (${ids.slice(0, NAMED).join(', ')}${more}${meant})`;
}

function unknownQuestion(id: string, known: readonly QuestionCensus[]): never {
  const ids = known.map((census) => `"${census.id}"`).join(', ');
  throw usageError('question-unknown', `no example has a label for question "${id}"`, `there are labels for ${ids}`);
}
