import type { ConditionFigures, Evaluation } from '../evaluation/figures.ts';
import type { ContestResult } from '../evaluation/summary.ts';
import type { Premodel } from '../premodel/artifact.ts';
import type { Ladder } from '../types.ts';
import { certaintyFigure, confusionTables, policiesOf, sharesFigure, trialsOfRung } from './decisions.ts';
import { policyTable, rungTable } from './evaluation-tables.ts';
import { headline, headlinePolicy, policyName } from './headline.ts';
import { type Content, html } from './html.ts';
import { mistakesGallery } from './mistakes.ts';
import { glossary, grid, writePage } from './page.ts';
import { tradeoffFigure, tradeoffLegend } from './tradeoff.ts';
import { DECIDING_TERMS } from './words.ts';

/** Writes the page of an evaluation: what was measured, for somebody who has never seen Weir. */
export async function writeEvaluationReport(
  dir: string,
  evaluation: Evaluation,
  result: ContestResult,
  premodel: Premodel | null,
  ladder: Ladder,
): Promise<void> {
  const { reference } = evaluation.ladder;
  const all = evaluation.conditions.all as ConditionFigures;
  const named = Object.entries(evaluation.conditions).filter(([name]) => name !== 'all');
  // A single named condition is the same images as `all`.
  const conditions = named.length > 1 ? named : [];
  const hasTruth = result.rows.every((row) => result.samples[row]?.truth !== null);
  await writePage(dir, `Evaluation of ${ladder.name}`, [
    headline(evaluation, hasTruth),
    glossary(DECIDING_TERMS),
    html`<h2>Accuracy against time</h2>`,
    tradeoffLegend(
      all.policies.map(({ mode }) => mode),
      premodel !== null,
    ),
    grid([
      tradeoffFigure('All images', all, reference, premodel),
      ...conditions.map(([name, figures]) => tradeoffFigure(name, figures, reference, null)),
    ]),
    html`<h2>What the policies did</h2>`,
    grid([sharesFigure(all), certaintyFigure(result)]),
    confusionTables(result),
    html`<h2>All numbers</h2>`,
    policyTable('all', all, reference),
    rungTable('all', all, reference),
    conditions.map(
      ([name, figures]) =>
        html`<details><summary>Under the condition “${name}”</summary>${policyTable(name, figures, reference)}${rungTable(name, figures, reference)}</details>`,
    ),
    await mistakes(result, ladder),
    origin(evaluation, premodel),
  ]);
}

async function mistakes(result: ContestResult, ladder: Ladder): Promise<Content> {
  const policy = headlinePolicy(policiesOf(result));
  const reference = trialsOfRung(result, ladder.reference);
  if (policy === null || reference === null) return null;
  return html`<h2>Worst mistakes of ${policyName(policy)}</h2>
${await mistakesGallery(policy.trials, reference, result, ladder.labels)}`;
}

function origin({ ladder, premodel: used }: Evaluation, premodel: Premodel | null): Content {
  const own =
    premodel === null || used === null
      ? html`<dt>premodel</dt><dd>none: an untrained cascade</dd>`
      : html`<dt>premodel</dt><dd><code>${used.fingerprint}</code></dd>
<dt>its rungs</dt><dd>${premodel.rungs.map(({ id }) => id).join(' → ')}</dd>
<dt>image features</dt><dd>${premodel.features.length === 0 ? 'none' : premodel.features.join(', ')}</dd>
<dt>fitted on</dt><dd>${premodel.fitted.circumstances}</dd>`;
  return html`<h2>Where this comes from</h2><dl><dt>ladder</dt><dd>${ladder.name} <code>${ladder.fingerprint}</code></dd>${own}</dl>`;
}
