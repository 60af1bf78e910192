import { loadConfig } from '../config/load.ts';
import { regionEntries } from '../config/region-entries.ts';
import type { CameraConfig, Config } from '../config/schema.ts';
import type { GroupBook } from '../groups/book.ts';
import { cameraGroups, type GroupedQuestion } from '../groups/groups.ts';
import { IGNORED } from '../groups/reader.ts';
import { ladderPath, readLadder } from '../infer/ladder.ts';
import { Redactor } from '../secrets.ts';
import { alignedRows } from '../terminal/table.ts';
import { groupBookOf } from './group-names.ts';
import { print } from './shell.ts';

interface GroupsOptions {
  readonly config?: string;
  readonly ladder?: string;
  readonly json?: boolean;
}

/** As many labels are named where all groups are listed. */
const LABELS_SHOWN = 5;

/** Prints what names stand for, else what the cameras of a configuration answer, else all groups. */
export async function groups(names: readonly string[], options: GroupsOptions): Promise<number> {
  const config = await loadConfig({
    path: options.config ?? null,
    env: process.env,
    redactor: new Redactor(),
    onlyLook: true,
  });
  const ladder = options.ladder ?? config.ladder;
  const { labels } = await readLadder(ladderPath(ladder));
  const book = await groupBookOf({ ladder, groups: config.groups }, labels);
  if (names.length > 0) printNames(names, book, options);
  else if (config.cameras.length === 0) printAll(book, options);
  else for (const camera of askedEntries(config)) printCamera(camera.id, cameraGroups(camera, book), book, options);
  return 0;
}

/** Cameras without regions, and the regions of the others. */
function askedEntries({ cameras }: Config): CameraConfig[] {
  return cameras.flatMap((camera) => {
    const regions = regionEntries(camera);
    return regions.length === 0 ? [camera] : regions.map((region) => region.camera);
  });
}

function labelsOf(members: Iterable<number>, book: GroupBook): string[] {
  return [...members].sort((a, b) => a - b).map((index) => book.vocabulary.labels[index]?.name ?? '');
}

function printNames(names: readonly string[], book: GroupBook, { json = false }: GroupsOptions): void {
  for (const name of names) {
    const labels = labelsOf(book.membersOf(name), book);
    print(json ? JSON.stringify({ name, labels }) : `${name} (${labels.length}): ${labels.join(', ')}`);
  }
}

function printAll(book: GroupBook, { json = false }: GroupsOptions): void {
  const found = book.names.map((name) => ({ name, labels: labelsOf(book.membersOf(name), book) }));
  const rows = found.map(({ name, labels }) => [
    name,
    String(labels.length),
    `${labels.slice(0, LABELS_SHOWN).join(', ')}${labels.length > LABELS_SHOWN ? ', …' : ''}`,
  ]);
  if (json) for (const group of found) print(JSON.stringify(group));
  else for (const line of alignedRows(rows, (column) => column !== 1)) print(line);
}

/** Groups and `other` with how many labels they have, then how many labels stand alone. */
function printCamera(
  camera: string,
  question: GroupedQuestion | null,
  book: GroupBook,
  { json = false }: GroupsOptions,
): void {
  const classOf = question?.classOf ?? Int32Array.from(book.vocabulary.labels, (_, index) => index);
  const classes = question?.classes ?? book.vocabulary.labels;
  const sizes = new Array<number>(classes.length).fill(0);
  let ignored = 0;
  for (const index of classOf) {
    if (index === IGNORED) ignored++;
    else sizes[index] = (sizes[index] ?? 0) + 1;
  }
  const answers = classes.map(({ id, name }, index) => ({ name, id, labels: sizes[index] ?? 0 }));
  if (json) {
    print(JSON.stringify({ camera, answers, ignored }));
    return;
  }
  const grouped = answers.filter(({ id, name }) => id === name);
  const alone = answers.length - grouped.length;
  const told = [
    ...grouped.map(({ name, labels }) => `${name} (${labels})`),
    ...(alone > 0 ? [alone === 1 ? '1 label by itself' : `${alone} labels by themselves`] : []),
    ...(ignored > 0 ? [`ignored: ${ignored}`] : []),
  ];
  print(`${camera}: ${told.join(', ')}`);
}
