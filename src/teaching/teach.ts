import { createHash } from 'node:crypto';
import { mean } from '../cascade/statistics.ts';
import { FEATURES } from '../features/catalogue.ts';
import { type HeadFile, type Heads, toHeadFile } from '../heads/artifact.ts';
import { learnBackground } from '../heads/background.ts';
import { toBase64 } from '../heads/binary.ts';
import { ZERO } from '../heads/zero.ts';
import { answersOf, rightOf } from '../premodel/answers.ts';
import type { OperatingPoint, Premodel } from '../premodel/artifact.ts';
import type { Caution } from '../premodel/caution.ts';
import { fitPremodel, type Progress } from '../premodel/fit.ts';
import { chooseRungs } from './choose.ts';
import { type CandidateFit, fitCandidate } from './cross.ts';
import { materialOf } from './head-fit.ts';
import type { TaughtTruth, TeachInput } from './input.ts';
import { lessonsOf } from './lessons.ts';
import { type Split, splitByTime } from './moments.ts';
import type { QuestionReport, Teaching } from './report.ts';
import { zeroMaterial } from './zero-material.ts';

/** Found over several cameras, halves and disturbances of their frames, and flat around these values. */
const CAUTION: Caution = { unusual: 0.1, hope: 0.9, price: 0.3 };

/**
 * Teaches a camera's questions: a head per rung, and on top of them the premodel that says which rungs a frame needs. Pure and
 * deterministic; seconds of arithmetic, which belong in a thread of their own.
 *
 * @throws WeirError `teach-…` for what cannot be taught
 */
export function teach(input: TeachInput, progress: Progress): Teaching {
  const count = input.keys.length;
  const background = learnBackground(input.rasters, count);
  const candidates = [
    ...(input.useZero ? [{ id: ZERO, costMs: input.zeroMs, x: new Float32Array(0) }] : []),
    ...input.rungs.map(({ id, costMs }, at) => ({ id, costMs, x: input.embeddings[at] as Float32Array })),
  ];
  const questions: Heads['questions'] = [];
  const reports: QuestionReport[] = [];
  const warnings: string[] = [];
  const candidateHeads: Record<string, HeadFile>[] = [];
  for (const question of input.questions) {
    const split = splitByTime(input, question.truth);
    const lessons = lessonsOf(split, question.truth);
    const fits = candidates.map(({ id, x }, at) => {
      progress(`heads of ${question.id}`, at, candidates.length);
      const own =
        id === ZERO
          ? zeroMaterial(input.rasters, count, background, lessons)
          : { material: materialOf(x, x.length / count, 'root', lessons.final.rows), lessons };
      return { id, ...fitCandidate(own.material, own.lessons, split, question.truth, question.classes.length) };
    });
    const classes = question.classes.length + 1;
    const truth = Int32Array.from(split.rows, (row) => question.truth[row] ?? 0);
    const folds = Uint8Array.from(split.rows, (row) => split.folds[row] ?? 0);
    const subset = chooseRungs(
      candidates.map(({ id, costMs }, at) => ({ id, costMs, losses: fits[at]?.lossByMoment as Float64Array })),
      input.ladder.reference,
    );
    const fit = fitPremodel(
      {
        ladder: input.ladder,
        classes,
        rungs: candidates,
        logits: fits.map(({ outOfFold }) => outOfFold),
        truth,
        features: pickRows(input.features, FEATURES.length, split.rows),
        featuresMs: input.featuresMs,
        keys: split.rows.map((row) => input.keys[row] ?? ''),
        groups: Int32Array.from(split.rows, (row) => split.moments[row] ?? 0),
        folds,
        foldCount: split.foldCount,
        conditions: new Uint8Array(split.rows.length),
        conditionNames: ['all'],
        truthKind: 'labels',
        subset,
        target: input.target,
        seed: input.seed,
        circumstances: input.circumstances,
        caution: CAUTION,
      },
      progress,
    );
    warnings.push(...fit.warnings);
    candidateHeads.push(Object.fromEntries(fits.map(({ id, head }) => [id, toHeadFile(head)])));
    const { premodel } = fit;
    questions.push({
      id: question.id,
      ...(question.text === null ? {} : { text: question.text }),
      classes: question.classes.map(({ name, meaning }, k) => ({
        name,
        ...(meaning === undefined ? {} : { meaning }),
        examples: truth.filter((label) => label === k).length,
      })),
      heads: Object.fromEntries(
        premodel.rungs.map(({ id }) => [id, toHeadFile((fits.find((own) => own.id === id) as CandidateFit).head)]),
      ),
      premodel,
      taughtByTeacher: 0,
    });
    reports.push(reportOf(question, split, candidates, fits, truth, premodel, input));
  }
  const used = new Set(questions.flatMap(({ premodel }) => premodel.rungs.map(({ id }) => id)));
  const rungs = candidates
    .filter(({ id }) => used.has(id))
    .sort((a, b) => a.costMs - b.costMs)
    .map(({ id }) => id);
  const sources: Record<string, number> = {};
  for (const source of input.sources) sources[source] = (sources[source] ?? 0) + 1;
  const heads: Heads = {
    schema: 'weir.heads/1',
    camera: input.camera,
    ladder: { name: input.ladder.name, fingerprint: input.ladder.fingerprint },
    rungs,
    scene: { background: toBase64(background) },
    picture: input.picture,
    questions,
    fitted: {
      samples: count,
      sources,
      data: createHash('sha256')
        .update([...input.keys].sort().join('\n'))
        .digest('hex'),
      seed: input.seed,
      circumstances: input.circumstances,
      warnings,
    },
  };
  return { heads, report: { questions: reports, rungs }, warnings, candidateHeads };
}

