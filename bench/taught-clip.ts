import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { footageOpener } from '../src/commands/footage-source.ts';
import { targetOf } from '../src/commands/target.ts';
import { TEACH_FPS } from '../src/commands/teach-examples.ts';
import { type Taught, teachFrom } from '../src/commands/teach-job.ts';
import { candidateRungs } from '../src/commands/teach-rungs.ts';
import { loadConfig } from '../src/config/load.ts';
import type { Config } from '../src/config/schema.ts';
import { type Recording, type RecordingOptions, readRecording } from '../src/dataset/footage.ts';
import { clipExamples } from '../src/dataset/taught-clip.ts';
import { readTruth, type TruthQuestion, truthAt } from '../src/dataset/truth.ts';
import { type Ffmpeg, findFfmpeg } from '../src/decode/ffmpeg.ts';
import { probeFile } from '../src/decode/probe.ts';
import { messageOf, WeirError } from '../src/errors.ts';
import type { Heads } from '../src/heads/artifact.ts';
import { workingSizeFor } from '../src/image/working-size.ts';
import { ladderPath, readLadder } from '../src/infer/ladder.ts';
import { Redactor } from '../src/secrets.ts';
import { SYSTEM_CLOCK } from '../src/service/clock.ts';
import type { Ladder } from '../src/types.ts';
import { eachClip, type LeftOut } from './left-out.ts';
import { type BenchClip, clipsIn } from './teach-clips.ts';

/** Nobody's frames: between what teaches and what is judged. */
const GAP_SECONDS = 2;
const SEED = 1;

interface Parts {
  readonly ladder: Ladder;
  readonly config: Config;
  readonly ffmpeg: Ffmpeg;
  /** Folder for frames and embeddings, gone afterwards. */
  readonly scratch: string;
}

/** A clip whose first half taught, with its second half to be judged. */
export interface TaughtClip {
  readonly clip: BenchClip;
  readonly ladder: Ladder;
  readonly config: Config;
  /** From two seconds after the middle; gone when the work is done. */
  readonly judged: Recording;
  /** Questions of which something is said there. */
  readonly questions: readonly TruthQuestion[];
  readonly taught: Taught;
  readonly teachCpuSeconds: number;
  /** Teaches the same otherwise. */
  readonly teachAgain: (changes: { readonly useZero: boolean }) => Promise<Taught>;
}

/** What came of the work with all clips. */
export interface AllClips<R> {
  readonly clips: readonly BenchClip[];
  readonly ladder: Ladder;
  readonly results: readonly R[];
  readonly leftOut: readonly LeftOut[];
}

/**
 * Teaches on the first half of each clip of a folder, and does something with the second, from two seconds after the middle.
 *
 * @throws WeirError `bench-no-clips`; what no clip is to blame for; of the first clip where none can be worked with
 */
export async function eachTaughtClip<R>(
  folder: string | undefined,
  work: (taught: TaughtClip) => Promise<R>,
): Promise<AllClips<R>> {
  const clips = await clipsIn(folder);
  const config = await loadConfig({ path: null, env: process.env, redactor: new Redactor() });
  const ladder = await readLadder(ladderPath(config.ladder));
  const scratch = await mkdtemp(join(tmpdir(), 'weir-bench-'));
  const parts = { ladder, config, ffmpeg: await findFfmpeg(null), scratch };
  const unasked: LeftOut[] = [];
  const one = async (clip: BenchClip) => {
    process.stderr.write(`${clip.name} …\n`);
    return await withClip(clip, parts, work, unasked);
  };
  const { results, leftOut, errors } = await eachClip(clips, 'weir', one).finally(() =>
    rm(scratch, { recursive: true, force: true }),
  );
  if (results.length === 0) throw errors[0];
  return { clips, ladder, results, leftOut: [...leftOut, ...unasked] };
}

