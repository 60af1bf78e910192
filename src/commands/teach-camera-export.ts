import { join } from 'node:path';
import { writeArtifact } from '../artifact/write.ts';
import { usageError } from '../errors.ts';
import type { ExampleListing } from '../examples/listing.ts';
import { DEFAULT_QUESTION, UNCLEAR } from '../words.ts';
import type { DaemonApi } from './daemon-api.ts';
import { print } from './shell.ts';

/** What cannot be a folder's name. */
const UNSAFE = /[/\\\0]|^\.{1,2}$/;

/** Examples of one class that follow each other nearer than this are of one folder. Where the daemon teaches, moments reach farther. */
const LONGEST_GAP_MS = 5_000;

/**
 * By example: the name of its moment, the time at which it began. A moment is an unbroken run of one label.
 *
 * @param placed in any order
 */
export function momentsOf(
  placed: readonly { readonly id: string; readonly takenAt: string; readonly label: string }[],
): Map<string, string> {
  const inOrder = placed
    .map(({ id, takenAt, label }) => ({ id, label, takenAt, atMs: Date.parse(takenAt) }))
    .sort((a, b) => a.atMs - b.atMs);
  const moments = new Map<string, string>();
  let [label, lastMs, moment] = ['', -Infinity, ''];
  for (const { id, takenAt, atMs, ...of } of inOrder) {
    if (of.label !== label || atMs - lastMs > LONGEST_GAP_MS) moment = takenAt.replaceAll(':', '-');
    [label, lastMs] = [of.label, atMs];
    moments.set(id, moment);
  }
  return moments;
}

/**
 * Writes what is kept as lossless pictures, a folder per class and in it one per moment, in the order of their times: `weir teach --dataset` reads it. What
 * has no label of the question goes into the folder `~`, which is passed over there.
 *
 * @throws WeirError `export-class` for a class that cannot be a folder; `write-failed`
 */
export async function exportExamples(
  { camera, examples }: ExampleListing,
  folder: string,
  question: string | undefined,
  api: DaemonApi,
): Promise<number> {
  const asked = question ?? DEFAULT_QUESTION;
  const placed = examples.map((example) => ({ ...example, label: example.labels[asked] ?? UNCLEAR }));
  for (const { id, label } of placed) {
    if (!UNSAFE.test(label)) continue;
    const remedy = 'label it by another name first';
    throw usageError('export-class', `the class "${label}" of example ${id} cannot be the name of a folder`, remedy);
  }
  const moments = momentsOf(placed);
  for (const { id, picture, label } of placed) {
    const path = join(folder, label, moments.get(id) ?? id, `${id}.webp`);
    const file = await api.bytes(picture.replace(/\.jpg$/, '.webp'));
    await writeArtifact(path, file, { isPrivate: true }); // as they are in the store
  }
  const unlabelled = placed.filter(({ label }) => label === UNCLEAR).length;
  print(
    `${placed.length} pictures of camera ${camera} are in ${folder}, ${unlabelled} of them without a class of question "${asked}" (in ${UNCLEAR})`,
  );
  return 0;
}
