import { basename } from 'node:path';
import type { TruthFile } from './truth.ts';

/** People round an end up, and the last frame is shown for a while. */
const BEYOND_SECONDS = 1;

/** A recording as far as its truth file can be held against it. */
export interface HeardOf {
  /** Of its file. */
  readonly source: string;
  readonly truthName: string;
  /** Where its time line ends; `null` where that is not known. */
  readonly endSeconds: number | null;
}

/** Signs that a truth file is of another recording, in words. */
export function truthMisfits({ source, truthName, endSeconds }: HeardOf, { clip, questions }: TruthFile): string[] {
  const misfits: string[] = [];
  const file = basename(source);
  if (clip !== null && basename(clip) !== file)
    misfits.push(`${truthName} says that it is of the clip ${clip}, and is used for ${file}: is it the right one?`);
  if (endSeconds === null) return misfits;
  const beyond = questions.flatMap(({ intervals }) => intervals).filter(({ to }) => to > endSeconds + BEYOND_SECONDS);
  if (beyond.length === 0) return misfits;
  const last = beyond.reduce((most, { to }) => Math.max(most, to), 0);
  const what = beyond.length === 1 ? 'an interval reaches' : `${beyond.length} intervals reach`;
  misfits.push(
    `${truthName}: ${what} to ${last} s and beyond the end of ${file} (${endSeconds.toFixed(1)} s); what lies there is passed over`,
  );
  return misfits;
}
