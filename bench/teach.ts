import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { footageOpener } from '../src/commands/footage-source.ts';
import { targetOf } from '../src/commands/target.ts';
import { TEACH_FPS } from '../src/commands/teach-examples.ts';
import { type Taught, teachFrom } from '../src/commands/teach-job.ts';
import { candidateRungs } from '../src/commands/teach-rungs.ts';
import { loadConfig } from '../src/config/load.ts';
import { type RecordingOptions, readRecording } from '../src/dataset/footage.ts';
import { clipExamples } from '../src/dataset/taught-clip.ts';
import { readTruth, type TruthQuestion, truthAt } from '../src/dataset/truth.ts';
import { type Ffmpeg, findFfmpeg } from '../src/decode/ffmpeg.ts';
import { probeFile } from '../src/decode/probe.ts';
import { messageOf, WeirError } from '../src/errors.ts';
import { type Heads, taughtQuestion } from '../src/heads/artifact.ts';
import { headReader } from '../src/heads/reader.ts';
import { workingSizeFor } from '../src/image/working-size.ts';
import { ladderPath, readLadder } from '../src/infer/ladder.ts';
import { InferencePool } from '../src/infer/pool.ts';
import type { SessionSettings } from '../src/infer/runtime.ts';
import { median } from '../src/premodel/statistics.ts';
import { Redactor } from '../src/secrets.ts';
import { SYSTEM_CLOCK } from '../src/service/clock.ts';
import type { Ladder } from '../src/types.ts';
import { ZERO } from '../src/words.ts';
import { eachClip, type LeftOut, leftOutRows } from './left-out.ts';
import { motionEvents } from './motion-events.ts';
import type { BenchFigures } from './report.ts';
import { type BenchClip, clipsIn } from './teach-clips.ts';
import { judge } from './teach-judge.ts';
import type { ClipRecord } from './teach-record.ts';
import { teachRows } from './teach-rows.ts';
import { teachVerdict } from './teach-verdict.ts';

/** Nobody's frames: between what teaches and what is judged. */
const GAP_SECONDS = 2;
const SEED = 1;

interface Parts {
  readonly ladder: Ladder;
  readonly session: SessionSettings;
  readonly ffmpeg: Ffmpeg;
  /** Folder for frames and embeddings, gone afterwards. */
  readonly scratch: string;
}

/**
 * Teaches on the first half of each clip and judges on its second half, from two seconds after the middle: Weir as the daemon
 * would run it, against the reference rung's heads and those of every candidate, on the same frames in turn.
 */
export async function teach(folder: string | undefined): Promise<BenchFigures> {
  const clips = await clipsIn(folder);
  const config = await loadConfig({ path: null, env: process.env, redactor: new Redactor() });
  const ladder = await readLadder(ladderPath(config.ladder));
  const scratch = await mkdtemp(join(tmpdir(), 'weir-bench-'));
  const parts = { ladder, session: config.inference, ffmpeg: await findFfmpeg(null), scratch };
  const judge = async (clip: BenchClip) => {
    process.stderr.write(`${clip.name} …\n`);
    return await recordOf(clip, parts);
  };
  const { results, leftOut, errors } = await eachClip(clips, 'weir', judge).finally(() =>
    rm(scratch, { recursive: true, force: true }),
  );
  if (results.length === 0) throw errors[0];
  const rows = [
    ...teachRows(results.map(({ record }) => record)),
    ...leftOutRows([...leftOut, ...results.flatMap((result) => result.leftOut)]),
    ...(await motionEvents(clips)),
  ];
  return {
    schema: 'weir.bench/1',
    name: 'teach',
    ladder: ladder.fingerprint,
    sampleRateHz: TEACH_FPS,
    rows,
    verdict: teachVerdict(rows),
  };
}

/** What was judged of a clip, and the questions of it that were not. */
interface Judged {
  readonly record: ClipRecord;
  readonly leftOut: readonly LeftOut[];
}

