import { mean } from '../cascade/statistics.ts';
import { rightOf } from '../premodel/answers.ts';
import type { Premodel } from '../premodel/artifact.ts';
import { reliability } from '../premodel/calibration.ts';
import { intervalOf, pairedDifference, USUAL_CONFIDENCE } from '../premodel/difference.ts';
import { operatingPoint } from '../premodel/judge.ts';
import { percent } from '../words.ts';
import type { CandidateFit } from './cross.ts';
import type { TaughtTruth, TeachInput } from './input.ts';
import type { Split } from './moments.ts';
import type { Played } from './play.ts';
import type { QuestionReport } from './question-report.ts';
import { leastSure } from './unsure.ts';

/** What a report is made of. */
export interface ReportParts {
  readonly input: TeachInput;
  readonly question: TaughtTruth;
  readonly split: Split;
  readonly fitted: readonly { readonly id: string; readonly costMs: number; readonly fit: CandidateFit }[];
  readonly premodel: Premodel;
  /** The climb over the labelled samples, out of fold. */
  readonly played: Played;
  /** Of those, in the split's order. */
  readonly truth: Int32Array;
  readonly byTeacher: readonly number[];
  /** Frames without a label, and those whose label is not what the climb answers. */
  readonly doubts: Readonly<Record<'unlabelled' | 'labelled', Parameters<typeof leastSure>[0]>>;
}

/** From fewer moments of a class nothing can be told of how it looks at another time. */
const FEW_MOMENTS = 2;

export function reportOf({ input, question, split, fitted, premodel, played, truth, byTeacher, doubts }: ReportParts): {
  report: QuestionReport;
  warnings: string[];
} {
  const classes = question.classes.length + 1;
  const rungs = premodel.rungs.map(({ id }) => id);
  const { expected } = operatingPoint(premodel, 'cascade', 'balanced');
  const counts = question.classes.map((_, k) => question.truth.filter((label) => label === k).length);
  const confusion = question.classes.map(() => Array.from({ length: classes }, () => 0));
  for (const [at, label] of truth.entries()) {
    const row = confusion[label];
    const answer = played.answers[at] ?? 0;
    if (row !== undefined) row[answer] = (row[answer] ?? 0) + 1;
  }
  const report: QuestionReport = {
    id: question.id,
    text: question.text,
    classes: question.classes.map(({ name }, k) => ({ name, examples: counts[k] ?? 0, byTeacher: byTeacher[k] ?? 0 })),
    candidates: fitted.map(({ id, costMs, fit }) => ({
      id,
      costMs,
      accuracy: mean(rightOf(fit.outOfFold, truth, classes)),
      logLoss: fit.logLoss,
      isUsed: rungs.includes(id),
    })),
    reference: input.ladder.reference,
    rungs,
    expected: {
      accuracy: expected.accuracy,
      accuracyGainVsTop: expected.accuracyGainVsTop,
      interval: expected.interval,
      speedup: 1 / expected.costRatio,
      shareByRung: expected.shareByRung,
    },
    confusion,
    reliability: reliability(
      played.likely,
      Array.from(truth, (label, at) => (played.answers[at] === label ? 1 : 0)),
    ),
    unsure: leastSure(doubts.unlabelled, input),
    doubted: leastSure(doubts.labelled, input),
    samples: split.rows.length,
    moments: split.momentCount,
    cutMoments: split.cutCount,
  };
  return { report, warnings: warningsOf(question, split, counts, truth, played.answers) };
}

function warningsOf(
  question: TaughtTruth,
  split: Split,
  counts: readonly number[],
  truth: Int32Array,
  answers: Int32Array,
): string[] {
  const warnings: string[] = [];
  const frequent = counts.indexOf(Math.max(...counts));
  const right = Uint8Array.from(truth, (label, i) => (answers[i] === label ? 1 : 0));
  const always = Uint8Array.from(truth, (label) => (label === frequent ? 1 : 0));
  const groups = Int32Array.from(split.rows, (row) => split.moments[row] ?? 0);
  const [least] = intervalOf(pairedDifference(right, always, groups), USUAL_CONFIDENCE);
  // What gets most right is not doubted, however few its moments.
  const isBarely = mean(right) - mean(always) < (1 - mean(always)) / 2;
  if (isBarely && least <= 0) {
    warnings.push(
      `question "${question.id}": on frames that it has not seen the answer is right on ${percent(mean(right))}, which ${split.momentCount} moments cannot tell from saying always "${question.classes[frequent]?.name}" (${percent(mean(always))}): label more moments; or what is asked cannot be seen in these frames, or labels are wrong`,
    );
  }
  for (const [k, { name }] of question.classes.entries()) {
    const events = split.events[k] ?? 0;
    if (events >= FEW_MOMENTS) continue;
    warnings.push(
      `question "${question.id}": all examples of "${name}" are of one moment: how it looks at another cannot be known; label it at another time too`,
    );
  }
  return warnings;
}
