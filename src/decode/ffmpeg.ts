import { execFile } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { messageOf, WeirError } from '../errors.ts';
import type { FfmpegTraits } from './arguments.ts';

/** An ffmpeg that was found and runs. */
export interface Ffmpeg extends FfmpegTraits {
  readonly path: string;
  readonly version: string;
  /** The static build in `@ffmpeg-installer`; it must not resolve names itself (its glibc can crash on that). */
  readonly bundled: boolean;
}

/** libavformat of ffmpeg 4.1: the oldest that Weir is tested with. */
const OLDEST_LIBAVFORMAT = { major: 58, minor: 20 };
/** An ffmpeg that does not say its version within this is none. */
const ANSWER_WITHIN_MS = 10_000;
const REMEDY = 'install one (Debian: `apt-get install ffmpeg`), or name it with WEIR_FFMPEG or `ffmpeg.path`';

/**
 * Finds ffmpeg: the one configured or named by WEIR_FFMPEG, else a system ffmpeg of at least 4.1, else the bundled one.
 *
 * @throws WeirError `ffmpeg-missing`, `ffmpeg-too-old`
 */
export async function findFfmpeg(configured: string | null, stop?: AbortSignal): Promise<Ffmpeg> {
  const named = process.env.WEIR_FFMPEG || configured;
  if (named) {
    const ffmpeg = await inspect(named, false, stop);
    if (isTooOld(ffmpeg.libavformat)) {
      throw new WeirError('ffmpeg-too-old', `${named} is ffmpeg ${ffmpeg.version}; Weir needs 4.1 or newer`, {
        remedy: REMEDY,
        exitCode: 2,
      });
    }
    return ffmpeg;
  }
  const onPath = findOnPath('ffmpeg');
  if (onPath !== null) {
    const ffmpeg = await inspect(onPath, false, stop).catch(() => null);
    if (ffmpeg !== null && !isTooOld(ffmpeg.libavformat)) return ffmpeg;
  }
  return await inspect(bundledPath(), true, stop);
}

/** Names of the video decoders that an ffmpeg has. */
export async function videoDecoders(ffmpeg: Ffmpeg): Promise<string[]> {
  const { stdout } = await promisify(execFile)(ffmpeg.path, ['-hide_banner', '-decoders'], { maxBuffer: 1 << 22 });
  return [...stdout.matchAll(/^ V\S{5} (\S+)/gm)].map((match) => match[1] ?? '').filter((name) => name !== '=');
}

async function inspect(
  path: string,
  bundled: boolean,
  stop: AbortSignal | undefined,
): Promise<Ffmpeg & { libavformat: typeof OLDEST_LIBAVFORMAT }> {
  const options = { timeout: ANSWER_WITHIN_MS, ...(stop === undefined ? {} : { signal: stop }) };
  const { stdout } = await promisify(execFile)(path, ['-version'], options).catch((cause: unknown) => {
    throw new WeirError('ffmpeg-missing', `cannot run ${path} as ffmpeg: ${messageOf(cause).split('\n')[0]}`, {
      remedy: REMEDY,
      exitCode: 2,
      cause,
    });
  });
  const version = /^ffmpeg version (\S+)/m.exec(stdout)?.[1];
  const library = /^libavformat\s+(\d+)\.\s*(\d+)/m.exec(stdout);
  if (version === undefined || library === null) {
    throw new WeirError('ffmpeg-missing', `${path} does not say that it is ffmpeg`, { remedy: REMEDY, exitCode: 2 });
  }
  const libavformat = { major: Number(library[1]), minor: Number(library[2]) };
  return { path, version, bundled, libavformat, libavformatMajor: libavformat.major };
}

function isTooOld({ major, minor }: typeof OLDEST_LIBAVFORMAT): boolean {
  return major < OLDEST_LIBAVFORMAT.major || (major === OLDEST_LIBAVFORMAT.major && minor < OLDEST_LIBAVFORMAT.minor);
}

function findOnPath(name: string): string | null {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    if (folder === '') continue;
    const path = join(folder, name);
    try {
      accessSync(path, constants.X_OK);
      return path;
    } catch {
      // not in this folder
    }
  }
  return null;
}

function bundledPath(): string {
  try {
    return (createRequire(import.meta.url)('@ffmpeg-installer/ffmpeg') as { path: string }).path;
  } catch (cause) {
    throw new WeirError(
      'ffmpeg-missing',
      `no ffmpeg: none on the PATH, and none bundled for ${process.platform}-${process.arch}`,
      {
        remedy: REMEDY,
        exitCode: 2,
        cause,
      },
    );
  }
}
