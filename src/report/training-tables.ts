import type { OperatingPoint, Premodel } from '../premodel/artifact.ts';
import { USUAL_CONFIDENCE } from '../premodel/difference.ts';
import type { FitReport } from '../premodel/fit-report.ts';
import { POINT_NAMES } from '../premodel/targets.ts';
import { count, percent, pointsRange, signedPoints } from './format.ts';
import { type Content, html, type Markup } from './html.ts';
import { table } from './page.ts';
import { MODES } from './palette.ts';

/** `95 % interval`: of the confidence that the premodel was fitted with. */
export function intervalName({ fitted }: Premodel): string {
  return `${Number(((fitted.target.confidence ?? USUAL_CONFIDENCE) * 100).toFixed(2))} % interval`;
}

/** The named points of every mode. */
export function pointsTable({ premodel }: FitReport): Markup {
  const row = (mode: string, { name, rungs, expected, expected: { crossFitted: crossed } }: OperatingPoint) => ({
    cells: [
      `${mode} ${name ?? ''}`,
      percent(expected.accuracy),
      `${signedPoints(expected.accuracyGainVsTop, 2)} (${pointsRange(expected.interval)})`,
      percent(expected.costRatio),
      crossed === undefined ? '–' : `${signedPoints(crossed.accuracyGainVsTop, 2)} (${pointsRange(crossed.interval)})`,
      crossed === undefined ? '–' : percent(crossed.costRatio),
      `${(1 / expected.costRatio).toFixed(2)}×`,
      expected.meanRungsRun.toFixed(2),
      rungs.map((id) => `${id} ${percent(expected.shareByRung[id] ?? 0, 0)}`).join(', '),
    ],
    marked: mode === 'hybrid' && name === 'balanced',
  });
  return table(
    'Named points. Estimates are out of fold; thresholds were chosen on all images, and, for the two columns after, on one half and judged on the other.',
    [
      'policy',
      'right',
      `points against the reference (${intervalName(premodel)})`,
      'of its time',
      'chosen on one half, judged on the other',
      'of its time',
      'less time',
      'rungs run',
      'ends on',
    ],
    MODES.flatMap((mode) =>
      POINT_NAMES.flatMap((name) => premodel.modes[mode].filter((point) => point.name === name)).map((point) =>
        row(mode, point),
      ),
    ),
    8,
  );
}

/** The rungs that the premodel uses. */
export function chosenRungs({ premodel, calibration }: FitReport): Markup {
  return table(
    'Rungs of the premodel, cheapest first.',
    [
      'rung',
      'ms',
      'of the reference’s time',
      'temperature',
      'merge weight',
      'calibration error of its answer',
      'of entering at it',
    ],
    premodel.rungs.map(({ id, costMs, temperature, mergeWeight }) => {
      const own = calibration.find(({ rung }) => rung === id);
      return {
        cells: [
          id,
          costMs.toFixed(2),
          percent(costMs / premodel.reference.costMs),
          temperature.toFixed(2),
          mergeWeight.toFixed(2),
          own === undefined ? '–' : percent(own.deferralError),
          own?.entryError == null ? '–' : percent(own.entryError),
        ],
      };
    }),
  );
}

/** How the rungs came to be chosen. */
export function choiceOfRungs({ choice }: FitReport): Content {
  if (choice === null)
    return html`<p>The rungs were given or taken from the present premodel, not chosen: no search was made. <code>--candidates</code> makes one.</p>`;
  return html`<p>Chosen among ${choice.candidates} candidates. Going on from the choice of Algorithm 1 (Taylor et al. 2018), which only ever adds the rung that gains most, won ${signedPoints(choice.gainOverAlgorithm1, 2)} points.</p>
${table(
  'What Algorithm 1 would have chosen, in its order.',
  ['rung', 'points gained'],
  choice.algorithm1.map(({ rung, gain }) => ({ cells: [rung, signedPoints(gain, 2)] })),
)}`;
}

/** Other kinds of classifiers at the same task. */
export function rivalsTable({ rivals }: FitReport): Markup {
  return table(
    'Telling from the image alone whether a rung is right, out of fold. Log-loss: less is better; AUC: 1 is perfect, 0.5 is chance.',
    ['kind', 'log-loss', 'predicted rightly', 'AUC', 'µs per prediction'],
    rivals.map(({ name, logLoss, accuracy, auc, predictMs }) => ({
      cells: [
        name,
        logLoss === null ? '–' : logLoss.toFixed(3),
        percent(accuracy),
        auc.toFixed(3),
        (predictMs * 1000).toPrecision(2).replace(/e.*/, ''),
      ],
      marked: name.includes('in use'),
    })),
  );
}

/** Images that could not be read. */
export function skippedTable(skipped: readonly { readonly name: string; readonly reason: string }[]): Content {
  if (skipped.length === 0) return html`<p>All images could be read.</p>`;
  return table(
    `${count(skipped.length)} images could not be read and were left out.`,
    ['image', 'reason'],
    skipped.map(({ name, reason }) => ({ cells: [name, reason] })),
    1,
  );
}
