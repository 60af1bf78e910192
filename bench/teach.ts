import { TEACH_FPS } from '../src/commands/teach-examples.ts';
import { type Heads, taughtQuestion } from '../src/heads/artifact.ts';
import { headReader } from '../src/heads/reader.ts';
import { InferencePool } from '../src/infer/pool.ts';
import { median } from '../src/premodel/statistics.ts';
import { SYSTEM_CLOCK } from '../src/service/clock.ts';
import { ZERO } from '../src/words.ts';
import { leftOutRows } from './left-out.ts';
import { motionEvents } from './motion-events.ts';
import type { BenchFigures } from './report.ts';
import { eachTaughtClip, majorityOf, type TaughtClip, withAllHeads } from './taught-clip.ts';
import { judge } from './teach-judge.ts';
import type { ClipRecord } from './teach-record.ts';
import { teachRows } from './teach-rows.ts';
import { teachVerdict } from './teach-verdict.ts';

/**
 * Teaches on the first half of each clip and judges on its second half, from two seconds after the middle: Weir as the daemon
 * would run it, against the reference rung's heads and those of every candidate, on the same frames in turn.
 */
export async function teach(folder: string | undefined): Promise<BenchFigures> {
  const { clips, ladder, results, leftOut } = await eachTaughtClip(folder, recordOf);
  const rows = [...teachRows(results), ...leftOutRows(leftOut), ...(await motionEvents(clips))];
  return {
    schema: 'weir.bench/1',
    name: 'teach',
    ladder: ladder.fingerprint,
    sampleRateHz: TEACH_FPS,
    rows,
    verdict: teachVerdict(rows),
  };
}

async function recordOf(given: TaughtClip): Promise<ClipRecord> {
  const { clip, ladder, config, judged, questions, taught, teachCpuSeconds } = given;
  const heads = withAllHeads(taught);
  const rungs = [ZERO, ...taught.table.rungs.map(({ id }) => id)];
  const pool = await InferencePool.start({
    rungs: taught.table.rungs,
    classes: ladder.labels.length,
    slots: 1, // rungs that run beside each other would disturb each other's times
    settings: config.inference,
    clock: SYSTEM_CLOCK,
  });
  try {
    const judging = await judge(judged, questions, heads, rungs, pool);
    return {
      clip: clip.name,
      top: `rung:${ladder.reference}`,
      ...judging,
      questions: judging.questions.map((question, q) => ({ ...question, majority: majorityOf(taught, q) })),
      teachCpuSeconds,
      taughtFrames: taught.examples.samples.length,
      leadSeconds: judged.leadSeconds,
      headMs: Object.fromEntries(rungs.map((id) => [id, headTime(heads, id)])),
    };
  } finally {
    await pool.stop();
  }
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
