import { FEATURES } from '../features/catalogue.ts';
import { type HeadFile, type TaughtQuestion, toHeadFile } from '../heads/artifact.ts';
import { applyHead } from '../heads/head.ts';
import type { Caution } from '../premodel/caution.ts';
import { type Fit, fitPremodel, type Progress } from '../premodel/fit.ts';
import { DEFAULT_LOSS, type Target } from '../premodel/targets.ts';
import { UNLABELLED, ZERO } from '../words.ts';
import type { Checked } from './check.ts';
import { chooseRungs } from './choose.ts';
import { type CandidateFit, fitCandidate } from './cross.ts';
import { type Material, materialOf } from './head-fit.ts';
import type { TaughtTruth, TeachInput } from './input.ts';
import { type Lessons, lessonsOf, rowsOfAny } from './lessons.ts';
import { type Split, splitByTime } from './moments.ts';
import { playClimb } from './play.ts';
import type { QuestionReport } from './question-report.ts';
import { fitReuse, sameAnswer } from './reuse-fit.ts';
import type { ScenePair } from './scene-pairs.ts';
import { reportOf } from './summary.ts';
import { taughtLessons } from './teacher.ts';
import { accuracyOf, unpaying } from './worth.ts';
import { zeroMaterial } from './zero-material.ts';

/** Tried by hand on a few clips, halves of their footage and disturbances of its frames; no claim that they are best elsewhere. */
const CAUTION: Caution = { unusual: 0.1, hope: 0.9, price: 0.3, recalled: [1, 0] };

/** A question that was taught. */
export interface TaughtResult {
  readonly question: TaughtQuestion;
  readonly report: QuestionReport;
  readonly warnings: readonly string[];
  /** Of every candidate, whether it is in use or not. */
  readonly candidateHeads: Readonly<Record<string, HeadFile>>;
}

/** Candidates and the reference's place among them. */
interface Fitted {
  readonly id: string;
  readonly costMs: number;
  readonly material: Material;
  readonly fit: CandidateFit;
}

/**
 * Fits heads of every candidate, and the premodel on what they say of frames that they have not seen.
 *
 * @param background `uint8 [48][48][3]`
 * @param pairs of the samples, by which it is seen how long an answer stays
 */
export function teachQuestion(
  input: TeachInput,
  { question, kept }: Checked,
  background: Uint8Array,
  pairs: readonly ScenePair[],
  progress: Progress,
): TaughtResult {
  const warnings: string[] = [];
  const classes = question.classes.length + 1;
  const split = splitByTime(input, question.truth, kept);
  const truth = Int32Array.from(split.rows, (row) => question.truth[row] ?? 0);
  const { fitted, byTeacher } = fitCandidates(input, question, split, background, progress, warnings);
  const chosen = chooseRungs(
    fitted.map(({ id, costMs, fit }) => ({ id, costMs, losses: fit.lossByMoment })),
    input.ladder.reference,
  );
  const { target, warnings: ofTarget } = tellable(input.target, truth.length);
  const fitSubset = (subset: readonly string[]) =>
    fitPremodel(
      {
        ladder: input.ladder,
        classes,
        rungs: fitted,
        logits: fitted.map(({ fit }) => fit.outOfFold),
        truth,
        features: pickRows(input.features, FEATURES.length, split.rows),
        featuresMs: input.featuresMs,
        keys: split.rows.map((row) => input.keys[row] ?? ''),
        groups: Int32Array.from(split.rows, (row) => split.moments[row] ?? 0),
        folds: Uint8Array.from(split.rows, (row) => split.folds[row] ?? 0),
        foldCount: split.foldCount,
        conditions: new Uint8Array(split.rows.length),
        conditionNames: ['all'],
        truthKind: 'labels',
        subset,
        target,
        seed: input.seed,
        circumstances: input.circumstances,
        caution: CAUTION,
      },
      progress,
    );
  const { premodel, warnings: more } = fitPaying(chosen, fitSubset);
  const byId = new Map(fitted.map((own) => [own.id, own]));
  const unlabelled = rowsOf(question.truth, UNLABELLED);
  const played = playClimb(premodel, classes, split.rows.length, (id, at, into) => {
    into.set((byId.get(id) as Fitted).fit.outOfFold.subarray(at * classes, (at + 1) * classes));
  });
  const rest = playClimb(premodel, classes, unlabelled.length, (id, at, into) => {
    const { fit, material } = byId.get(id) as Fitted;
    const row = unlabelled[at] ?? 0;
    applyHead(fit.head, material.raw.subarray(row * material.d, (row + 1) * material.d), into);
  });
  const doubts = {
    unlabelled: unlabelled.map((row, at) => ({ row, likely: rest.likely[at] ?? 0 })),
    // A label that the climb is sure is another may be a slip.
    labelled: split.rows.flatMap((row, at) =>
      played.answers[at] === truth[at] ? [] : [{ row, likely: 1 - (played.likely[at] ?? 0) }],
    ),
  };
  const report = reportOf({ input, question, split, fitted, premodel, played, truth, byTeacher, doubts });
  warnings.push(
    ...[...ofTarget, ...more].map((warning) => `question "${question.id}": ${warning}`),
    ...report.warnings,
  );
  const reference = byId.get(input.ladder.reference) as Fitted;
  const reuse = fitReuse(pairs, sameAnswer(reference.material, reference.fit.head, question.truth));
  const pupils = unlabelled.length === 0 ? 0 : byTeacher.reduce((sum, count) => sum + count, 0) / unlabelled.length;
  return {
    question: {
      id: question.id,
      ...(question.text === null ? {} : { text: question.text }),
      classes: question.classes.map(({ name, meaning }, k) => ({
        name,
        ...(meaning === undefined ? {} : { meaning }),
        examples: question.truth.filter((label) => label === k).length,
      })),
      heads: Object.fromEntries(premodel.rungs.map(({ id }) => [id, toHeadFile((byId.get(id) as Fitted).fit.head)])),
      premodel,
      ...(reuse === null ? {} : { reuse }),
      taughtByTeacher: Number(pupils.toFixed(4)),
    },
    report: report.report,
    warnings,
    candidateHeads: Object.fromEntries(fitted.map(({ id, fit }) => [id, toHeadFile(fit.head)])),
  };
}

