import { bestSingle, type ConditionFigures, type PolicyFigures } from '../evaluation/figures.ts';
import { count, percent, pointsRange, signedPoints } from './format.ts';
import { headlinePolicy, policyName } from './headline.ts';
import type { Markup } from './html.ts';
import { table } from './page.ts';

/** What each single rung is worth. */
export function rungTable(name: string, figures: ConditionFigures, reference: string): Markup {
  const best = bestSingle(figures, reference).id;
  const sign = (id: string) => `${id === reference ? ' (reference)' : ''}${id === best ? ' (best single)' : ''}`;
  return table(
    `Single rungs, ${name}, ${count(figures.images)} images. Best single: the fastest that is right as often as the reference, within half a point.`,
    ['rung', 'top-1', 'top-5', 'mean ms', 'median ms', '95th percentile ms', 'million MACs'],
    [
      ...figures.rungs.map((rung) => ({
        cells: [
          rung.id + sign(rung.id),
          percent(rung.top1),
          percent(rung.top5),
          rung.meanMs.toFixed(2),
          rung.medianMs.toFixed(2),
          rung.p95Ms.toFixed(2),
          count(Math.round(rung.macsMillions)),
        ],
        marked: rung.id === reference,
      })),
      {
        cells: [
          'oracle',
          percent(figures.oracle.top1),
          '–',
          figures.oracle.meanMs.toFixed(2),
          '–',
          '–',
          count(Math.round(figures.oracle.meanMacsMillions)),
        ],
      },
    ],
  );
}

/** What each policy is worth. */
export function policyTable(name: string, figures: ConditionFigures, reference: string): Markup {
  const best = bestSingle(figures, reference);
  const first = headlinePolicy(figures.policies);
  const row = (policy: PolicyFigures) => [
    policyName(policy),
    percent(policy.top1),
    percent(policy.top5),
    `${signedPoints(policy.accuracyGainVsTop)} (${pointsRange(policy.ci.accuracyGainVsTop)})`,
    policy.meanMs.toFixed(2),
    `${policy.speedupVsTop.toFixed(2)}×`,
    `${policy.speedupVsTopTotal.toFixed(2)}×`,
    `${signedPoints(policy.top1 - best.top1)} at ${(best.meanMs / policy.meanMs).toFixed(2)}×`,
    count(Math.round(policy.meanMacsMillions)),
    policy.meanRungsRun.toFixed(2),
    policy.decisionOverheadMs.toFixed(2),
    entryScores(policy),
  ];
  const head = [
    'policy',
    'top-1',
    'top-5',
    'points against the reference (95 % interval)',
    'mean ms',
    'less model time',
    'less time in all',
    'against the best single',
    'million MACs',
    'rungs run',
    'deciding ms',
    'entry F1 (precision, recall)',
  ];
  return table(
    `Policies, ${name}, ${count(figures.images)} images. “Less time”: the reference’s mean time over the policy’s. Best single: ${best.id}.`,
    head,
    figures.policies.map((policy) => ({ cells: row(policy), marked: policy === first })),
  );
}

/** Where each policy's images end, a column per rung. */
export function sharesTable(rungs: readonly string[], { policies }: ConditionFigures): Markup {
  return table(
    'Share of images by the rung that gave the answer.',
    ['policy', ...rungs],
    policies.map((policy) => ({
      cells: [policyName(policy), ...rungs.map((id) => percent(policy.shareByRung[id] ?? 0))],
    })),
  );
}

function entryScores({ entryPrecision, entryRecall, entryF1 }: PolicyFigures): string {
  if (entryPrecision === null || entryRecall === null || entryF1 === null) return '–';
  return `${entryF1.toFixed(2)} (${entryPrecision.toFixed(2)}, ${entryRecall.toFixed(2)})`;
}
