import type { ExampleListing, ListedExample } from '../examples/listing.ts';
import type { TaughtAnswer } from '../teaching/question-report.ts';
import { alignedRows } from '../terminal/table.ts';
import { DEFAULT_QUESTION } from '../words.ts';
import { questionLines } from './teach-words.ts';

/** So many examples are shown to a person. */
const SHOWN = 40;

/** What is kept of a camera, for a person who is to label it. */
export function listingLines({ camera, keep, totals, questions, examples }: ExampleListing, address: string): string[] {
  const { frames, labelled, unsure, random, bytes, oldestAt } = totals;
  const since = oldestAt === null ? '' : `, since ${localTime(oldestAt)}`;
  const head = `${camera}: ${frames} ${frames === 1 ? 'example' : 'examples'} (${unsure} unsure, ${random} by chance, ${labelled} labelled), ${(bytes / 1e6).toFixed(1)} MB${since}`;
  if (frames === 0) return [head, 'wait a while: frames are kept as they come'];
  const known = questions.map(({ id, classes, unclear }) => {
    const counts = classes.map(({ name, examples: count }) => `${name} ${count}`);
    return `  ${id}: ${[...counts, ...(unclear > 0 ? [`unclear ${unclear}`] : [])].join(', ')}`;
  });
  const shown = examples.slice(0, SHOWN);
  const rows = shown.map((example) => [
    example.id,
    localTime(example.takenAt),
    example.reason,
    answersOf(example),
    labelsOf(example),
    `${address}${example.picture}`,
  ]);
  const header = ['example', 'time', 'kept as', 'answer (how surely right)', 'label', 'picture'];
  return [
    head,
    ...known,
    '',
    ...alignedRows([header, ...rows], () => true).map((line) => line.trimEnd()),
    ...(frames > shown.length ? [`… and ${frames - shown.length} more`] : []),
    '',
    keep
      ? `say what they show: weir teach --camera ${camera} --label ${shown[0]?.id}=CLASS --span 14:00/14:10=CLASS`
      : `nothing more is kept of it; take these away: curl -X DELETE ${address}/api/cameras/${camera}/examples`,
  ];
}

/** What `POST …/examples/labels` answers. */
export interface Labelled {
  readonly changed: number;
  readonly questions: ExampleListing['questions'];
  readonly spans: readonly { readonly from: string; readonly to: string; readonly examples: number }[];
}

/** What came of labels. */
export function labelledLines({ changed, spans }: Labelled): string[] {
  return [
    changed === 1 ? '1 label is new or another than before' : `${changed} labels are new or others than before`,
    ...spans.map(({ from, to, examples }) => {
      if (examples === 0) return `no example lies in ${from}/${to}`;
      return examples === 1 ? `1 example lies in ${from}/${to}` : `${examples} examples lie in ${from}/${to}`;
    }),
  ];
}

/** What was learnt, and what to label next. */
export function taughtLines({ camera, questions, rungs, heads, frames }: TaughtAnswer, address: string): string[] {
  const listed = (what: string, id: string, examples: readonly string[]) => {
    if (examples.length === 0) return [];
    const asked = id === DEFAULT_QUESTION ? '' : ` for ${id}`;
    const pictures = examples.map((one) => `  ${one}  ${address}/api/cameras/${camera}/examples/${one}.jpg`);
    return [`${what}${asked}:`, ...pictures, ''];
  };
  const next = questions.flatMap(({ id, labelNext, lookAgain }) => [
    ...listed('label these next', id, labelNext),
    ...listed('look at these labels again', id, lookAgain),
  ]);
  return [
    ...questions.flatMap((question) => [...questionLines(question), '']),
    ...next,
    `camera ${camera} answers by this from now on: ${rungs.join(' → ')} (${frames} frames, ${heads} of the daemon)`,
  ];
}

function answersOf({ answers }: ListedExample): string {
  const told = answers.map(({ question, label, right }) => {
    const name = question === DEFAULT_QUESTION ? '' : `${question}: `;
    return `${name}${label ?? 'nothing'} (${Math.round(right * 100)} %)`;
  });
  return told.join(', ') || '–';
}

function labelsOf({ labels }: ListedExample): string {
  const told = Object.entries(labels).map(([question, name]) =>
    question === DEFAULT_QUESTION ? name : `${question}: ${name}`,
  );
  return told.join(', ') || '–';
}

/** `05-01 14:03:07`, in this machine's time zone: as `--span` takes it. */
function localTime(iso: string): string {
  const date = new Date(iso);
  const two = (value: number) => String(value).padStart(2, '0');
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day}T${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}