/**
 * Of few samples no loss smaller than one of them can be told: one odd frame would make every frame dear. So the usual target is
 * one of them at least. What was asked for stays as it is, and that is said.
 */
function tellable(target: Target, samples: number): { target: Target; warnings: readonly string[] } {
  if (target.kind === 'cost-ratio' || target.value * samples >= 1) return { target, warnings: [] };
  if (target.value === DEFAULT_LOSS) {
    const value = 1 / samples;
    // A taught camera has one condition: what is allowed on the whole is allowed under it.
    const lossPerCondition = target.lossPerCondition && Math.max(target.lossPerCondition, value);
    return { target: { ...target, value, lossPerCondition }, warnings: [] };
  }
  const asked = `a loss of at most ${target.value} is less than one of ${samples} labelled frames`;
  const why = 'a single odd one decides how dear every frame is; label more, or allow more with --target-accuracy-loss';
  return { target, warnings: [`${asked}: ${why}`] };
}

/** Leaves out, one after the other, what does not pay for itself in time, as long as answers are as right without it. */
function fitPaying(chosen: readonly string[], fitSubset: (subset: readonly string[]) => Fit): Fit {
  let fit = fitSubset(chosen);
  for (let subset = chosen; ; ) {
    const dear = unpaying(fit.premodel);
    if (dear === null) return fit;
    subset = subset.filter((id) => id !== dear);
    const without = fitSubset(subset);
    if (accuracyOf(without.premodel) < accuracyOf(fit.premodel)) return fit;
    fit = without;
  }
}

/** The reference first: it may teach the others. */
function fitCandidates(
  input: TeachInput,
  question: TaughtTruth,
  split: Split,
  background: Uint8Array,
  progress: Progress,
  warnings: string[],
): { fitted: Fitted[]; byTeacher: readonly number[] } {
  const { truth, classes } = question;
  const count = truth.length;
  const total = input.rungs.length + (input.useZero ? 1 : 0);
  let done = 0;
  const tell = () => progress(`heads of ${question.id}`, done++, total);
  const hand = lessonsOf(split, truth);
  const fitRung = (at: number, lessons: Lessons): Fitted => {
    tell();
    const { id, costMs, dimensions } = input.rungs[at] as TeachInput['rungs'][number];
    const material = materialOf(input.embeddings[at] as Float32Array, dimensions, 'root', rowsOfAny(lessons));
    return { id, costMs, material, fit: fitCandidate(material, lessons, split, truth, classes.length) };
  };
  const referenceAt = input.rungs.findIndex(({ id }) => id === input.ladder.reference);
  const reference = fitRung(referenceAt, hand);
  const unlabelled = input.teacher ? rowsOf(truth, UNLABELLED) : [];
  const taught =
    unlabelled.length === 0 ? null : taughtLessons(hand, split, reference.fit, reference.material, unlabelled, truth);
  if (unlabelled.length > 0 && taught === null) {
    warnings.push(
      `question "${question.id}": ${reference.id} is not reliably sure of any frame without a label, so none taught the other rungs: label more moments`,
    );
  }
  const byTeacher = taught?.counts ?? classes.map(() => 0);
  const sure = byTeacher.reduce((sum, own) => sum + own, 0);
  if (taught !== null && taught.taught < sure) {
    warnings.push(
      `question "${question.id}": ${reference.id} labelled ${sure} frames that nobody had; ${taught.taught} of them, evenly over all, taught the other rungs`,
    );
  }
  const lessons = taught?.lessons ?? hand;
  const fitted: Fitted[] = [];
  if (input.useZero) {
    tell();
    const { material, lessons: shifted } = zeroMaterial(input.rasters, count, background, lessons);
    fitted.push({
      id: ZERO,
      costMs: input.zeroMs,
      material,
      fit: fitCandidate(material, shifted, split, truth, classes.length),
    });
  }
  for (const at of input.rungs.keys()) fitted.push(at === referenceAt ? reference : fitRung(at, lessons));
  return { fitted, byTeacher };
}

function rowsOf(truth: Int32Array, label: number): number[] {
  return [...truth.keys()].filter((row) => truth[row] === label);
}

function pickRows(values: Float64Array, columns: number, rows: readonly number[]): Float64Array {
  const out = new Float64Array(rows.length * columns);
  for (const [at, row] of rows.entries()) out.set(values.subarray(row * columns, (row + 1) * columns), at * columns);
  return out;
}
