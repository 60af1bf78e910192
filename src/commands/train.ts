import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { writeArtifact } from '../artifact/write.ts';
import { loadConfig } from '../config/load.ts';
import { type RungTable, rungTable } from '../dataset/rung-table.ts';
import type { Sample } from '../dataset/sample.ts';
import { usageError, WeirError } from '../errors.ts';
import { checkModels, chooseSubset, ladderPath, readLadder } from '../infer/ladder.ts';
import { type OperatingPoint, type Premodel, premodelFingerprint, premodelText } from '../premodel/artifact.ts';
import { USUAL_CONFIDENCE } from '../premodel/difference.ts';
import { requireEnough } from '../premodel/fit-input.ts';
import type { FitReport } from '../premodel/fit-report.ts';
import { fitInThread } from '../premodel/fit-thread.ts';
import { joinedGroups } from '../premodel/groups.ts';
import { Redactor } from '../secrets.ts';
import { SYSTEM_CLOCK } from '../service/clock.ts';
import { stateDirectory } from '../service/state-dir.ts';
import type { Ladder, Rung } from '../types.ts';
import { percent } from '../words.ts';
import { requireDestination } from './destination.ts';
import { planEngine } from './engine.ts';
import { FOLDS, toFitInput } from './fit-input.ts';
import { withReuse } from './footage-reuse.ts';
import { ProgressTeller } from './progress.ts';
import { readSamples, type SampleOptions } from './samples.ts';
import { print } from './shell.ts';
import { stoppedWords } from './stopped-words.ts';
import { type TargetOptions, targetOf } from './target.ts';

export interface TrainOptions extends SampleOptions, TargetOptions {
  /** `all`: also the slower of precision twins. */
  readonly candidates?: boolean | 'all';
  readonly rungs?: readonly string[];
  readonly seed: number;
  readonly out: string;
  readonly report?: string;
  readonly ladder?: string;
  readonly cache?: string;
  readonly stateDir?: string;
  readonly json?: boolean;
}

/** Fits a premodel and writes it. */
export async function train(options: TrainOptions, stop: AbortSignal): Promise<number> {
  const config = await loadConfig({ path: null, env: process.env, redactor: new Redactor() });
  const target = targetOf(options);
  const ladder = await readLadder(ladderPath(options.ladder ?? config.ladder));
  const { rungs, subset } = await rungsFor(options, ladder);
  if (options.footage !== undefined && subset !== null && !subset.includes(ladder.reference)) {
    process.stderr.write(
      `weir: the reference ${ladder.reference} is added to the rungs: without labels, its answers are the truth\n`,
    );
    subset.push(ladder.reference);
  }
  await checkModels(rungs);
  await requireDestination(options.out);
  await requireDestination(options.report && join(options.report, 'index.html'));
  const cache = options.cache ?? join(stateDirectory(options.stateDir, process.env), 'outcomes');
  const teller = new ProgressTeller();
  try {
    const samples = await readSamples(options, { ladder, scratch: cache, progress: teller.update, stop });
    requireClasses(samples);
    requireEnough(joinedGroups(samples), FOLDS);
    const table = await rungTable(samples, {
      ladder,
      rungs,
      fasterTwinsOnly: options.candidates === true,
      slots: availableParallelism(),
      session: config.inference,
      clock: SYSTEM_CLOCK,
      cache,
      progress: teller.update,
      stop,
    });
    const input = toFitInput(ladder, table, { subset, target, seed: options.seed });
    stop.throwIfAborted();
    const fit = await fitInThread(input, teller.update, stop);
    const report = {
      ...fit,
      premodel: await withReuse(fit.premodel, table, ladder, { progress: teller.update, stop }),
    };
    teller.stop();
    await writeArtifact(options.out, premodelText(report.premodel));
    if (options.report !== undefined) {
      const { writeTrainingReport } = await import('../report/training.ts');
      await writeTrainingReport(options.report, report, table.skipped);
    }
    tell(options, report, table);
    return 0;
  } catch (error) {
    if (stop.aborted) {
      const { stage } = teller;
      teller.stop();
      process.stderr.write(`weir: ${stoppedWords(stage, cache)}\n`);
      return 1;
    }
    throw error;
  } finally {
    teller.stop();
  }
}

