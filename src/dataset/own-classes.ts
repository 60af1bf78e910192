import { dirname, join } from 'node:path';
import { usageError } from '../errors.ts';
import { imageSize } from '../image/file.ts';
import type { PictureSize } from '../image/picture-size.ts';
import { UNCLEAR } from '../words.ts';
import type { Examples } from './examples.ts';
import { classFolders, imageFiles, imageSample } from './folder.ts';
import type { Sample } from './sample.ts';

/**
 * A folder per class of the user's own, named as the class is to be called; what is in folders of a class belongs to it. Within
 * a folder, the order of the files' names stands for time; another folder is another moment. A folder `~` is for what is unclear: it is passed over.
 *
 * @throws WeirError `dataset-missing`, `dataset-empty`, `dataset-one-class`; the reason of `stop`
 */
export async function readOwnClasses(path: string, question: string, stop?: AbortSignal): Promise<Examples> {
  const notices: string[] = [];
  const samples: Sample[] = [];
  const sources: string[] = [];
  const labels: number[] = [];
  const names: string[] = [];
  let copies = 0;
  for (const name of await classFolders(path)) {
    if (name === UNCLEAR) continue;
    const keys = new Set<string>();
    for (const file of await imageFiles(join(path, name))) {
      stop?.throwIfAborted();
      const sample = await imageSample(join(path, name), file, name, null);
      if (keys.has(sample.key)) {
        copies++;
        continue;
      }
      keys.add(sample.key);
      samples.push(sample);
      sources.push(join(name, dirname(file)));
      labels.push(names.length);
    }
    if (keys.size > 0) names.push(name);
    else notices.push(`${join(path, name)} holds no images; it is no class`);
  }
  requireClasses(path, names);
  if (copies > 0) notices.push(`${copies} copies of pictures of their class are left out`);
  const sized = await sizesOf(samples, stop);
  return {
    samples,
    sources,
    seconds: new Float64Array(samples.length).fill(Number.NaN),
    questions: [{ id: question, text: null, classes: names.map((name) => ({ name })), truth: Int32Array.from(labels) }],
    picture: sized.picture,
    notices: [...notices, ...sized.notices],
    close: () => {},
  };
}

function requireClasses(path: string, names: readonly string[]): void {
  if (names.length >= 2) return;
  const shape = 'it must look like DIR/open/1.jpg and DIR/closed/1.jpg, with a folder per class';
  if (names.length === 0) throw usageError('dataset-empty', `${path} holds no images in folders by class`, shape);
  throw usageError(
    'dataset-one-class',
    `${path} holds one class only, "${names[0]}": there is nothing to tell apart`,
    shape,
  );
}

/** The size that most pictures have; other sizes are told. */
async function sizesOf(
  samples: readonly Sample[],
  stop: AbortSignal | undefined,
): Promise<{ picture: PictureSize | null; notices: string[] }> {
  const found = new Map<string, { size: PictureSize; count: number; example: string }>();
  for (const { name } of samples) {
    stop?.throwIfAborted();
    const size = await imageSize(name);
    if (size === null) continue;
    const key = `${size.width}x${size.height}`;
    const entry = found.get(key) ?? { size, count: 0, example: name };
    found.set(key, { ...entry, count: entry.count + 1 });
  }
  const [most, ...others] = [...found].sort(([, a], [, b]) => b.count - a.count);
  if (most === undefined) return { picture: null, notices: [] };
  if (others.length === 0) return { picture: most[1].size, notices: [] };
  const told = others.slice(0, 3).map(([key, { count, example }]) => `${key} (${count}, as ${example})`);
  const words = `pictures of different sizes: ${most[0]} (${most[1].count}), ${told.join(', ')}${others.length > 3 ? ' …' : ''}; a camera gives one size, and should be taught with that`;
  return { picture: most[1].size, notices: [words] };
}
