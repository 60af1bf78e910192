import { suggestion } from '../artifact/problems.ts';
import { box } from '../config/look.ts';
import type { CameraConfig } from '../config/schema.ts';
import { mayBeRecording } from '../config/source.ts';
import type { Examples } from '../dataset/examples.ts';
import { readRecording } from '../dataset/footage.ts';
import { readOwnClasses } from '../dataset/own-classes.ts';
import { clipExamples, type TaughtClip } from '../dataset/taught-clip.ts';
import { readTruthFile, type TruthFile, type TruthQuestion } from '../dataset/truth.ts';
import { truthMisfits } from '../dataset/truth-fits.ts';
import { findFfmpeg } from '../decode/ffmpeg.ts';
import { sourceKind } from '../decode/kind.ts';
import { probeFile } from '../decode/probe.ts';
import { usageError } from '../errors.ts';
import { lookedAtSize } from '../image/picture-size.ts';
import { workingSizeFor } from '../image/working-size.ts';
import { type Box, WHOLE_FRAME } from '../types.ts';
import { DEFAULT_QUESTION } from '../words.ts';
import { type FootageSpec, footageOpener, parseFootages } from './footage-source.ts';
import type { SampleParts } from './samples.ts';

/** Where what a camera is taught comes from. */
export interface ExampleOptions {
  readonly footage?: readonly string[];
  /** A truth file for each footage, in the same order. */
  readonly truth?: readonly string[];
  readonly dataset?: string;
  /** Of a data set the name of its question, of truth files those to teach. */
  readonly question?: readonly string[];
  /** Of footage, PTS seconds: `[from, to)`. */
  readonly from?: number;
  readonly to?: number;
  readonly fps?: CameraConfig['fps'];
  /** Of footage, the part of the picture that is looked at: `X,Y,W,H`. */
  readonly region?: string;
}

export const TEACH_FPS = 5;
const MOST_FRAMES = 10_000;
const NO_TRUTH = { path: '', clip: null, questions: [] };

/**
 * The examples that a command line asks for.
 *
 * @throws WeirError `examples-none`, `examples-mixed`, `truth-unpaired`, `region-invalid`, `question-unknown`; those of the files; the reason of `stop`
 * when that is aborted
 */
export async function readExamples(
  options: ExampleOptions,
  hasTeacher: boolean,
  parts: SampleParts,
): Promise<Examples> {
  const { footage = [], dataset } = options;
  requireOneKind(options);
  const region = regionOf(options);
  if (dataset !== undefined) {
    const [question = DEFAULT_QUESTION, ...more] = options.question ?? [];
    if (more.length > 0)
      throw usageError('question-unknown', 'a data set is of one question', 'give --question once, or leave it out');
    parts.progress('reading the data set', 0, 1);
    return await readOwnClasses(dataset, question, parts.stop);
  }
  const specs = parseFootages(footage);
  requireOwnIds(specs);
  const truths = await Promise.all(
    (options.truth ?? []).map(async (path) => ({ path, ...(await readTruthFile(path)) })),
  );
  const asked = chosenQuestions(truths, options.question);
  const clips: TaughtClip[] = [];
  try {
    let left = MOST_FRAMES;
    for (const [index, spec] of specs.entries()) {
      const questions = asked[index] ?? [];
      if (questions.length === 0) continue;
      const clip = await readClip(spec, truths[index] ?? NO_TRUTH, questions, { ...options, region }, left, parts);
      clips.push(clip);
      left -= clip.recording.times.length;
    }
    return clipExamples(clips, hasTeacher);
  } catch (error) {
    for (const { recording } of clips) recording.store.close();
    throw error;
  }
}

/**
 * Checks that the options of examples go together, before anything is read.
 *
 * @throws WeirError `examples-none`, `examples-mixed`, `truth-unpaired`, `time-reversed`
 */
