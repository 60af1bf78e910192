import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Ffmpeg } from './ffmpeg.ts';
import { filePath } from './kind.ts';

/** What a file says of itself, without a frame being decoded. */
export interface FileFacts {
  /** The container's duration; `null` where it has none. */
  readonly durationSeconds: number | null;
  /** PTS with which it begins; `null` where it does not say. */
  readonly startSeconds: number | null;
  /** Of the first video stream's pictures; `null` where there is none, or it does not say. */
  readonly picture: { readonly width: number; readonly height: number } | null;
}

/** Opening a file on a disk takes less, whatever it is. */
const ANSWER_WITHIN_MS = 20_000;
const MOST_TEXT = 1 << 20;

/** Asks ffmpeg what a file is. A file that it does not know has neither duration nor pictures. */
export async function probeFile({ path }: Pick<Ffmpeg, 'path'>, source: string): Promise<FileFacts> {
  const args = ['-hide_banner', '-nostdin', '-i', `file:${filePath(source)}`];
  const child = spawn(path, args, { stdio: ['ignore', 'ignore', 'pipe'], timeout: ANSWER_WITHIN_MS });
  let text = '';
  child.stderr.setEncoding('utf8');
  child.stderr.on('data', (part: string) => {
    if (text.length < MOST_TEXT) text += part;
  });
  await once(child, 'close'); // with 1: it was given no output
  return factsIn(text);
}

/** Reads what ffmpeg 4.1 and later print of their input. */
export function factsIn(text: string): FileFacts {
  const [, hours, minutes, seconds] = /^ *Duration: (\d+):(\d\d):(\d\d(?:\.\d+)?)/m.exec(text) ?? [];
  const [, start] = /^ *Duration: .*, start: (-?\d+(?:\.\d+)?)/m.exec(text) ?? [];
  const [, width, height] = /^ *Stream #0:\d.*: Video: .*?[ ,](\d{2,5})x(\d{2,5})[ ,\r\n]/m.exec(text) ?? [];
  return {
    durationSeconds: seconds === undefined ? null : Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds),
    startSeconds: start === undefined ? null : Number(start),
    picture: height === undefined ? null : { width: Number(width), height: Number(height) },
  };
}