async function recordOf(clip: BenchClip, parts: Parts): Promise<Judged> {
  const all = await readTruth(clip.truth);
  const { durationSeconds, startSeconds, picture } = await probeFile(parts.ffmpeg, clip.path);
  if (durationSeconds === null) {
    throw new WeirError('bench-clip', `${clip.name} does not say how long it is`, { remedy: 'remux it with ffmpeg' });
  }
  const middle = durationSeconds / 2;
  const taught = await read(clip, { startSeconds, untilSeconds: middle }, parts);
  const rest = { startSeconds, fromSeconds: middle + GAP_SECONDS };
  const judged = await read(clip, rest, parts).catch((error: unknown) => {
    taught.store.close();
    throw error;
  });
  try {
    for (const notice of judged.notices) process.stderr.write(`${notice}\n`);
    const questions = all.filter((question) => isJudged(question, judged.times));
    if (questions.length === 0) {
      throw new WeirError('bench-clip', 'nothing is said of its second half', { remedy: 'say what it shows there' });
    }
    const examples = clipExamples([{ id: 'clip', truthName: clip.truth, recording: taught, questions, picture }], true);
    const cpu = process.cpuUsage();
    const result = await teachFrom(examples, {
      camera: 'clip',
      ladder: parts.ladder,
      rungs: candidateRungs(parts.ladder, {}),
      fasterTwinsOnly: true,
      slots: availableParallelism(),
      session: parts.session,
      clock: SYSTEM_CLOCK,
      cache: parts.scratch,
      progress: () => {},
      stop: new AbortController().signal,
      target: targetOf({}),
      teacher: true,
      useZero: true,
      seed: SEED,
    });
    const used = process.cpuUsage(cpu);
    const heads = withAllHeads(result);
    const rungs = [ZERO, ...result.table.rungs.map(({ id }) => id)];
    const pool = await InferencePool.start({
      rungs: result.table.rungs,
      classes: parts.ladder.labels.length,
      slots: 1, // rungs that run beside each other would disturb each other's times
      settings: parts.session,
      clock: SYSTEM_CLOCK,
    });
    try {
      const judging = await judge(judged, questions, heads, rungs, pool);
      const record = {
        clip: clip.name,
        top: `rung:${parts.ladder.reference}`,
        ...judging,
        questions: judging.questions.map((question, q) => ({ ...question, majority: majorityOf(result, q) })),
        teachCpuSeconds: (used.user + used.system) / 1e6,
        taughtFrames: result.examples.samples.length,
        leadSeconds: judged.leadSeconds,
        headMs: Object.fromEntries(rungs.map((id) => [id, headTime(heads, id)])),
      };
      const unjudged = all.filter((question) => !questions.includes(question));
      const reasons = [
        ...unjudged.map(({ id }) => ({ id, reason: 'nothing is said of its second half' })),
        ...result.untaught.map(({ id, reason }) => ({ id, reason: messageOf(reason) })),
      ];
      for (const { id, reason } of reasons) process.stderr.write(`${clip.name}: ${id} is left out: ${reason}\n`);
      const leftOut = reasons.map(({ id, reason }) => ({ case: `${clip.name}#${id}`, variant: 'weir', reason }));
      return { record, leftOut };
    } finally {
      await pool.stop();
    }
  } finally {
    taught.store.close();
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
function withAllHeads({ teaching: { heads, candidateHeads } }: Taught): Heads {
  return {
    ...heads,
    questions: heads.questions.map((question, q) => ({
      ...question,
      heads: { ...candidateHeads[q], ...question.heads },
    })),
  };
}

function majorityOf({ input }: Taught, q: number): string {
  const { classes = [], truth = [] } = input.questions[q] ?? {};
  const counts = classes.map((_, k) => truth.filter((label) => label === k).length);
  return classes[counts.indexOf(Math.max(...counts))]?.name ?? '';
}

const HEAD_ROUNDS = 50;
const HEAD_RUNS = 20;

/** Median time of one rung's heads of all questions on an embedding. */
function headTime(heads: Heads, rung: string): number {
  const readers = heads.questions.map(({ id }) => {
    const question = taughtQuestion(heads, id);
    const embedding = new Float32Array(question.heads[rung]?.dimensions ?? 0).fill(0.1);
    const into = new Float32Array(question.classes.length + 1);
    const reader = headReader(heads, id, [rung]);
    return () => reader.read(0, { logits: into, embedding }, into);
  });
  const rounds = Array.from({ length: HEAD_ROUNDS }, () => {
    const begunMs = SYSTEM_CLOCK.monotonicMs();
    for (let run = 0; run < HEAD_RUNS; run++) for (const read of readers) read();
    return (SYSTEM_CLOCK.monotonicMs() - begunMs) / HEAD_RUNS;
  });
  return median(rounds.slice(HEAD_ROUNDS / 2));
}
