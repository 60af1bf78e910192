import { notPinnedWarning } from '../terminal/clocks.ts';
import { alignedRows } from '../terminal/table.ts';
import { percent } from '../words.ts';
import { bestSingle, type ConditionFigures, type Evaluation, type PolicyFigures } from './figures.ts';

/** An evaluation as tables for a terminal. @param reasons why the clocks are as they are */
export function evaluationTables(
  { ladder, device, dataset, conditions }: Evaluation,
  reasons: readonly string[],
): string[] {
  const { state } = device.clock;
  const clock = state === 'pinned' ? [] : [notPinnedWarning(state, reasons)];
  const head = `${ladder.name} on ${device.name}: ${dataset.images} images of ${dataset.classes} classes${dataset.skipped > 0 ? `, ${dataset.skipped} could not be read` : ''}`;
  const entries = Object.entries(conditions);
  const shown = entries.length === 2 ? entries.slice(0, 1) : entries; // a single named condition is all
  return [...clock, head, ...shown.flatMap(([name, figures]) => conditionTables(name, figures, ladder.reference))];
}

function conditionTables(name: string, figures: ConditionFigures, reference: string): string[] {
  const best = bestSingle(figures, reference);
  const { oracle } = figures;
  return [
    '',
    `${name}: ${figures.images} images; reference ${reference}, best single rung for its time ${best.id}`,
    ...table(
      ['rung', 'top-1', 'top-5', 'mean ms', 'median', 'p95', 'MMACs'],
      figures.rungs.map((rung) => [
        rung.id + (rung.id === reference ? ' *' : ''),
        bare(rung.top1),
        bare(rung.top5),
        rung.meanMs.toFixed(2),
        rung.medianMs.toFixed(2),
        rung.p95Ms.toFixed(2),
        rung.macsMillions.toFixed(0),
      ]),
    ),
    '',
    ...table(
      [
        'policy',
        'top-1',
        'gain vs reference (95 %)',
        'x less',
        'total',
        'vs best single',
        'rungs',
        'decide ms',
        'entry F1',
        'ends on',
      ],
      figures.policies.map((policy) => [
        `${policy.mode} ${policy.operatingPoint}`,
        bare(policy.top1),
        `${signed(policy.accuracyGainVsTop)} (${policy.ci.accuracyGainVsTop.map(signed).join(' to ')})`,
        policy.speedupVsTop.toFixed(2),
        policy.speedupVsTopTotal.toFixed(2),
        `${signed(policy.top1 - best.top1)} at ${(best.meanMs / policy.meanMs).toFixed(2)}x`,
        policy.meanRungsRun.toFixed(2),
        policy.decisionOverheadMs.toFixed(2),
        policy.entryF1?.toFixed(2) ?? '–',
        shares(policy),
      ]),
    ),
    `oracle (cheapest right rung): ${bare(oracle.top1)} in ${oracle.meanMs.toFixed(2)} ms`,
  ];
}

function shares({ shareByRung }: PolicyFigures): string {
  return Object.entries(shareByRung)
    .filter(([, share]) => share > 0)
    .map(([id, share]) => `${id} ${percent(share, 0)}`)
    .join(', ');
}

/** The name of a row and what ends it are text. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  return alignedRows([head, ...rows], (column) => column === 0 || column === head.length - 1);
}

/** In percent, which a column of nothing else need not say. */
function bare(ratio: number): string {
  return (ratio * 100).toFixed(1);
}

/** In points. */
function signed(ratio: number): string {
  return `${ratio < 0 ? '' : '+'}${(ratio * 100).toFixed(1)}`;
}
