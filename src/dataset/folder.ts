import { createHash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { suggestion } from '../artifact/problems.ts';
import { messageOf, usageError, WeirError } from '../errors.ts';
import { readImageFile } from '../image/file.ts';
import type { LabelClass } from '../types.ts';
import type { Sample } from './sample.ts';

const IMAGES = new Set(['.jpg', '.jpeg', '.png', '.webp', '.avif', '.gif', '.tif', '.tiff']);
/** So many unknown classes are listed. */
const MAX_LISTED = 20;

/** A labelled folder as it is asked for: `NAME=DIR`, or `DIR` with an empty name. */
export interface FolderSpec {
  readonly name: string;
  readonly path: string;
}

/** `NAME=DIR` or `DIR`. */
export function parseFolderSpec(text: string): FolderSpec {
  const match = /^([A-Za-z0-9][A-Za-z0-9_-]*)=(.+)$/s.exec(text);
  return match === null ? { name: '', path: text } : { name: match[1] ?? '', path: match[2] ?? '' };
}

/**
 * The pictures of labelled folders: a folder per class, named by the label's WordNet id or its text (ImageFolder convention),
 * in a fixed order, with the folders in them. Files that are no images by their name are passed over.
 *
 * @throws WeirError `dataset-missing`, `dataset-empty`, `dataset-unknown-classes` (with the nearest labels); the reason of `stop`
 */
export async function readFolders(
  specs: readonly FolderSpec[],
  labels: readonly LabelClass[],
  stop?: AbortSignal,
): Promise<Sample[]> {
  const samples: Sample[] = [];
  for (const spec of specs) for (const sample of await readFolder(spec, labels, stop)) samples.push(sample);
  return withGroups(samples);
}

async function readFolder(
  { name, path }: FolderSpec,
  labels: readonly LabelClass[],
  stop?: AbortSignal,
): Promise<Sample[]> {
  const classes = await classFolders(path);
  const byName = classIndex(labels);
  const unknown = classes.filter((folder) => !byName.has(folder.toLowerCase()));
  if (unknown.length > 0) throw unknownClasses(path, unknown, labels);
  const samples: Sample[] = [];
  for (const folder of classes) {
    const truth = byName.get(folder.toLowerCase()) ?? 0;
    for (const file of await imageFiles(join(path, folder))) {
      stop?.throwIfAborted();
      samples.push(await imageSample(join(path, folder), file, name, truth));
    }
  }
  if (samples.length === 0) {
    throw usageError(
      'dataset-empty',
      `${path} holds no images in folders by class`,
      'it must look like DIR/n02102040/picture.jpg, with a folder per class named by WordNet id or label',
    );
  }
  return samples;
}

/** Names of the folders in a folder, sorted; hidden ones are passed over. @throws WeirError `dataset-missing` */
export async function classFolders(path: string): Promise<string[]> {
  const entries = await readdir(path, { withFileTypes: true }).catch((cause: unknown) => missing(path, cause));
  const folders: string[] = [];
  for (const entry of entries) {
    const isFolder = entry.isDirectory() || (entry.isSymbolicLink() && (await leadsToFolder(join(path, entry.name))));
    if (isFolder && !entry.name.startsWith('.')) folders.push(entry.name);
  }
  return folders.sort();
}

/** Paths within a class's folder, sorted. */
export async function imageFiles(folder: string): Promise<string[]> {
  const files = await readdir(folder, { recursive: true }).catch((cause: unknown) => missing(folder, cause));
  return files.filter((file) => IMAGES.has(extname(file).toLowerCase())).sort();
}

async function leadsToFolder(link: string): Promise<boolean> {
  return await stat(link).then(
    (target) => target.isDirectory(),
    () => false,
  );
}

function missing(path: string, cause: unknown): never {
  throw usageError('dataset-missing', `there is no folder ${path}, or it may not be read`, 'check the path', cause);
}

/** Labels by id, by name, and by name with underscores for spaces; in lower case. */
function classIndex(labels: readonly LabelClass[]): Map<string, number> {
  const index = new Map<string, number>();
  for (const [i, { id, name }] of labels.entries()) {
    for (const key of [name.replaceAll(' ', '_'), name, id]) index.set(key.toLowerCase(), i);
  }
  return index;
}

function unknownClasses(path: string, unknown: readonly string[], labels: readonly LabelClass[]) {
  const names = labels.flatMap(({ id, name }) => (/^n\d{8}$/.test(id) ? [name] : [name, id]));
  const ids = labels.map(({ id }) => id);
  const list = unknown
    .slice(0, MAX_LISTED)
    .map((folder) => `\n  ${folder}${nearest(folder, /^n\d+$/.test(folder) ? ids : names)}`)
    .join('');
  const more = unknown.length > MAX_LISTED ? `\n  … and ${unknown.length - MAX_LISTED} more` : '';
  return usageError(
    'dataset-unknown-classes',
    `${path}: the ladder has no label for ${unknown.length} of its folders:${list}${more}`,
    'rename the folders to labels or WordNet ids of the ladder, or remove them',
  );
}

function nearest(folder: string, names: readonly string[]): string {
  const told = suggestion(folder.replaceAll('_', ' '), names);
  return told.startsWith(' (did') ? told : '';
}

/** A picture as a sample; one that cannot be read says so when it is loaded. */
export async function imageSample(
  folder: string,
  file: string,
  condition: string,
  truth: number | null,
): Promise<Sample> {
  const path = join(folder, file);
  const sha256 = (bytes: Uint8Array | string) => createHash('sha256').update(bytes).digest('hex');
  const group = `${truth ?? folder}/${file.slice(0, -extname(file).length)}`;
  const sample = { name: path, condition, truth, group };
  try {
    return { ...sample, key: sha256(await readFile(path)), load: () => readImageFile(path) };
  } catch (cause) {
    const load = () => Promise.reject(unreadable(path, cause));
    return { ...sample, key: sha256(`no file: ${path}`), load };
  }
}

/** A link that leads nowhere, a folder named like a picture, a file that may not be read. */
function unreadable(path: string, cause: unknown): WeirError {
  const remedy = 'check the file and its permissions, or leave it out';
  return new WeirError('image-unreadable', `${path}: cannot be read: ${messageOf(cause)}`, { remedy, cause });
}

/** `cat-fog2.jpg` belongs to `cat.jpg` where that is there too, in whichever data set; so does `cat-fog2-dark.jpg`. */
function withGroups(samples: readonly Sample[]): Sample[] {
  const stems = new Set(samples.map(({ group }) => group));
  const parentOf = (stem: string) => stem.replace(/-[^-/]*$/, '');
  return samples.map((sample) => {
    let { group } = sample;
    for (let parent = parentOf(group); parent !== group && stems.has(parent); parent = parentOf(group)) group = parent;
    return { ...sample, group };
  });
}
