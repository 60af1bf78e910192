import { carriedDifference } from '../cascade/recollection.ts';
import type { CameraConfig } from '../config/schema.ts';
import { mayBeRecording } from '../config/source.ts';
import { parseFolderSpec, readFolders } from '../dataset/folder.ts';
import { type FootageOptions, readFootage } from '../dataset/footage.ts';
import type { Sample } from '../dataset/sample.ts';
import { findFfmpeg } from '../decode/ffmpeg.ts';
import { usageError } from '../errors.ts';
import { smallRaster } from '../features/frame.ts';
import { workingSizeFor } from '../image/working-size.ts';
import type { Progress } from '../premodel/fit.ts';
import { DifferenceDetector } from '../scene/difference.ts';
import { redactUrls } from '../secrets.ts';
import { type Ladder, WHOLE_FRAME } from '../types.ts';
import { type FootageSpec, footageOpener, parseFootage } from './footage-source.ts';

/** Where pictures come from: labelled folders, or footage without labels. */
export interface SampleOptions {
  readonly dataset?: readonly string[];
  readonly footage?: readonly string[];
  readonly fps?: CameraConfig['fps'];
  readonly footageSeconds?: number;
  readonly limit?: number;
}

const FOOTAGE_FPS = 2;
const FOOTAGE_SECONDS = 600;
const MOST_FRAMES = 5_000;

/** What reading samples needs besides the command line. */
export interface SampleParts {
  readonly ladder: Ladder;
  /** Folder for frames while they are needed. */
  readonly scratch: string;
  readonly progress: Progress;
  readonly stop: AbortSignal;
}

/**
 * The samples that a command line asks for.
 *
 * @throws WeirError `samples-none` without either, `samples-both` with both; those of the data sets and sources; the reason of
 * `stop` when that is aborted
 */
export async function readSamples(options: SampleOptions, parts: SampleParts): Promise<Sample[]> {
  const { dataset = [], footage = [] } = options;
  if (dataset.length > 0 && footage.length > 0) {
    throw usageError(
      'samples-both',
      '--dataset and --footage cannot be mixed',
      'labels or agreement with the reference: choose one',
    );
  }
  if (dataset.length === 0 && footage.length === 0) {
    throw usageError(
      'samples-none',
      'there are no images to work with',
      'give --dataset DIR (a folder per class) or --footage FILE',
    );
  }
  if (footage.length > 0) {
    const sources = footage.map(parseFootage);
    requireOwnNames(sources.map(({ id }) => id));
    return limited(await readAll(sources, options, parts), options.limit);
  }
  const specs = dataset.map(parseFolderSpec);
  requireOwnNames(specs.map(({ name }) => name));
  parts.progress('reading the data set', 0, 1);
  return limited(await readFolders(specs, parts.ladder.labels, parts.stop), options.limit);
}

function requireOwnNames(names: readonly string[]): void {
  if (names.length > 1 && (names.includes('') || new Set(names).size < names.length)) {
    throw usageError(
      'dataset-names',
      'several data sets or sources need names of their own',
      'write --dataset clean=DIR --dataset field=DIR, or --footage gate=FILE --footage yard=FILE',
    );
  }
  if (names.includes('all'))
    throw usageError('dataset-names', '"all" is the name of all of them together', 'choose another name');
}

/** Evenly spread over all samples, each condition its share. */
function limited(samples: readonly Sample[], limit: number | undefined): Sample[] {
  if (limit === undefined || samples.length <= limit) return [...samples];
  return Array.from({ length: limit }, (_, i) => samples[Math.floor((i * samples.length) / limit)] as Sample);
}

/** Side by side: live sources are watched at the same time. What goes wrong with one ends all. */
async function readAll(sources: readonly FootageSpec[], options: SampleOptions, parts: SampleParts): Promise<Sample[]> {
  const failed = new AbortController();
  const stop = AbortSignal.any([parts.stop, failed.signal]);
  const readings = sources.map((source) =>
    readOne(source, options, { ...parts, stop }).catch((error: unknown) => {
      failed.abort(error); // the first reason stays
      throw failed.signal.reason;
    }),
  );
  await Promise.allSettled(readings);
  return (await Promise.all(readings)).flat();
}

async function readOne({ id, source }: FootageSpec, options: SampleOptions, parts: SampleParts): Promise<Sample[]> {
  const ffmpeg = await findFfmpeg(null);
  let frames = 0;
  const { samples, notices } = await readFootage({
    id,
    scratch: parts.scratch,
    mostFrames: MOST_FRAMES,
    stop: parts.stop,
    mostSeconds: options.footageSeconds ?? (mayBeRecording(source) ? Infinity : FOOTAGE_SECONDS),
    onProgress: (read) => {
      frames = read;
      parts.progress('reading footage', read, MOST_FRAMES);
    },
    compare: betweenFrames(),
    open: footageOpener(source, options.fps ?? FOOTAGE_FPS, workingSizeFor(parts.ladder.rungs), ffmpeg),
  });
  for (const notice of notices) process.stderr.write(`weir: ${redactUrls(notice)}\n`);
  if (frames >= MOST_FRAMES) {
    process.stderr.write(
      `weir: of ${id} only the first ${MOST_FRAMES} frames are used; a lower --fps reaches further\n`,
    );
  }
  return samples;
}

/** Compares each frame with the one before, as the daemon compares it with the one that was classified last. */
function betweenFrames(): NonNullable<FootageOptions['compare']> {
  const detector = new DifferenceDetector();
  const small = smallRaster();
  let carried = 0;
  return (frame, seconds) => {
    const score = detector.score(small(frame, WHOLE_FRAME).pixels, seconds);
    detector.keep();
    if (score < Infinity) carried += carriedDifference(score);
    return { score, carried };
  };
}
