import type { FitReport } from '../premodel/fit-report.ts';
import { POINT_NAMES } from '../premodel/targets.ts';
import { rankedBars } from './bars.ts';
import { count, percent, pointsRange, signedPoints } from './format.ts';
import { frontFigures } from './front-charts.ts';
import { type Content, html } from './html.ts';
import { figure, glossary, grid, legend, warning, writePage } from './page.ts';
import { type Mark, MODE_MARKS, MODES, RUNG_MARK } from './palette.ts';
import { reliabilityFigure } from './reliability-chart.ts';
import { choiceOfRungs, chosenRungs, intervalName, pointsTable, rivalsTable, skippedTable } from './training-tables.ts';
import { DECIDING_TERMS } from './words.ts';

const TRAINING_TERMS = [
  [
    'out of fold',
    'Estimated for images that were not used for fitting: each tenth of the images by what the other nine taught.',
  ],
  [
    'deferral',
    'The estimate, after a rung has run, of how likely its answer is right; below a threshold the next rung runs.',
  ],
  [
    'chosen on one half, judged on the other',
    'Thresholds found on half of the images are tried on the other half, both ways; pictures that belong together are in one half. What chance lends to a choice is not in this figure.',
  ],
  ['calibration error', 'How far the predicted probabilities lie from what really happened, on average.'],
] as const;

const DEFERRAL: Mark = MODE_MARKS.hybrid;
const ENTRY: Mark = MODE_MARKS.cascade;

/** Writes the page of a training: what was fitted and what to expect of it. */
export async function writeTrainingReport(
  dir: string,
  report: FitReport,
  skipped: readonly { readonly name: string; readonly reason: string }[],
): Promise<void> {
  const { premodel } = report;
  await writePage(dir, `Training of a premodel for ${premodel.ladder.name}`, [
    summary(report),
    report.warnings.map((text) => warning(text)),
    glossary([...DECIDING_TERMS, ...TRAINING_TERMS]),
    html`<h2>Accuracy against time, as expected</h2>`,
    legend([
      ...MODES.map((mode) => ({ mark: MODE_MARKS[mode], text: mode })),
      { mark: RUNG_MARK, text: 'a single rung on every image' },
      { mark: 'dashed', text: 'the reference’s accuracy' },
    ]),
    grid(frontFigures(premodel)),
    pointsTable(report),
    html`<h2>Rungs</h2>`,
    chosenRungs(report),
    choiceOfRungs(report),
    html`<h2>Image features</h2>`,
    importance(report),
    rivalsTable(report),
    html`<h2>How far its estimates can be trusted</h2>`,
    grid(calibrationFigures(report)),
    html`<h2>Where this comes from</h2>`,
    origin(report),
    skippedTable(skipped),
  ]);
}

function summary({ premodel }: FitReport): Content {
  const { reference, fitted, modes } = premodel;
  const images = Object.values(fitted.samples).reduce((sum, size) => sum + size, 0);
  const points = POINT_NAMES.flatMap((name) => modes.hybrid.find((point) => point.name === name) ?? []);
  const balanced = points.find(({ name }) => name === 'balanced');
  const sentence = (name: string) => {
    const point = points.find((one) => one.name === name);
    if (point === undefined) return null;
    const { accuracyGainVsTop, interval, costRatio, crossFitted } = point.expected;
    const crossed =
      crossFitted === undefined
        ? null
        : html`; thresholds chosen on one half of the images and judged on the other, ${signedPoints(crossFitted.accuracyGainVsTop, 2)} points (${pointsRange(crossFitted.interval)}) in ${(1 / crossFitted.costRatio).toFixed(2)} times less`;
    return html`<li><strong>${name}</strong>: ${signedPoints(accuracyGainVsTop, 2)} points (${intervalName(premodel)} ${pointsRange(interval)}) in ${(1 / costRatio).toFixed(2)} times less time${crossed}</li>`;
  };
  const lead =
    balanced === undefined
      ? null
      : html`<p>At <strong>hybrid balanced</strong> expect <strong>${percent(balanced.expected.accuracy)}</strong> of images right, where the most capable model alone (<code>${reference.id}</code>) has ${percent(reference.accuracy)}, in <strong>${(1 / balanced.expected.costRatio).toFixed(2)} times less time</strong>.</p>`;
  return html`<div class="summary">${lead}
<p>Against the reference, the points of the hybrid mode:</p><ul>${POINT_NAMES.map(sentence)}</ul>
<p class="soft">Fitted on ${count(images)} images. Estimates are judged on images that they were not fitted on; thresholds were chosen on these very images, which flatters a little, and what they are worth on others is said behind them${fitted.truth === 'agreement' ? '; they have no labels: “right” means that the answer is the reference’s' : ''}. <code>weir evaluate</code> measures what the premodel is worth on other images.</p></div>`;
}

