import type { QuestionReport } from '../teaching/question-report.ts';
import { alignedRows } from '../terminal/table.ts';
import { percent } from '../words.ts';
import type { Taught } from './teach-job.ts';

/** What is printed for a person. */
export function teachingLines(out: string, isDefaultPlace: boolean, { teaching }: Taught): string[] {
  const { camera } = teaching.heads;
  return [
    ...teaching.report.questions.flatMap((question) => [...questionLines(question), '']),
    `${out}: ${teaching.report.rungs.join(' → ')}`,
    ...(isDefaultPlace
      ? [`a camera "${camera}" that uses this state directory finds it there`]
      : ['to use it, put this into the camera’s part of the configuration:', `    heads: ${out}`]),
  ];
}

/** For programs. */
export function teachingObject(out: string, { teaching, table, examples }: Taught): object {
  const { heads, report, warnings } = teaching;
  return {
    out,
    camera: heads.camera,
    rungs: report.rungs,
    questions: report.questions.map(({ unsure, doubted, ...question }) => ({
      ...question,
      unsure: unsure.map((row) => examples.samples[row]?.name ?? ''),
      doubted: doubted.map((row) => examples.samples[row]?.name ?? ''),
    })),
    skipped: table.skipped.length,
    warnings: [...examples.notices, ...table.notices, ...warnings],
  };
}

/** What is printed of one question. */
export function questionLines(question: Omit<QuestionReport, 'unsure' | 'doubted'>): string[] {
  const { id, text, classes, candidates, reference, rungs, expected, samples, moments } = question;
  const counts = classes.map(({ name, examples, byTeacher }) => {
    const more = byTeacher > 0 ? ` (+ ${byTeacher} by the teacher)` : '';
    return `${name} ${examples}${more}`;
  });
  const rows = candidates.map(({ id: rung, costMs, accuracy, isUsed }) => [
    `  ${isUsed ? '✓' : ' '} ${rung}`,
    `${costMs.toFixed(2)} ms`,
    percent(accuracy),
    rung === reference ? 'reference' : '',
  ]);
  const gain = expected.accuracyGainVsTop * 100;
  const [low, high] = expected.interval.map((value) => (value * 100).toFixed(1));
  const shares = rungs.map((rung) => `${rung} ${percent(expected.shareByRung[rung] ?? 0)}`);
  return [
    `${id}${text === null ? '' : `: ${text}`}`,
    `  ${samples} labelled frames of ${moments} moments: ${counts.join(', ')}`,
    '  right out of fold, each alone:',
    ...alignedRows(rows, (column) => column === 0 || column === 3).map((line) => line.trimEnd()),
    `  together: ${percent(expected.accuracy)} right (${gain < 0 ? '' : '+'}${gain.toFixed(2)} points against the reference, ${low} to ${high}) in ${expected.speedup.toFixed(1)} times less time`,
    `  ends on: ${shares.join(', ')}`,
  ];
}
