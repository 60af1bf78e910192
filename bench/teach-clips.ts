import { readdir } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { usageError } from '../src/errors.ts';

const VIDEOS = new Set([
  '.mp4',
  '.m4v',
  '.mov',
  '.mkv',
  '.webm',
  '.avi',
  '.ts',
  '.mpg',
  '.mpeg',
  '.ogv',
  '.flv',
  '.wmv',
]);

/** A clip with its truth file beside it. */
export interface BenchClip {
  readonly name: string;
  readonly path: string;
  readonly truth: string;
}

/** All clips of a folder that have a truth file of the same name, in order. @throws WeirError `bench-no-clips` */
export async function clipsIn(folder: string | undefined): Promise<BenchClip[]> {
  const shape = 'name a folder with clips and their truth files: CLIP.mp4 beside CLIP.json';
  if (folder === undefined) throw usageError('bench-no-clips', 'no folder is named', shape);
  const names = await readdir(folder).catch((cause: unknown) => {
    throw usageError('bench-no-clips', `there is no folder ${folder}`, shape, cause);
  });
  const clips = names.sort().flatMap((name) => {
    const extension = extname(name);
    const truth = `${name.slice(0, -extension.length)}.json`;
    const isClip = VIDEOS.has(extension.toLowerCase()) && names.includes(truth);
    return isClip ? [{ name, path: join(folder, name), truth: join(folder, truth) }] : [];
  });
  if (clips.length === 0) throw usageError('bench-no-clips', `there is no clip with a truth file in ${folder}`, shape);
  return clips;
}
