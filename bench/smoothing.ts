import type { Smoothing } from '../src/cascade/smoothing.ts';
import { viewOf } from '../src/commands/run-view.ts';
import { type SettledCamera, settleCameras, taughtOf, usesOf, withTaught } from '../src/commands/settled.ts';
import { TEACH_FPS } from '../src/commands/teach-examples.ts';
import { configSchema, NO_HEADS } from '../src/config/schema.ts';
import { smoothing as smoothingConfig } from '../src/config/smoothing.ts';
import type { Recording } from '../src/dataset/footage.ts';
import { type TruthQuestion, truthAt } from '../src/dataset/truth.ts';
import { WeirError } from '../src/errors.ts';
import type { View } from '../src/pipeline/view.ts';
import { SYSTEM_CLOCK } from '../src/service/clock.ts';
import type { LabelClass } from '../src/types.ts';
import { benchEngine } from './engine.ts';
import { leftOutRows } from './left-out.ts';
import type { BenchFigures, BenchRow } from './report.ts';
import { type Followed, follow, type Heard, smoothed } from './smoothing-scores.ts';
import { eachTaughtClip, type TaughtClip, withAllHeads } from './taught-clip.ts';

const USUAL: Smoothing = smoothingConfig.parse({});
/** What is compared; `null`: each frame's answer stands for itself. */
const SETTINGS: readonly (readonly [string, Smoothing | null])[] = [
  ['frame', null],
  ['stable', USUAL],
  ...[2, 3, 6, 8].map((evidence) => [`stable:evidence=${evidence}`, { ...USUAL, evidence }] as const),
  ...[1, 2, 8].map(
    (halfLifeSeconds) => [`stable:halfLifeSeconds=${halfLifeSeconds}`, { ...USUAL, halfLifeSeconds }] as const,
  ),
  ...[0.5, 1].map((leastSeconds) => [`stable:leastSeconds=${leastSeconds}`, { ...USUAL, leastSeconds }] as const),
];

/** What was heard of one question from one who answers. */
interface Told {
  readonly clip: string;
  readonly by: string;
  readonly classes: readonly LabelClass[];
  readonly heard: readonly Heard[];
}

/**
 * Teaches on the first half of each clip, answers the second as a stream, and smooths the answers in several ways: those of Weir as the
 * daemon runs it, and those of every rung alone, of which the cheap ones waver more.
 */
export async function smoothing(folder: string | undefined): Promise<BenchFigures> {
  const { ladder, results, leftOut } = await eachTaughtClip(folder, toldOf);
  const told = results.flat();
  const clips = [...new Set(told.map(({ clip }) => clip))];
  const of = (name: string, chosen: readonly Told[]) =>
    SETTINGS.flatMap(([variant, setting]) =>
      rowsOf(
        name,
        variant,
        chosen.map((one) => followedBy(one, setting)),
      ),
    );
  const isWeir = ({ by }: Told) => by === 'weir';
  const rows = [
    ...clips.flatMap((clip) =>
      of(
        clip,
        told.filter((one) => isWeir(one) && one.clip === clip),
      ),
    ),
    ...of('all', told.filter(isWeir)),
    ...of(
      'all rungs',
      told.filter((one) => !isWeir(one)),
    ),
    ...leftOutRows(leftOut),
  ];
  return { schema: 'weir.bench/1', name: 'smoothing', ladder: ladder.fingerprint, sampleRateHz: TEACH_FPS, rows };
}

function followedBy({ heard, classes }: Told, setting: Smoothing | null): Followed {
  return follow(heard, setting === null ? heard.map(({ label }) => label) : smoothed(heard, classes, setting));
}

function rowsOf(name: string, variant: string, followed: readonly Followed[]): BenchRow[] {
  const sum = (pick: (one: Followed) => number) => followed.reduce((total, one) => total + pick(one), 0);
  const delays = followed.flatMap(({ delaysSeconds }) => delaysSeconds);
  const scored = sum((one) => one.scored);
  const row = (figure: string, value: number, unit: string, n: number): BenchRow => {
    return { case: name, variant, figure, value, unit, n };
  };
  return [
    row('accuracy', sum(({ right }) => right) / scored, '', scored),
    row('delaySeconds', delays.reduce((total, delay) => total + delay, 0) / delays.length, 's', delays.length),
    row('longestDelaySeconds', Math.max(...delays), 's', delays.length),
    row(
      'changes',
      sum(({ changes }) => changes),
      '',
      scored,
    ),
    row(
      'changesOfTruth',
      sum(({ trueChanges }) => trueChanges),
      '',
      scored,
    ),
  ];
}

async function toldOf({ clip, ladder, config, judged, questions, taught }: TaughtClip): Promise<Told[]> {
  const heads = withAllHeads(taught);
  const entry = { id: 'clip', source: clip.path, budgetMs: 'none', heads: NO_HEADS };
  const own = configSchema.parse({ ladder: config.ladder, cameras: [entry] });
  const [bare] = (await settleCameras(own, { ladder, env: {} })) as [SettledCamera];
  const camera = withTaught(bare, taughtOf('', heads));
  const rungs = [...new Set([...heads.rungs, ladder.reference])];
  const fixed = rungs.map((id): SettledCamera => ({ ...camera, mode: `fixed:${id}`, maxReuseMs: 0 }));
  const engine = await benchEngine({ ...own, inference: config.inference }, usesOf(own, [camera, ...fixed]), 1);
  try {
    const told: Told[] = [];
    for (const [by, own] of [['weir', camera] as const, ...fixed.map((one) => [one.mode, one] as const)]) {
      const heard = await listen(judged, viewOf(own, engine, { warn: () => {} }), questions);
      told.push(...heard.map((one) => ({ clip: clip.name, by, ...one })));
    }
    return told;
  } finally {
    await engine.pool.stop();
  }
}

/** All answers to a recording that is played as a stream, by question. */
async function listen(
  { store, times }: Recording,
  view: View,
  truths: readonly TruthQuestion[],
): Promise<Pick<Told, 'classes' | 'heard'>[]> {
  const heard = view.questions.map((): Heard[] => []);
  const begunMs = SYSTEM_CLOCK.monotonicMs();
  for (const [row, seconds] of times.entries()) {
    const arrivedMs = begunMs + (seconds - (times[0] ?? 0)) * 1000;
    const at = { stream: 0, ptsSeconds: seconds, arrivedMs, arrivedAtMs: arrivedMs };
    const { statements } = await view.look({ ...store.load(row), camera: 'clip', ...at, release: () => {} });
    for (const [q, { question, result }] of statements.entries()) {
      if (result.kind !== 'answered') {
        const reason = result.kind === 'failed' ? result.reason : 'no rung ran';
        throw new WeirError('inference-failed', reason, { remedy: 'check the models with `weir doctor`' });
      }
      const truth = truths.find(({ id }) => id === question.id);
      const right = truth === undefined ? null : truthAt(truth, seconds);
      heard[q]?.push({
        seconds,
        label: result.top[0]?.label ?? '',
        probabilities: result.probabilities.slice(),
        isReused: result.reusedAgeMs !== undefined,
        right: right?.kind === 'label' ? [right.label, ...right.also] : null,
      });
    }
  }
  return view.questions.map(({ classes }, q) => ({ classes, heard: heard[q] ?? [] }));
}
