import { findFfmpeg } from '../decode/ffmpeg.ts';
import { WeirError } from '../errors.ts';
import type { Progress } from '../premodel/fit.ts';
import type { Raster, WorkingSize } from '../types.ts';
import { footageOpener } from './footage-source.ts';

/** With the first frames much happens for the first time. */
const WARM_UP_FRAMES = 20;

export interface Pictures {
  readonly pictures: readonly Raster[];
  /** From the first. */
  readonly seconds: readonly number[];
  readonly arrivalMs: number;
  /** PTS of the first. */
  readonly firstSeconds: number;
  /** Why it broke off; empty: it did not. */
  readonly failure: string;
  /** How many were left out, as they had another size than the first. */
  readonly otherSize: number;
  /** Whether it went on behind them. */
  readonly isCut: boolean;
}

interface FramesWanted {
  readonly fps: number;
  readonly working: WorkingSize;
  /** The greatest number of frames. */
  readonly most: number;
  readonly progress: Progress;
  readonly stop: AbortSignal;
}

/**
 * The first frames of a source, in shared memory, and what the main thread spends on taking one.
 *
 * @throws WeirError `footage-failed` of a source that gives none; the reason of `stop` when that is aborted
 */
export async function framesOf(
  source: string,
  { fps, working, most, progress, stop }: FramesWanted,
): Promise<Pictures> {
  const pictures: Raster[] = [];
  const seconds: number[] = [];
  let isCut = false;
  let failure = '';
  let otherSize = 0;
  /** What a daemon does not do. */
  let keptMs = 0;
  /** Since when it is measured, and how many frames came before. In CPU time: others may want the cores. */
  let since = process.cpuUsage();
  let before = 0;
  let enough = () => {};
  const full = new Promise<void>((resolve) => {
    enough = resolve;
  });
  const decoder = footageOpener(
    source,
    fps,
    working,
    await findFfmpeg(null, stop),
  )({
    onFrame: ({ width, height, pixels, ptsSeconds, release }) => {
      const [first] = pictures;
      isCut = pictures.length >= most;
      const isSame = first === undefined || (first.width === width && first.height === height);
      if (!isSame) otherSize++;
      if (isSame && !isCut && ptsSeconds > (seconds.at(-1) ?? -Infinity)) {
        if (pictures.length === WARM_UP_FRAMES) {
          since = process.cpuUsage();
          [before, keptMs] = [WARM_UP_FRAMES, 0];
        }
        const begun = process.cpuUsage();
        const copy = new Uint8Array(new SharedArrayBuffer(pixels.length));
        copy.set(pixels);
        pictures.push({ width, height, pixels: copy });
        seconds.push(ptsSeconds);
        progress('reading frames', pictures.length, most);
        keptMs += cpuMs(begun);
      }
      release();
      if (isCut) enough();
      return undefined;
    },
    onState: (state, reason) => {
      if (state !== 'failed') return;
      failure = reason;
      enough();
    },
  });
  stop.addEventListener('abort', enough, { once: true });
  try {
    await Promise.race([decoder.start(), full]);
  } finally {
    await decoder.stop();
    stop.removeEventListener('abort', enough);
  }
  stop.throwIfAborted();
  const spentMs = cpuMs(since);
  if (pictures.length === 0) {
    throw new WeirError('footage-failed', `${failure || 'it gave no frame'}`, { remedy: 'check the source' });
  }
  const [first = 0] = seconds;
  return {
    pictures,
    seconds: seconds.map((time) => time - first),
    arrivalMs: Math.max(0, spentMs - keptMs) / (pictures.length - before),
    firstSeconds: first,
    failure,
    otherSize,
    isCut,
  };
}

/** CPU time of this process since then; its inference threads do not run yet. */
function cpuMs(since: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(since);
  return (user + system) / 1000;
}