/** The rungs to measure, and the subset if it is not to be chosen. */
async function rungsFor(options: TrainOptions, ladder: Ladder): Promise<{ rungs: Rung[]; subset: string[] | null }> {
  const byId = (ids: readonly string[]) => ladder.rungs.filter(({ id }) => ids.includes(id) || id === ladder.reference);
  if (options.candidates) {
    const asked = options.rungs === undefined ? ladder.rungs.map(({ id }) => id) : chooseSubset(ladder, options.rungs);
    return { rungs: byId(asked), subset: null };
  }
  if (options.rungs !== undefined) {
    const subset = chooseSubset(ladder, options.rungs);
    return { rungs: byId(subset), subset };
  }
  const plan = await planEngine({
    ladder: options.ladder ?? ladder.name,
    premodel: null,
    rungs: null,
    uses: [{ mode: { kind: 'hybrid' }, operatingPoint: null }],
  }).catch((error: unknown) => {
    // A premodel of an older ladder beside it is just what is to be replaced.
    if (error instanceof WeirError && error.code.startsWith('premodel-')) return null;
    throw error;
  });
  const subset = [...(plan?.subset ?? chooseSubset(ladder, null))];
  return { rungs: byId(subset), subset };
}

function requireClasses(samples: readonly Sample[]): void {
  const [first] = samples;
  if (samples.some(({ truth }) => truth === null || truth !== first?.truth)) return;
  const remedy = 'give images of the classes that the cameras will see';
  throw usageError('dataset-one-class', 'all images are of one class', remedy);
}

function tell({ out, json }: TrainOptions, { premodel, warnings }: FitReport, table: RungTable): void {
  for (const { name, reason } of table.skipped) process.stderr.write(`weir: left out ${name}: ${reason}\n`);
  for (const text of [...table.notices, ...warnings]) process.stderr.write(`weir: ${text}\n`);
  if (json)
    return print(
      JSON.stringify({ out, fingerprint: premodelFingerprint(premodel), skipped: table.skipped.length, premodel }),
    );
  print(`${out}: ${premodel.rungs.map(({ id }) => id).join(' → ')}`);
  const total = Object.values(premodel.fitted.samples).reduce((sum, count) => sum + count, 0);
  const { reference } = premodel;
  print(
    `fitted on ${total} images (${table.skipped.length} could not be read), against ${reference.id} alone (${percent(reference.accuracy)} right):`,
  );
  for (const point of namedPoints(premodel)) print(point);
}

function namedPoints({ modes, fitted }: Premodel): string[] {
  const confidence = `${Number(((fitted.target.confidence ?? USUAL_CONFIDENCE) * 100).toFixed(2))} %`;
  return modes.hybrid
    .filter(({ name }) => name !== undefined)
    .flatMap(({ name = '', expected }) => {
      const { crossFitted } = expected;
      const own = `  ${name.padEnd(9)} ${gainWords(expected, confidence)}`;
      if (crossFitted === undefined) return [own];
      const where = 'thresholds chosen on one half, judged on the other';
      return [own, `${' '.repeat(12)}${gainWords(crossFitted, confidence)}: ${where}`];
    });
}

function gainWords({ accuracyGainVsTop: gain, interval: [low, high], costRatio }: Gain, confidence: string): string {
  const range = `${(low * 100).toFixed(1)} to ${(high * 100).toFixed(1)}`;
  return `${gain < 0 ? '' : '+'}${(gain * 100).toFixed(2)} points (${confidence}: ${range}) ${timeWords(costRatio)}`;
}

type Gain = Pick<OperatingPoint['expected'], 'accuracyGainVsTop' | 'interval' | 'costRatio'>;

/** Against the reference's time. */
function timeWords(costRatio: number): string {
  return costRatio <= 1
    ? `in ${(1 / costRatio).toFixed(2)} times less time`
    : `in ${costRatio.toFixed(2)} times the time`;
}
