import { usageError } from '../errors.ts';
import { type Examples, type PictureSize, UNSAID, UNUSED } from './examples.ts';
import type { Recording } from './footage.ts';
import type { Sample } from './sample.ts';
import { type TruthQuestion, truthAt } from './truth.ts';

/** A recording with the answers to questions over its time. */
export interface TaughtClip {
  readonly id: string;
  /** For people: the file that the questions come from. */
  readonly truthName: string;
  readonly recording: Recording;
  readonly questions: readonly TruthQuestion[];
  /** Of the source's pictures; `null` where it is not known. */
  readonly picture: PictureSize | null;
}

/**
 * Frames of recordings with what people said of them. Frames of which nothing is to be learnt are left out: those that are
 * unclear in every question, and those of which nothing is said, unless a teacher may say it.
 *
 * @throws WeirError `truth-classes-differ`, `footage-sizes-differ`
 */
export function clipExamples(clips: readonly TaughtClip[], hasTeacher: boolean): Examples {
  requireOneSize(clips);
  const questions = mergedQuestions(clips);
  const samples: Sample[] = [];
  const sources: string[] = [];
  const seconds: number[] = [];
  const truth: number[][] = questions.map(() => []);
  for (const { id, recording, questions: own } of clips) {
    const asked = questions.map(({ id: question, classes }) => ({
      own: own.find((other) => other.id === question),
      classes: classes.map(({ name }) => name),
    }));
    for (const [index, time] of recording.times.entries()) {
      const labels = asked.map(({ own: question, classes }) => {
        if (question === undefined) return UNSAID;
        const at = truthAt(question, time);
        if (at.kind === 'label') return classes.indexOf(at.label);
        return at.kind === 'unsaid' ? UNSAID : UNUSED;
      });
      const isOfUse = labels.some((label) => label >= 0 || (hasTeacher && label === UNSAID));
      if (!isOfUse) continue;
      samples.push({
        key: recording.store.keyOf(index),
        name: `${id} at ${time.toFixed(2)} s`,
        condition: id,
        truth: null,
        group: id,
        load: async () => recording.store.load(index),
      });
      sources.push(id);
      seconds.push(time);
      for (const [q, label] of labels.entries()) truth[q]?.push(label);
    }
  }
  return {
    samples,
    sources,
    seconds: Float64Array.from(seconds),
    questions: questions.map((question, q) => ({ ...question, truth: Int32Array.from(truth[q] ?? []) })),
    picture: clips[0]?.picture ?? null,
    notices: clips.flatMap(({ recording }) => recording.notices),
    close: () => {
      for (const { recording } of clips) recording.store.close();
    },
  };
}

/** Every question of any clip once; it must mean the same everywhere. */
function mergedQuestions(clips: readonly TaughtClip[]) {
  const merged = new Map<string, Pick<TruthQuestion, 'id' | 'text' | 'classes'> & { readonly truthName: string }>();
  for (const { truthName, questions } of clips) {
    for (const { id, text, classes } of questions) {
      const known = merged.get(id);
      if (known === undefined) merged.set(id, { id, text, classes, truthName });
      else if (namesOf(known) !== namesOf({ classes })) {
        throw usageError(
          'truth-classes-differ',
          `question ${id} has the classes ${namesOf(known)} in ${known.truthName}, and ${namesOf({ classes })} in ${truthName}`,
          'give a question the same classes in every file, or another id',
        );
      }
    }
  }
  return [...merged.values()].map(({ id, text, classes }) => ({ id, text, classes }));
}

function namesOf({ classes }: Pick<TruthQuestion, 'classes'>): string {
  return classes
    .map(({ name }) => name)
    .sort()
    .join(', ');
}

/** Recordings of one camera have pictures of one size. */
function requireOneSize(clips: readonly TaughtClip[]): void {
  const sized = clips.flatMap(({ id, picture }) =>
    picture === null ? [] : [{ id, size: `${picture.width}x${picture.height}` }],
  );
  if (new Set(sized.map(({ size }) => size)).size <= 1) return;
  const told = sized.map(({ id, size }) => `${id} ${size}`).join(', ');
  throw usageError(
    'footage-sizes-differ',
    `the recordings have pictures of different sizes: ${told}`,
    'teach each camera by itself, with recordings of the stream that it will be run on',
  );
}