/** @param unasked takes up questions of the clip that cannot be taught or judged */
async function withClip<R>(
  clip: BenchClip,
  parts: Parts,
  work: (taught: TaughtClip) => Promise<R>,
  unasked: LeftOut[],
): Promise<R> {
  const all = await readTruth(clip.truth);
  const { durationSeconds, startSeconds, picture } = await probeFile(parts.ffmpeg, clip.path);
  if (durationSeconds === null) {
    throw new WeirError('bench-clip', `${clip.name} does not say how long it is`, { remedy: 'remux it with ffmpeg' });
  }
  const middle = durationSeconds / 2;
  const recording = await read(clip, { startSeconds, untilSeconds: middle }, parts);
  const rest = { startSeconds, fromSeconds: middle + GAP_SECONDS };
  const judged = await read(clip, rest, parts).catch((error: unknown) => {
    recording.store.close();
    throw error;
  });
  try {
    for (const notice of judged.notices) process.stderr.write(`${notice}\n`);
    const questions = all.filter((question) => isJudged(question, judged.times));
    if (questions.length === 0) {
      throw new WeirError('bench-clip', 'nothing is said of its second half', { remedy: 'say what it shows there' });
    }
    const examples = clipExamples([{ id: 'clip', truthName: clip.truth, recording, questions, picture }], true);
    const teachAgain = async ({ useZero }: { readonly useZero: boolean }) =>
      await teachFrom(examples, {
        camera: 'clip',
        ladder: parts.ladder,
        rungs: candidateRungs(parts.ladder, {}),
        fasterTwinsOnly: true,
        slots: availableParallelism(),
        session: parts.config.inference,
        clock: SYSTEM_CLOCK,
        cache: parts.scratch,
        progress: () => {},
        stop: new AbortController().signal,
        target: targetOf({}),
        teacher: true,
        useZero,
        seed: SEED,
      });
    const cpu = process.cpuUsage();
    const taught = await teachAgain({ useZero: true });
    const used = process.cpuUsage(cpu);
    const teachCpuSeconds = (used.user + used.system) / 1e6;
    const { ladder, config } = parts;
    const result = await work({ clip, ladder, config, judged, questions, taught, teachCpuSeconds, teachAgain });
    const unjudged = all.filter((question) => !questions.includes(question));
    const reasons = [
      ...unjudged.map(({ id }) => ({ id, reason: 'nothing is said of its second half' })),
      ...taught.untaught.map(({ id, reason }) => ({ id, reason: messageOf(reason) })),
    ];
    for (const { id, reason } of reasons) {
      process.stderr.write(`${clip.name}: ${id} is left out: ${reason}\n`);
      unasked.push({ case: `${clip.name}#${id}`, variant: 'weir', reason });
    }
    return result;
  } finally {
    recording.store.close();
    judged.store.close();
  }
}

async function read(
  clip: BenchClip,
  span: Pick<RecordingOptions, 'startSeconds' | 'fromSeconds' | 'untilSeconds'>,
  parts: Parts,
) {
  return await readRecording({
    id: clip.name.replace(/[^A-Za-z0-9]/g, '-'),
    scratch: parts.scratch,
    mostFrames: Infinity,
    mostSeconds: Infinity,
    ...span,
    onProgress: () => {},
    open: footageOpener(clip.path, TEACH_FPS, workingSizeFor(parts.ladder.rungs), parts.ffmpeg),
  });
}

function isJudged(question: TruthQuestion, times: readonly number[]): boolean {
  return times.some((seconds) => truthAt(question, seconds).kind === 'label');
}

/** The heads as they are used, with those of all candidates. */
export function withAllHeads({ teaching: { heads, candidateHeads } }: Taught): Heads {
  return {
    ...heads,
    questions: heads.questions.map((question, q) => ({
      ...question,
      heads: { ...candidateHeads[q], ...question.heads },
    })),
  };
}

/** The most frequent class among what taught a question. */
export function majorityOf({ input }: Taught, q: number): string {
  const { classes = [], truth = [] } = input.questions[q] ?? {};
  const counts = classes.map((_, k) => truth.filter((label) => label === k).length);
  return classes[counts.indexOf(Math.max(...counts))]?.name ?? '';
}
