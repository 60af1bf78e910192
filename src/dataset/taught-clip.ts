import { usageError } from '../errors.ts';
import type { PictureSize } from '../image/picture-size.ts';
import { UNLABELLED, UNUSED } from '../words.ts';
import type { Examples } from './examples.ts';
import type { Recording } from './footage.ts';
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

/** More frames that nobody labelled teach nothing more; they are taken evenly over all that there are. */
const MOST_UNLABELLED = 2000;

/**
 * Frames of recordings with what people said of them. Frames of which nothing is to be learnt are left out: those that are
 * unclear in every question, and those of which nothing is said, unless a teacher may say it.
 *
 * @throws WeirError `truth-classes-differ`, `footage-sizes-differ`
 */
export function clipExamples(clips: readonly TaughtClip[], hasTeacher: boolean): Examples {
  requireOneSize(clips);
  const questions = mergedQuestions(clips);
  const frames = clips.flatMap((clip) => labelledFrames(clip, questions, hasTeacher));
  const rows = thinned(frames);
  const [all, used] = [frames, rows].map((some) => some.filter((frame) => !isSaid(frame)).length);
  const thinning = all === used ? [] : [`of ${all} frames without a label ${used} are used, evenly over all of them`];
  return {
    samples: rows.map(({ clip: { id, recording }, index, seconds }) => ({
      key: recording.store.keyOf(index),
      name: `${id} at ${seconds.toFixed(2)} s`,
      condition: id,
      truth: null,
      group: id,
      load: async () => recording.store.load(index),
    })),
    sources: rows.map(({ clip }) => clip.id),
    seconds: Float64Array.from(rows, ({ seconds }) => seconds),
    questions: questions.map((question, q) => ({
      ...question,
      truth: Int32Array.from(rows, ({ labels }) => labels[q] ?? UNLABELLED),
    })),
    picture: clips[0]?.picture ?? null,
    notices: [...clips.flatMap(({ recording }) => recording.notices), ...thinning],
    close: () => {
      for (const { recording } of clips) recording.store.close();
    },
  };
}

/** A frame of a clip, and what people said of it. */
interface LabelledFrame {
  readonly clip: TaughtClip;
  /** In the clip's store. */
  readonly index: number;
  readonly seconds: number;
  /** By question. */
  readonly labels: readonly number[];
}

function labelledFrames(
  clip: TaughtClip,
  questions: readonly Pick<TruthQuestion, 'id' | 'classes'>[],
  hasTeacher: boolean,
): LabelledFrame[] {
  const asked = questions.map(({ id, classes }) => ({
    own: clip.questions.find((other) => other.id === id),
    classes: classes.map(({ name }) => name),
  }));
  return clip.recording.times.flatMap((seconds, index) => {
    const labels = asked.map(({ own, classes }) => {
      if (own === undefined) return UNLABELLED;
      const at = truthAt(own, seconds);
      if (at.kind === 'label') return classes.indexOf(at.label);
      return at.kind === 'unsaid' ? UNLABELLED : UNUSED;
    });
    const isOfUse = labels.some((label) => label >= 0 || (hasTeacher && label === UNLABELLED));
    return isOfUse ? [{ clip, index, seconds, labels }] : [];
  });
}

function isSaid({ labels }: LabelledFrame): boolean {
  return labels.some((label) => label >= 0);
}

/** All frames with a label, and of those without at most so many. */
function thinned(frames: readonly LabelledFrame[]): LabelledFrame[] {
  const unsaid = frames.length - frames.filter(isSaid).length;
  const share = Math.min(1, MOST_UNLABELLED / unsaid);
  let due = 0;
  return frames.filter((frame) => {
    if (isSaid(frame)) return true;
    due += share;
    if (due < 1 - 1e-9) return false;
    due -= 1;
    return true;
  });
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
