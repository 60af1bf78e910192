import type { Examples } from '../dataset/examples.ts';
import type { QuestionReport } from '../teaching/question-report.ts';
import type { Teaching } from '../teaching/report.ts';
import { OTHER } from '../words.ts';
import { rankedBars, stackedBars } from './bars.ts';
import { heatTable } from './confusion.ts';
import { count, milliseconds, percent, pointsRange, signedPoints } from './format.ts';
import { type Content, html, type Markup } from './html.ts';
import { picture } from './mistakes.ts';
import { figure, glossary, grid, table, warning, writePage } from './page.ts';
import { MODE_MARKS } from './palette.ts';
import { reliabilityFigure } from './reliability-chart.ts';
import { skippedTable } from './training-tables.ts';
import { DECIDING_TERMS } from './words.ts';

const TEACHING_TERMS = [
  ['head', 'What turns a rung’s embedding into the classes that were taught: one weight per class and value.'],
  ['rung zero', 'A head on a small picture of the scene and how it differs from the empty scene; needs no network.'],
  [
    OTHER,
    'The answer for what is far from every class that was taught: “I don’t know”. How far that is, the nearest nine tenths of each class say; of the rest some may be slips.',
  ],
  [
    'out of fold',
    'Judged by heads whose weights did not learn from these frames, nor, as long as a class has five moments, from frames of the same one. Which rungs are used, how strongly heads are held back, how sure they say they are and where the teacher may label was chosen by what came of it, and rung zero’s empty scene is the median of all frames, these among them: footage of another day judges more strictly.',
  ],
  [
    'moment',
    'An unbroken run of one label. Its frames show nearly the same, and count as one piece of evidence. Where a class has fewer than five, its longest are cut in time to have something to judge by; the pieces count as one still.',
  ],
  [
    'teacher',
    'The reference’s head, where it labels frames that nobody labelled and is sure of: if it was right when as sure, out of fold, on four moments or more.',
  ],
] as const;

/** Writes the page about what a camera was taught: what to expect, and what to label next. */
export async function writeTeachingReport(
  dir: string,
  { heads, report, warnings }: Teaching,
  examples: Examples,
  skipped: readonly { readonly name: string; readonly reason: string }[],
): Promise<void> {
  const terms = DECIDING_TERMS.filter(([term]) => ['rung', 'reference', 'policy', '95 % interval'].includes(term));
  const parts: Content[] = [];
  for (const question of report.questions) parts.push(await questionPart(question, examples));
  await writePage(dir, `What ${heads.camera} was taught`, [
    html`<div class="summary">${report.questions.map(lead)}</div>`,
    [...examples.notices, ...warnings].map((text) => warning(text)),
    glossary([...TEACHING_TERMS, ...terms]),
    parts,
    html`<h2>Where this comes from</h2>`,
    html`<dl>
<dt>ladder</dt><dd>${heads.ladder.name} <code>${heads.ladder.fingerprint}</code></dd>
<dt>frames</dt><dd>${count(heads.fitted.samples)}: ${Object.entries(heads.fitted.sources)
      .map(([name, size]) => `${name} ${count(size)}`)
      .join(', ')}</dd>
<dt>they are</dt><dd><code>${heads.fitted.data}</code></dd>
<dt>times</dt><dd>of each model’s run, undisturbed, on: ${heads.fitted.circumstances}. They depend on the machine and its clocks; their ratios less so.</dd>
<dt>seed</dt><dd>${heads.fitted.seed}</dd>
</dl>`,
    skippedTable(skipped),
  ]);
}

function lead({ id, text, expected, reference }: QuestionReport): Markup {
  return html`<p><strong>${text ?? id}</strong> Expect <strong>${percent(expected.accuracy)}</strong> of frames right (${signedPoints(expected.accuracyGainVsTop, 2)} points against <code>${reference}</code> alone; 95 % interval ${pointsRange(expected.interval)}), in <strong>${expected.speedup.toFixed(1)} times less time</strong>.</p>`;
}

async function questionPart(question: QuestionReport, examples: Examples): Promise<Markup> {
  const { id, text, classes } = question;
  return html`<h2>${text === null ? `Question ${id}` : `${id}: ${text}`}</h2>
${table(
  examplesCaption(question),
  ['class', 'frames labelled', 'by the teacher'],
  classes.map(({ name, examples: own, byTeacher }) => ({ cells: [name, count(own), count(byTeacher)] })),
)}
${grid([costFigure(question), sharesFigure(question), trustFigure(question)])}
${candidatesTable(question)}
${confusionTable(question)}
${await unsureFrames(question, examples)}`;
}

