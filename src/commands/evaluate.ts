import { join } from 'node:path';
import { writeArtifact } from '../artifact/write.ts';
import { untrainedPolicy } from '../cascade/policy.ts';
import { loadConfig } from '../config/load.ts';
import { noneReadable } from '../dataset/sample-table.ts';
import { openDevice } from '../device/open.ts';
import { usageError } from '../errors.ts';
import { Contest } from '../evaluation/contest.ts';
import { type Contestant, summarise } from '../evaluation/summary.ts';
import { evaluationTables } from '../evaluation/tables.ts';
import { Resizer } from '../image/resize.ts';
import { toWorkingSize, workingSizeFor } from '../image/working-size.ts';
import { checkModels, chooseSubset } from '../infer/ladder.ts';
import { InferencePool } from '../infer/pool.ts';
import { fastestFirst, measureRungs, type RungTiming } from '../infer/warmup.ts';
import type { Premodel } from '../premodel/artifact.ts';
import { trainedPolicy } from '../premodel/judge.ts';
import type { FittedMode } from '../premodel/point-search.ts';
import { POINT_NAMES } from '../premodel/targets.ts';
import { DifferenceDetector } from '../scene/difference.ts';
import { Redactor } from '../secrets.ts';
import { SYSTEM_CLOCK } from '../service/clock.ts';
import { stateDirectory } from '../service/state-dir.ts';
import type { Ladder, Rung } from '../types.ts';
import { requireDestination } from './destination.ts';
import { type PlanSettings, planEngine } from './engine.ts';
import { ProgressTeller } from './progress.ts';
import { readSamples, type SampleOptions } from './samples.ts';
import { print } from './shell.ts';

export interface EvaluateOptions extends SampleOptions {
  readonly premodel?: string;
  readonly modes: readonly FittedMode[];
  readonly operatingPoint?: string;
  readonly rungs?: readonly string[];
  readonly ladder?: string;
  readonly json?: string;
  readonly report?: string;
  readonly stateDir?: string;
}

/** Runs of each rung before anything is measured. */
const WARM_UP_RUNS = 5;

/** Really runs every rung and every policy on every sample, and prints what they are worth. */
export async function evaluate(options: EvaluateOptions, stop: AbortSignal): Promise<number> {
  const config = await loadConfig({ path: null, env: process.env, redactor: new Redactor() });
  const plan: PlanSettings = {
    ladder: options.ladder ?? config.ladder,
    premodel: options.premodel ?? null,
    rungs: null,
    uses: [{ mode: { kind: 'hybrid' }, operatingPoint: null }],
  };
  const { ladder, premodel, notices } = await planEngine(plan);
  const rungs = rungsToMeasure(ladder, premodel, options.rungs);
  // What cannot be is told before the work.
  if (premodel === null) requireNoPremodel(options, ladder);
  else policiesOf(premodel, options);
  await requireDestination(options.json);
  await requireDestination(options.report && join(options.report, 'index.html'));
  await checkModels(rungs);
  for (const notice of notices) process.stderr.write(`weir: ${notice}\n`);
  const teller = new ProgressTeller();
  // One slot: rungs that run beside each other would disturb each other's times.
  const settings = { slots: 1, settings: config.inference, clock: SYSTEM_CLOCK, classes: ladder.labels.length };
  const device = await openDevice({ clock: SYSTEM_CLOCK });
  let pool: InferencePool | undefined;
  try {
    const scratch = join(stateDirectory(options.stateDir, process.env), 'outcomes');
    const samples = await readSamples(options, { ladder, scratch, progress: teller.update, stop });
    pool = await InferencePool.start({ rungs, ...settings });
    const working = workingSizeFor(ladder.rungs);
    teller.update('warming up', 0, 1);
    const timings = await measureRungs(pool, working, WARM_UP_RUNS, stop);
    const policies = premodel === null ? [plainCascade(ladder, timings, options.rungs)] : policiesOf(premodel, options);
    const begunMs = SYSTEM_CLOCK.monotonicMs();
    const contest = new Contest(
      ladder,
      pool,
      [...singlesOf(rungs), ...policies],
      samples,
      SYSTEM_CLOCK,
      () => new DifferenceDetector(),
    );
    const resizer = new Resizer();
    for (const [index, sample] of samples.entries()) {
      stop.throwIfAborted();
      teller.update('running everything on every image', index, samples.length);
      await contest.meet(index, sample, async () => toWorkingSize(await sample.load(), working, resizer));
    }
    teller.stop();
    if (contest.skipped.length === samples.length) throw noneReadable(contest.skipped);
    const measured = { name: device.name, clock: device.clockSince(begunMs) };
    const evaluation = summarise(contest.result(), ladder, premodel, measured);
    for (const { name, reason } of contest.skipped) process.stderr.write(`weir: left out ${name}: ${reason}\n`);
    for (const { id, reason } of contest.leftOut) process.stderr.write(`weir: left out ${id}: ${reason}\n`);
    for (const line of evaluationTables(evaluation, device.reading.reasons)) print(line); // first: minutes of work must not be lost to a full disk
    if (options.json !== undefined) await writeArtifact(options.json, `${JSON.stringify(evaluation, null, 1)}\n`);
    if (options.report !== undefined) {
      const { writeEvaluationReport } = await import('../report/evaluation.ts');
      await writeEvaluationReport(options.report, evaluation, contest.result(), premodel, ladder);
    }
    return 0;
  } catch (error) {
    if (!stop.aborted) throw error;
    teller.stop();
    process.stderr.write('weir: stopped before everything was measured\n');
    return 1;
  } finally {
    teller.stop();
    device.stop();
    await pool?.stop();
  }
}

