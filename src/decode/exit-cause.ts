import { diagnose, knownCause, type Opened } from './diagnose.ts';
import type { DecodeExit } from './process.ts';

/** What ended an opening of a source. */
export interface Cause {
  readonly state: 'ended' | 'failed' | 'stalled';
  readonly code: string;
  readonly reason: string;
}

/** Reasons for which no frame comes although ffmpeg goes on. */
const SILENT_CAUSES = new Set(['too-large', 'no-decoder', 'no-video', 'hwaccel-unavailable', 'certificate', 'tls']);
/** What ffmpeg says of an input that is shorter than it claims to be. */
const CUT_OFF = /partial file|ends prematurely|Input\/output error|Connection reset by peer/i;

/** Why an ffmpeg that nobody ended came to its end after `frames` frames. */
export function causeOfExit(exit: DecodeExit, frames: number, about: Opened): Cause {
  if (exit.code !== 0 || frames === 0) return { state: 'failed', ...diagnose(exit.stderr, about) };
  if (exit.stderr.some((line) => CUT_OFF.test(line))) {
    return { state: 'failed', code: 'cut-off', reason: 'it breaks off before its end: fetch it again, or repair it' };
  }
  return { state: 'ended', code: 'ended', reason: 'the source has ended' };
}

/** Behind silence may stand a reason that ffmpeg told without ending. */
export function explained(cause: Cause, exit: DecodeExit, frames: number, about: Opened): Cause {
  const known = cause.code === 'no-frames' && frames === 0 ? knownCause(exit.stderr, about) : null;
  // Others may be the consequence of our own ending it.
  return known !== null && SILENT_CAUSES.has(known.code) ? { state: 'failed', ...known } : cause;
}