function importance({ features }: FitReport): Content {
  const chosen = features.filter((feature) => feature.chosen).length;
  const weighed = features.filter((feature) => feature.chosen || feature.importance > 0);
  const others = features.filter((feature) => !weighed.includes(feature)).map(({ name }) => name);
  const drawing = rankedBars(
    `Importance of ${weighed.length} image features, ${chosen} of them chosen.`,
    weighed.map(({ name, importance: value, chosen: isChosen }) => ({ name, value, chosen: isChosen })),
    percent,
  );
  const left =
    others.length === 0 ? '' : ` Left out before, because another feature says nearly the same: ${others.join(', ')}.`;
  return figure(
    'Importance of image features',
    drawing,
    `Share of what a forest of trees learns from each feature about which rungs will be right. ✓ and filled: the ${chosen} that the premodel uses.${left}`,
  );
}

function calibrationFigures({ calibration }: FitReport): Content[] {
  return calibration.map(({ rung, deferral, entry }) =>
    reliabilityFigure(
      rung,
      [
        { name: 'its answer (deferral)', mark: DEFERRAL, bins: deferral },
        ...(entry === null ? [] : [{ name: 'from the image alone (entry)', mark: ENTRY, bins: entry }]),
      ],
      `● after it ran (deferral)${entry === null ? '' : ', ◆ before, from the image alone (entry)'}. On the dashed line it is right as often as it says.`,
    ),
  );
}

function origin({ premodel }: FitReport): Content {
  const { fitted, ladder } = premodel;
  const target =
    fitted.target.kind === 'accuracy-loss'
      ? `lose at most ${percent(fitted.target.value, 2)} points`.replace(' % points', ' points')
      : `take at most ${percent(fitted.target.value)} of the reference’s time`;
  const { confidence: sure, lossPerCondition } = fitted.target;
  const perCondition =
    lossPerCondition == null
      ? ''
      : `, and ${percent(lossPerCondition, 2)} points under any condition`.replace(' % points', ' points');
  const confidence = sure === null ? '' : `, over the whole ${intervalName(premodel)}`;
  const samples = Object.entries(fitted.samples).map(
    ([name, size]) => `${name === '' ? 'images' : name} ${count(size)}`,
  );
  return html`<dl>
<dt>ladder</dt><dd>${ladder.name} <code>${ladder.fingerprint}</code></dd>
<dt>images</dt><dd>${samples.join(', ')}</dd>
${Object.entries(fitted.data ?? {}).map(([name, hash]) => html`<dt>${name} is</dt><dd><code>${hash}</code></dd>`)}
<dt>truth</dt><dd>${fitted.truth === 'labels' ? 'labels of the images' : 'the reference’s answers'}</dd>
<dt>target</dt><dd>${target}${confidence}${perCondition}</dd>
<dt>times</dt><dd>of each model’s run, undisturbed, on: ${fitted.circumstances}. They depend on the machine and its clocks; their ratios less so.</dd>
<dt>folds, seed</dt><dd>${fitted.folds}, ${fitted.seed}</dd>
</dl>`;
}
