import type { PictureSize } from '../image/picture-size.ts';
import { UNLABELLED } from '../words.ts';
import type { Sample } from './sample.ts';
import type { TruthClass } from './truth.ts';

/** A question, and what people said of the samples. */
export interface ExampleQuestion {
  readonly id: string;
  readonly text: string | null;
  readonly classes: readonly TruthClass[];
  /** By sample: index of its class, `UNLABELLED` or `UNUSED`. */
  readonly truth: Int32Array;
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
      truth: Int32Array.from(rows, (row) => question.truth[row] ?? UNLABELLED),
    })),
  };
}
