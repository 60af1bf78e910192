import type { Trials } from '../cascade/scoring.ts';
import type { ConditionFigures } from '../evaluation/figures.ts';
import type { Contestant, ContestResult } from '../evaluation/summary.ts';
import { reliability } from '../premodel/calibration.ts';
import { stackedBars } from './bars.ts';
import { confusionOf, heatTable } from './confusion.ts';
import { sharesTable } from './evaluation-tables.ts';
import { circled } from './format.ts';
import { headlinePolicy, policyName } from './headline.ts';
import { type Content, html } from './html.ts';
import { figure } from './page.ts';
import { MODE_MARKS, MODES } from './palette.ts';
import { reliabilityFigure } from './reliability-chart.ts';

type PolicyEntry = Extract<Contestant, { kind: 'policy' }> & { readonly trials: Trials };

/** The policies of a contest with what they did. */
export function policiesOf({ contestants, trials }: ContestResult): PolicyEntry[] {
  return contestants.flatMap((one, k) => {
    const own = trials[k];
    return one.kind === 'policy' && own !== undefined ? [{ ...one, trials: own }] : [];
  });
}

/** What a single rung did with every sample. */
export function trialsOfRung({ contestants, trials }: ContestResult, id: string): Trials | null {
  return trials[contestants.findIndex((one) => one.kind === 'rung' && one.id === id)] ?? null;
}

/** Which rung each policy's frames ended on. */
export function sharesFigure(figures: ConditionFigures): Content {
  const { rungs, policies } = figures;
  const used = rungs.map(({ id }) => id).filter((id) => policies.some(({ shareByRung }) => (shareByRung[id] ?? 0) > 0));
  const drawing = stackedBars(
    'Share of images that end on each rung, one bar per policy; the numbers are in the table of policies.',
    used,
    policies.map((policy) => ({
      name: policyName(policy),
      shares: used.map((id) => policy.shareByRung[id] ?? 0),
    })),
  );
  const key = used.map((id, rung) => html`${rung === 0 ? '' : ', '}${circled(rung)} ${id}`);
  return figure(
    'Where images end',
    drawing,
    html`Share of images by the rung that gave the answer, cheapest at the left: ${key}.
<details><summary>As numbers</summary>${sharesTable(used, figures)}</details>`,
  );
}

/** How far the policies' own certainty can be trusted, one curve per mode at its main point; null where none gave any. */
export function certaintyFigure(result: ContestResult): Content {
  const all = policiesOf(result);
  const curves = MODES.flatMap((mode) => {
    const own = all.filter((policy) => policy.mode === mode);
    const policy = own.find(({ operatingPoint }) => operatingPoint === 'balanced') ?? own[0];
    if (policy === undefined) return [];
    const { predicted, right } = policy.trials;
    const known = result.rows.filter((row) => Number.isFinite(predicted[row]));
    if (known.length === 0) return [];
    const bins = reliability(
      known.map((row) => predicted[row] ?? 0),
      known.map((row) => right[row] ?? 0),
    );
    return [{ name: policyName(policy), mark: MODE_MARKS[mode], bins }];
  });
  if (curves.length === 0) return null;
  return reliabilityFigure(
    'How far its certainty can be trusted',
    curves,
    'Images in ten groups by the probability of being right that the policy gave its answer. On the dashed line it is just as right as it says; below it is too sure of itself.',
  );
}

/** Where the main policy entered and ended, against the cheapest rung that would have been right. */
export function confusionTables(result: ContestResult): Content {
  const policy = headlinePolicy(policiesOf(result));
  if (policy === null) return null;
  const { rungs, began, ended } = policy.trials;
  const alone = rungs.map((id) => trialsOfRung(result, id)?.right ?? new Uint8Array(0));
  const name = policyName(policy);
  const told = (verb: string) =>
    `${name}: rung at which images ${verb}, by the cheapest rung that alone is right on them. Bold: just right. Left of it more was spent than needed, right of it less.`;
  const heat = (verb: string, down: string, taken: ArrayLike<number>) =>
    heatTable({
      caption: told(verb),
      down,
      across: 'cheapest right rung',
      rows: rungs,
      columns: [...rungs, 'none of them'],
      counts: confusionOf(taken, alone, result.rows),
    });
  return html`${heat('entered', 'entered at', began)}
${heat('ended', 'ended on', ended)}`;
}
