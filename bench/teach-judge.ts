import { seededRandom, shuffle } from '../src/cascade/random.ts';
import { taughtQuestions } from '../src/commands/taught.ts';
import type { Recording } from '../src/dataset/footage.ts';
import { type TruthQuestion, truthAt } from '../src/dataset/truth.ts';
import { WeirError } from '../src/errors.ts';
import { rasterFeatures, smallRaster } from '../src/features/frame.ts';
import { backgroundOf, type Heads } from '../src/heads/artifact.ts';
import { ZeroEmbedder } from '../src/heads/zero.ts';
import type { InferencePool } from '../src/infer/pool.ts';
import { Climber, type ClimbResult } from '../src/pipeline/climb.ts';
import type { AskedQuestion } from '../src/pipeline/question.ts';
import { median } from '../src/premodel/statistics.ts';
import { SYSTEM_CLOCK } from '../src/service/clock.ts';
import { type Raster, WHOLE_FRAME } from '../src/types.ts';
import { ZERO } from '../src/words.ts';
import type { ClipRecord, QuestionRecord } from './teach-record.ts';

const ORDER_SEED = 1;
const WARM_UP_RUNS = 5;
/** Everyone answers each frame so often; the median of the times counts, so that what else the machine does is nobody's. */
const ROUNDS = 3;
/** In so many frames, chance evens out by itself. */
const MANY_FRAMES = 1000;

export type Judging = Pick<ClipRecord, 'variants' | 'moments' | 'runMs' | 'totalMs'> & {
  readonly questions: readonly Omit<QuestionRecord, 'majority'>[];
};

/**
 * Lets Weir and every candidate rung's heads alone answer every frame of a recording, in turn, in another order every time, and
 * without a budget.
 *
 * @param heads of all candidates, so that each can be fixed
 * @param rungs the candidates, rung zero among them
 */
export async function judge(
  recording: Recording,
  truths: readonly TruthQuestion[],
  heads: Heads,
  rungs: readonly string[],
  pool: InferencePool,
): Promise<Judging> {
  const held = { ids: pool.rungs.map(({ id }) => id), p95Ms: pool.rungs.map(() => 0), zeroMs: 0 };
  const climberOf = (questions: readonly AskedQuestion[]) =>
    new Climber({
      inference: pool,
      questions,
      clock: SYSTEM_CLOCK,
      topK: 1,
      raster: smallRaster,
      features: rasterFeatures,
      zero: () => new ZeroEmbedder(backgroundOf(heads)),
    });
  const climbers = [
    climberOf(taughtQuestions(heads, { kind: 'hybrid' }, 'balanced', held)),
    ...rungs.map((rung) => climberOf(taughtQuestions(heads, { kind: 'fixed', rung }, 'balanced', held))),
  ];
  const { times, store } = recording;
  const runMs = climbers.map(() => new Float64Array(times.length));
  const totalMs = climbers.map(() => new Float64Array(times.length));
  const asked = heads.questions.map(({ id }) => truths.find((truth) => truth.id === id) as TruthQuestion);
  const questions = asked.map(({ id }) => ({
    id,
    truth: [] as (readonly string[] | null)[],
    answers: climbers.map(() => [] as string[]),
    ended: [] as string[],
  }));
  const random = seededRandom(ORDER_SEED);
  const order = [...climbers.keys()];
  const rounds = times.length < MANY_FRAMES ? ROUNDS : 1;
  if (times.length > 0) await warmUp(climbers, store.load(0));
  for (const [row, seconds] of times.entries()) {
    const frame = store.load(row);
    const runs: number[][] = climbers.map(() => []);
    const totals: number[][] = climbers.map(() => []);
    for (let round = 0; round < rounds; round++) {
      for (const k of shuffle(order, random)) {
        const begunMs = SYSTEM_CLOCK.monotonicMs();
        const result = await (climbers[k] as Climber).climb({ ...frame, arrivedMs: begunMs }, WHOLE_FRAME, null);
        totals[k]?.push(SYSTEM_CLOCK.monotonicMs() - begunMs);
        runs[k]?.push(result.ran.reduce((sum, run) => sum + timeOf(run), 0));
        for (const [q, question] of questions.entries()) {
          const { label, ended } = answered(result, q);
          (question.answers[k] as string[])[row] = label;
          if (k === 0) question.ended[row] = ended;
        }
      }
    }
    for (const k of climbers.keys()) {
      (runMs[k] as Float64Array)[row] = median(runs[k] ?? []);
      (totalMs[k] as Float64Array)[row] = median(totals[k] ?? []);
    }
    for (const [q, question] of questions.entries())
      question.truth.push(rightLabels(asked[q] as TruthQuestion, seconds));
  }
  const variants = ['weir', ...rungs.map((id) => `rung:${id}`)];
  return { variants, moments: momentsOf(questions.map(({ truth }) => truth)), runMs, totalMs, questions };
}

/** Rung zero has no session: all that is done for it counts. */
function timeOf({ rung, runMs, serviceMs }: ClimbResult['ran'][number]): number {
  return rung === ZERO ? serviceMs : runMs;
}

async function warmUp(climbers: readonly Climber[], frame: Raster): Promise<void> {
  for (let run = 0; run < WARM_UP_RUNS; run++) {
    for (const climber of climbers)
      await climber.climb({ ...frame, arrivedMs: SYSTEM_CLOCK.monotonicMs() }, WHOLE_FRAME, null);
  }
}

function answered({ answers }: ClimbResult, question: number): { label: string; ended: string } {
  const answer = answers[question];
  if (answer?.kind === 'answered') return { label: answer.top[0]?.label ?? '', ended: answer.path.at(-1)?.rung ?? '' };
  const reason = answer?.kind === 'failed' ? answer.reason : 'no rung ran';
  throw new WeirError('inference-failed', reason, { remedy: 'check the models with `weir doctor`' });
}

export function rightLabels(question: TruthQuestion, seconds: number): readonly string[] | null {
  const at = truthAt(question, seconds);
  return at.kind === 'label' ? [at.label, ...at.also] : null;
}

/** Numbers unbroken runs of the same truth. */
export function momentsOf(truths: readonly (readonly (readonly string[] | null)[])[]): number[] {
  let moment = -1;
  let last = '';
  return (truths[0] ?? []).map((_, row) => {
    const here = JSON.stringify(truths.map((truth) => truth[row]));
    if (moment < 0 || here !== last) moment++;
    last = here;
    return moment;
  });
}