/**
 * Those of the premodel, the reference, and those asked for: by default every rung that looks at the whole, of precision twins the
 * first.
 *
 * @throws WeirError `unknown-rung`
 */
function rungsToMeasure(ladder: Ladder, premodel: Premodel | null, asked: readonly string[] | undefined): Rung[] {
  const used = premodel?.rungs.map(({ id }) => id) ?? [];
  const more = asked?.includes('all') ? ladder.rungs.map(({ id }) => id) : chooseSubset(ladder, asked ?? null);
  return ladder.rungs.filter(({ id }) => id === ladder.reference || used.includes(id) || more.includes(id));
}

/** @throws WeirError `premodel-missing` where something is asked for that only a premodel gives */
function requireNoPremodel({ operatingPoint, modes }: EvaluateOptions, ladder: Ladder): void {
  const asked = operatingPoint === undefined ? 'mode select' : `operating point ${operatingPoint}`;
  if (operatingPoint === undefined && modes.some((mode) => mode !== 'select')) return;
  throw usageError(
    'premodel-missing',
    `${asked}: the ladder ${ladder.name} has no premodel`,
    'fit one with `weir train`, or name one with --premodel',
  );
}

function singlesOf(rungs: readonly Rung[]): Contestant[] {
  return rungs.map((rung) => {
    const policy = untrainedPolicy({ kind: 'fixed', rung: rung.id }, [rung]);
    return { kind: 'rung', id: rung.id, policy };
  });
}

/** What the daemon does without a premodel; of the rungs asked for, if some are. */
function plainCascade(
  ladder: Ladder,
  timings: readonly RungTiming[],
  asked: readonly string[] | undefined,
): Contestant {
  const subset = chooseSubset(ladder, asked?.includes('all') ? null : (asked ?? null));
  const used = ladder.rungs.filter(({ id }) => subset.includes(id));
  const policy = untrainedPolicy({ kind: 'cascade' }, fastestFirst(used, timings));
  return { kind: 'policy', mode: 'cascade', operatingPoint: 'default', policy };
}

/** @throws WeirError `operating-point-unknown` */
function policiesOf(premodel: Premodel, { operatingPoint, modes }: EvaluateOptions): Contestant[] {
  const points = operatingPoint === undefined ? POINT_NAMES : [operatingPoint];
  return modes.flatMap((mode) =>
    points.map((point): Contestant => {
      const policy = trainedPolicy(premodel, mode, point);
      return { kind: 'policy', mode, operatingPoint: point, policy };
    }),
  );
}