export function requireOneKind({ footage = [], truth = [], dataset, from, to, fps, region }: ExampleOptions): void {
  if (from !== undefined && to !== undefined && from >= to) {
    throw usageError('time-reversed', `--from ${from} is not before --to ${to}`, 'give the earlier time with --from');
  }
  if (dataset === undefined && footage.length === 0 && truth.length > 0) {
    const remedy = 'give --footage ID=FILE, the recording that it is of, for each --truth';
    throw usageError('truth-unpaired', '--truth says what a recording shows, and none is given', remedy);
  }
  if (dataset === undefined && footage.length === 0) {
    const remedy = 'give --footage FILE --truth FILE.json, --dataset DIR (a folder per class), or --camera ID';
    throw usageError('examples-none', 'there is nothing to learn from', remedy);
  }
  if (dataset !== undefined) {
    const others = {
      '--footage': footage[0],
      '--truth': truth[0],
      '--from': from,
      '--to': to,
      '--fps': fps,
      '--region': region,
    };
    for (const [name, value] of Object.entries(others)) {
      if (value === undefined) continue;
      throw usageError('examples-mixed', `--dataset and ${name} exclude each other`, 'leave one of them out');
    }
    return;
  }
  if (footage.length === truth.length) return;
  throw usageError(
    'truth-unpaired',
    `${footage.length} --footage and ${truth.length} --truth are given`,
    'give a truth file for each footage, in the same order',
  );
}

/** @throws WeirError `region-invalid` */
export function regionOf({ region }: Pick<ExampleOptions, 'region'>): Box {
  if (region === undefined) return WHOLE_FRAME;
  const found = box.safeParse(region.split(',').map((text) => (text.trim() === '' ? null : Number(text))));
  if (found.success) return found.data;
  const problem = found.error.issues[0]?.message ?? 'is not right';
  const remedy = 'give it as the configuration has it, as in --region 0,0.2,0.3,0.8';
  throw usageError('region-invalid', `--region ${region}: ${problem}`, remedy);
}

/** Ids stand in the heads file, and tell the clips' moments apart. */
function requireOwnIds(specs: readonly FootageSpec[]): void {
  const ids = specs.map(({ id }) => id);
  const twice = ids.find((id, at) => ids.indexOf(id) < at);
  if (twice === undefined) return;
  throw usageError(
    'dataset-names',
    `--footage ${twice} is given twice`,
    'give each an id of its own: --footage day=FILE',
  );
}

/** By truth file, the questions of it that are to be taught. */
function chosenQuestions(
  truths: readonly { readonly path: string; readonly questions: readonly TruthQuestion[] }[],
  asked: readonly string[] | undefined,
): (readonly TruthQuestion[])[] {
  if (asked === undefined) return truths.map(({ questions }) => questions);
  const known = [...new Set(truths.flatMap(({ questions }) => questions.map(({ id }) => id)))];
  for (const id of asked) {
    if (known.includes(id)) continue;
    const files = truths.map(({ path }) => path).join(', ');
    const remedy = 'name a question of the truth files';
    throw usageError('question-unknown', `there is no question "${id}" in ${files}${suggestion(id, known)}`, remedy);
  }
  return truths.map(({ questions }) => questions.filter(({ id }) => asked.includes(id)));
}

async function readClip(
  { id, source }: FootageSpec,
  truth: TruthFile & { readonly path: string },
  questions: readonly TruthQuestion[],
  {
    fps = TEACH_FPS,
    from = -Infinity,
    to = Infinity,
    region,
  }: Omit<ExampleOptions, 'region'> & { readonly region: Box },
  mostFrames: number,
  { ladder, scratch, progress, stop }: SampleParts,
): Promise<TaughtClip> {
  if (!mayBeRecording(source)) {
    const remedy = 'record some minutes of it to a file, and say what it shows there';
    throw usageError('source-invalid', `--footage ${id}: a live source has no truth file`, remedy);
  }
  const ffmpeg = await findFfmpeg(null);
  const facts = sourceKind(source) === 'file' ? await probeFile(ffmpeg, source) : null;
  const recording = await readRecording({
    id,
    startSeconds: facts?.startSeconds ?? null,
    scratch,
    mostFrames: Math.max(1, mostFrames),
    mostSeconds: Infinity,
    fromSeconds: from,
    untilSeconds: to,
    onProgress: (read) => progress('reading footage', read, MOST_FRAMES),
    open: footageOpener(source, fps, workingSizeFor(ladder.rungs), ffmpeg, region),
    stop,
  });
  const isCut = recording.times.length >= mostFrames;
  const notices = isCut ? [`of ${id} only the first ${mostFrames} frames are used; a lower --fps reaches further`] : [];
  const seconds = facts?.durationSeconds ?? null;
  const endSeconds = seconds === null ? null : seconds - recording.leadSeconds;
  const misfits = truthMisfits({ source, truthName: truth.path, endSeconds }, truth);
  return {
    id,
    truthName: truth.path,
    recording: { ...recording, notices: [...recording.notices, ...notices, ...misfits] },
    questions,
    picture: facts === null || facts.picture === null ? null : lookedAtSize(facts.picture, 0, region),
  };
}