function examplesCaption({ classes, samples, moments, cutMoments }: QuestionReport): string {
  const labelled = classes.reduce((sum, { examples }) => sum + examples, 0);
  const used = labelled > samples ? `, of which ${count(samples)} were learnt from and judged` : '';
  const cut = cutMoments > 0 ? `, ${count(cutMoments)} of them cut in time to have something to judge by` : '';
  return `Examples: ${count(labelled)} frames labelled by people${used}, of ${count(moments)} moments${cut}.`;
}

/** Time per frame of each candidate alone, and of what was chosen together. */
function costFigure({ candidates, expected, reference }: QuestionReport): Markup {
  const top = candidates.find(({ id }) => id === reference)?.costMs ?? Number.NaN;
  const rows = [
    { name: 'all together', value: top / expected.speedup, chosen: true },
    ...candidates.map(({ id, costMs, isUsed }) => ({ name: id, value: costMs, chosen: isUsed })),
  ];
  return figure(
    'Time per frame',
    rankedBars('Time per frame of each candidate alone, and of those that were chosen, together.', rows, milliseconds),
    'Each candidate alone on every frame; “all together” is what to expect. ✓ and filled: in use.',
  );
}

function sharesFigure({ rungs, expected }: QuestionReport): Markup {
  const shares = rungs.map((id) => expected.shareByRung[id] ?? 0);
  return figure(
    'Where frames end',
    stackedBars('Share of frames that end on each rung.', rungs, [{ name: 'balanced', shares }]),
    `Cheapest first: ${rungs.join(', ')}.`,
  );
}

function trustFigure({ reliability }: QuestionReport): Markup {
  return reliabilityFigure(
    'How far its certainty can be trusted',
    [{ name: 'all together', mark: MODE_MARKS.hybrid, bins: reliability }],
    'Labelled frames in ten groups by the probability of being right that the answer was given, out of fold. On the dashed line it is right as often as it says.',
  );
}

function candidatesTable({ candidates, reference }: QuestionReport): Markup {
  return table(
    'Candidates, each alone on every frame, out of fold.',
    ['rung', 'ms', 'right', 'cross-entropy'],
    candidates.map(({ id, costMs, accuracy, logLoss, isUsed }) => ({
      cells: [
        `${isUsed ? '✓ ' : ''}${id}${id === reference ? ' (reference)' : ''}`,
        costMs.toFixed(2),
        percent(accuracy),
        logLoss.toFixed(3),
      ],
      marked: isUsed,
    })),
  );
}

function confusionTable({ classes, confusion }: QuestionReport): Markup {
  const names = classes.map(({ name }) => name);
  return heatTable({
    caption: 'What frames of each class are taken for, out of fold.',
    down: 'shows',
    across: 'answer',
    rows: names,
    columns: [...names, OTHER],
    counts: confusion,
  });
}

/** The frames whose label would teach most, and the labels that may be slips. */
async function unsureFrames({ unsure, doubted }: QuestionReport, examples: Examples): Promise<Content> {
  const none = html`<p>There is no frame left without a label.</p>`;
  const next = html`<h3>Label these ${unsure.length} frames next</h3>
<p>Here the answers of the rungs are the least sure; to say what these show teaches more than any others.</p>
<div class="mistakes">${await cardsOf(unsure, examples)}</div>`;
  const again = html`<h3>Look at these labels again</h3>
<p>Their labels are not what the rungs answer, first where those are surest: some may be slips.</p>
<div class="mistakes">${await cardsOf(doubted, examples)}</div>`;
  return [unsure.length === 0 ? none : next, doubted.length === 0 ? [] : again];
}

async function cardsOf(rows: readonly number[], examples: Examples): Promise<Markup[]> {
  const cards: Markup[] = [];
  for (const row of rows) {
    const sample = examples.samples[row];
    if (sample === undefined) continue;
    // Frames of a clip are stretched; pictures from files are as they are.
    const isStretched = !Number.isNaN(examples.seconds[row]) && examples.picture !== null;
    const aspect = isStretched ? (examples.picture?.width ?? 1) / (examples.picture?.height ?? 1) : undefined;
    cards.push(html`<figure class="card">${await picture(sample, aspect)}<figcaption>${sample.name.split('/').slice(-2).join('/')}</figcaption></figure>
`);
  }
  return cards;
}