function pickRows(values: Float64Array, columns: number, rows: readonly number[]): Float64Array {
  const out = new Float64Array(rows.length * columns);
  for (const [at, row] of rows.entries()) out.set(values.subarray(row * columns, (row + 1) * columns), at * columns);
  return out;
}

function reportOf(
  question: TaughtTruth,
  split: Split,
  candidates: readonly { id: string; costMs: number }[],
  fits: readonly CandidateFit[],
  truth: Int32Array,
  premodel: Premodel,
  input: TeachInput,
): QuestionReport {
  const classes = question.classes.length + 1;
  const rungs = premodel.rungs.map(({ id }) => id);
  const point = premodel.modes.cascade.find(({ name }) => name === 'balanced') as OperatingPoint;
  const last = fits[candidates.findIndex(({ id }) => id === point.rungs.at(-1))] as CandidateFit;
  const answers = answersOf(last.outOfFold, truth.length, classes);
  const confusion = question.classes.map((_, k) =>
    Array.from(
      { length: classes },
      (_, answer) => truth.filter((label, i) => label === k && answers[i] === answer).length,
    ),
  );
  return {
    id: question.id,
    text: question.text,
    classes: question.classes.map(({ name }, k) => ({
      name,
      examples: truth.filter((label) => label === k).length,
      byTeacher: 0,
    })),
    candidates: candidates.map(({ id, costMs }, at) => ({
      id,
      costMs,
      accuracy: mean(rightOf((fits[at] as CandidateFit).outOfFold, truth, classes)),
      logLoss: fits[at]?.logLoss ?? 0,
      isUsed: rungs.includes(id),
    })),
    reference: input.ladder.reference,
    rungs,
    expected: {
      accuracy: point.expected.accuracy,
      accuracyGainVsTop: point.expected.accuracyGainVsTop,
      interval: point.expected.interval,
      speedup: 1 / point.expected.costRatio,
      shareByRung: point.expected.shareByRung,
    },
    confusion,
    unsure: [],
    samples: split.rows.length,
    moments: split.momentCount,
  };
}
