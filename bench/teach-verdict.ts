import { percent } from '../src/words.ts';
import type { BenchRow } from './report.ts';

/** What the rows of all clips together come to, in a few lines: what is right, in how much less time, and what has to be beaten. */
export function teachVerdict(rows: readonly BenchRow[]): string[] {
  const find = (figure: string, variant?: string) =>
    rows.find((row) => row.case === 'all' && row.figure === figure && (variant ?? row.variant) === row.variant);
  const [own, top, gain] = ['accuracy', 'accuracyTop', 'accuracyGainVsTop'].map((figure) => find(figure, 'weir'));
  const [run, total] = ['speedupVsTop', 'speedupVsTopTotal'].map((figure) => find(figure, 'weir'));
  if (own === undefined || top === undefined || run === undefined) return [];
  const range = gain?.ci === undefined ? '' : `, 95 % interval ${points(gain.ci[0])} to ${points(gain.ci[1])}`;
  const best = find('bestSingleSpeedupVsTop');
  const alone = best === undefined ? undefined : find('accuracy', best.variant);
  const left = rows.filter(({ figure }) => figure === 'leftOut').length;
  return [
    `verdict over all clips (${own.n} scored frames):`,
    `  Weir is right on ${percent(own.value)}, the reference alone on ${percent(top.value)} (${points(own.value - top.value)} points${range})`,
    `  in ${times(run)} less time of models${total === undefined ? '' : `, ${times(total)} from the decoded frame to the label`}`,
    best === undefined
      ? '  no single rung is as right as the reference'
      : `  best single rung as right as the reference, known with hindsight: ${best.variant.replace(/^rung:/, '')}, ${percent(alone?.value ?? Number.NaN)} right, in ${times(best)} less time`,
    ...(left === 0 ? [] : [`  left out: ${left} (rows leftOut say why)`]),
  ];
}

function times({ value }: BenchRow): string {
  return `${value.toFixed(1)} times`;
}

function points(ratio: number): string {
  return `${ratio < 0 ? '' : '+'}${(ratio * 100).toFixed(2)}`;
}
