import { usageError } from '../errors.ts';
import type { Sample } from './sample.ts';
import type { TruthClass } from './truth.ts';

/** Nobody said what is seen; a teacher may. */
export const UNSAID = -1;
/** Not to be used for the question: unclear, or contradicting. */
export const UNUSED = -2;

/** A question, and what people said of the samples. */
export interface ExampleQuestion {
  readonly id: string;
  readonly text: string | null;
  readonly classes: readonly TruthClass[];
  /** By sample: index of its class, `UNSAID` or `UNUSED`. */
  readonly truth: Int32Array;
}

export interface PictureSize {
  readonly width: number;
  readonly height: number;
}

/** Pictures to teach a camera from, with what people said of them. */
export interface Examples {
  readonly samples: readonly Sample[];
  /** By sample: the clip or folder that it comes from. */
  readonly sources: readonly string[];
  /** By sample: when, on its source's time line; NaN where there is none. */
  readonly seconds: Float64Array;
  readonly questions: readonly ExampleQuestion[];
  /** Of the source's pictures; `null` where it is not known. */
  readonly picture: PictureSize | null;
  /** What was not as it should be, in words. */
  readonly notices: readonly string[];
  /** Gives up what is kept of frames; samples that are not loaded yet cannot be any more. */
  close(): void;
}

/** Some of the samples, in the given order of rows. */
export function pickExamples(examples: Examples, rows: readonly number[]): Examples {
  return {
    ...examples,
    samples: rows.map((row) => examples.samples[row] as Sample),
    sources: rows.map((row) => examples.sources[row] ?? ''),
    seconds: Float64Array.from(rows, (row) => examples.seconds[row] ?? Number.NaN),
    questions: examples.questions.map((question) => ({
      ...question,
      truth: Int32Array.from(rows, (row) => question.truth[row] ?? UNSAID),
    })),
  };
}

/** So many contradicting pairs are named. */
const MOST_NAMED = 3;

/**
 * Takes pictures out of a question that are said to show two different things: which of it is right cannot be known.
 *
 * @throws WeirError `teach-same-pictures` where that leaves nothing of a class
 */
export function withoutContradictions(examples: Examples): Examples {
  const notices = [...examples.notices];
  const questions = examples.questions.map((question) => {
    const first = new Map<string, number>();
    const doubtful = new Map<string, [number, number]>();
    for (const [row, { key }] of examples.samples.entries()) {
      const label = question.truth[row] ?? UNSAID;
      if (label < 0) continue;
      const earlier = first.get(key);
      if (earlier === undefined) first.set(key, row);
      else if (question.truth[earlier] !== label && !doubtful.has(key)) doubtful.set(key, [earlier, row]);
    }
    if (doubtful.size === 0) return question;
    const truth = question.truth.map((label, row) =>
      label >= 0 && doubtful.has(examples.samples[row]?.key ?? '') ? UNUSED : label,
    );
    const nameOf = (row: number) =>
      `${examples.samples[row]?.name} ("${question.classes[question.truth[row] ?? 0]?.name}")`;
    const named = [...doubtful.values()].slice(0, MOST_NAMED).map(([a, b]) => `${nameOf(a)} = ${nameOf(b)}`);
    const more = doubtful.size > MOST_NAMED ? ` and ${doubtful.size - MOST_NAMED} more` : '';
    const words = `${question.id}: the same picture is said to show different things, and is left out: ${named.join('; ')}${more}`;
    for (const [k, { name }] of question.classes.entries()) {
      if (!question.truth.includes(k) || truth.includes(k)) continue;
      const remedy = 'say what each picture shows once';
      throw usageError('teach-same-pictures', `${words}; nothing is left of "${name}"`, remedy);
    }
    notices.push(words);
    return { ...question, truth };
  });
  return { ...examples, questions, notices };
}
