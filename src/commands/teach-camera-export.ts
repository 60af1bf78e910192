import { join } from 'node:path';
import { writeArtifact } from '../artifact/write.ts';
import { usageError } from '../errors.ts';
import { NOT_TO_BE_USED } from '../examples/example.ts';
import type { ExampleListing } from '../examples/listing.ts';
import type { DaemonApi } from './daemon-api.ts';
import { print } from './shell.ts';

/** What cannot be a folder's name. */
const UNSAFE = /[/\\\0]|^\.{1,2}$/;

/**
 * Writes what is kept as lossless pictures, a folder per class, in the order of their times: `weir teach --dataset` reads it. What
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
  const asked = question ?? 'default';
  const placed = examples.map((example) => ({ ...example, label: example.labels[asked] ?? NOT_TO_BE_USED }));
  for (const { id, label } of placed) {
    if (!UNSAFE.test(label)) continue;
    const remedy = 'label it by another name first';
    throw usageError('export-class', `the class "${label}" of example ${id} cannot be the name of a folder`, remedy);
  }
  for (const { id, picture, label } of placed) {
    const path = join(folder, label, `${id}.webp`);
    await writeArtifact(path, await api.bytes(picture.replace(/\.jpg$/, '.webp')));
  }
  const unlabelled = placed.filter(({ label }) => label === NOT_TO_BE_USED).length;
  print(
    `${placed.length} pictures of camera ${camera} are in ${folder}, ${unlabelled} of them without a class of question "${asked}" (in ${NOT_TO_BE_USED})`,
  );
  return 0;
}
