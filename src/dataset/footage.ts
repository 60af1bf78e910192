import { join } from 'node:path';
import { WeirError } from '../errors.ts';
import type { CameraState, Frame, Raster } from '../types.ts';
import { FrameStore } from './frame-store.ts';
import type { InFootage, Sample } from './sample.ts';

/** Folds are made of whole blocks of time, so many per source. */
const BLOCKS = 20;
/** Frames this near to another block are left out: they show what its frames show. */
const MARGIN_SECONDS = 1;

/** Something that gives frames; a `CameraDecoder` is one. */
export interface FootageSource {
  start(): Promise<void>;
  stop(): Promise<void>;
}

export interface RecordingOptions {
  /** Names the source in samples. */
  readonly id: string;
  /** Makes the source; its frames and states come through the callbacks. */
  readonly open: (callbacks: {
    onFrame: (frame: Frame) => undefined;
    onState: (state: CameraState, reason: string) => void;
  }) => FootageSource;
  /** Folder for the frames' pixels while they are needed. */
  readonly scratch: string;
  readonly mostFrames: number;
  /** A source without an end is read for so long, in its own time and, with a margin, by the clock. */
  readonly mostSeconds: number;
  /**
   * PTS with which the recording begins, if times are to count from the first picture that can be shown: a recording that was cut
   * between key frames has none for its first seconds, and who looks at it counts from where they end.
   */
  readonly startSeconds?: number | null;
  /** Frames before and from these times on are not wanted. */
  readonly fromSeconds?: number;
  readonly untilSeconds?: number;
  readonly onProgress: (frames: number) => void;
  readonly stop?: AbortSignal;
}

export interface FootageOptions extends RecordingOptions {
  /** Compares each frame with the one before it; left out: the order of the samples is not told. */
  readonly compare?: (frame: Raster, seconds: number) => Pick<InFootage, 'score' | 'carried'>;
}

/** What was read of a source. */
export interface Footage {
  readonly samples: Sample[];
  /** What was not as it should be, in words. */
  readonly notices: readonly string[];
}

/** Frames of a source with their times. */
export interface Recording {
  readonly store: FrameStore;
  /** PTS of each frame of the store, in seconds, less `leadSeconds`; where a source began anew, times go on. */
  readonly times: readonly number[];
  /** What lies before the first picture that can be shown; 0 unless it was asked for and is long. */
  readonly leadSeconds: number;
  /** What was not as it should be, in words. */
  readonly notices: readonly string[];
}

/** The first picture may come this much behind the start: frames that are shown in another order than they are decoded. */
const NO_LEAD_SECONDS = 0.5;

/** A source may take so long, besides, to be connected to and to come back after a failure. */
const PATIENCE_MS = 30_000;

/**
 * Frames of a user's own camera or recording as samples without a truth. Their groups are blocks of time, so that neighbouring
 * frames never stand on both sides of a split.
 *
 * @throws WeirError `footage-failed` if the source cannot be read, `footage-short` if it gives too little to be split,
 * `cache-failed` if its frames cannot be kept; the reason of `stop` when that is aborted
 */
export async function readFootage(options: FootageOptions): Promise<Footage> {
  const { store, times, notices } = await readRecording(options);
  try {
    return { samples: toSamples(options, times, store), notices };
  } catch (error) {
    store.close();
    throw error;
  }
}

/**
 * All frames of a source, with their times. The store is to be closed by who gets it.
 *
 * @throws WeirError `footage-failed`, `cache-failed`; the reason of `stop` when that is aborted
 */
export async function readRecording(options: RecordingOptions): Promise<Recording> {
  const { id, mostFrames, mostSeconds, fromSeconds = -Infinity, untilSeconds = Infinity } = options;
  const { startSeconds = null } = options;
  const notices: string[] = [];
  const store = new FrameStore(join(options.scratch, `footage-${process.pid}-${id}.frames`));
  const times: number[] = [];
  let failure = '';
  let unkept: unknown = null;
  let otherSize = 0;
  let over = () => {};
  const enough = new Promise<void>((resolve) => {
    over = resolve;
  });
  const isLate = () => {
    notices.push(`${id} gave ${times.length} frames and then too long none; it is used as far as it goes`);
    over();
  };
  let stream = -1;
  let offsetSeconds = 0;
  let leadSeconds: number | null = null;
  const source = options.open({
    onFrame: (frame) => {
      leadSeconds ??= leadOf(frame.ptsSeconds, startSeconds);
      const seconds = frame.ptsSeconds - leadSeconds;
      const isBeyond = seconds >= untilSeconds;
      if (!isBeyond && seconds >= fromSeconds && times.length < mostFrames && unkept === null) {
        // Times go on where a source begins anew.
        if (frame.stream !== stream) offsetSeconds = times.length === 0 ? 0 : (times.at(-1) ?? 0) + 60 - seconds;
        stream = frame.stream;
        try {
          if (store.append(frame)) times.push(seconds + offsetSeconds);
          else otherSize++;
        } catch (error) {
          unkept = error;
          over();
        }
        options.onProgress(times.length);
      }
      frame.release();
      if (isBeyond || times.length >= mostFrames || (times.at(-1) ?? 0) - (times[0] ?? 0) > mostSeconds) over();
      return undefined;
    },
    onState: (state, reason) => {
      if (state === 'failed') {
        failure = reason;
        over();
      }
    },
  });
  const late = Number.isFinite(mostSeconds) ? setTimeout(isLate, mostSeconds * 1000 + PATIENCE_MS) : undefined;
  const { stop } = options;
  stop?.addEventListener('abort', over, { once: true });
  try {
    if (!stop?.aborted) await Promise.race([source.start(), enough]);
    await source.stop();
    stop?.throwIfAborted();
    if (unkept !== null) throw unkept;
    if (times.length === 0) {
      const isSpan = failure === '' && (Number.isFinite(fromSeconds) || Number.isFinite(untilSeconds));
      const why = failure || (isSpan ? 'it shows nothing in the time that was asked for' : 'it gave no frame');
      const remedy = isSpan ? 'give other times: they are seconds from its beginning' : 'check the source';
      throw new WeirError('footage-failed', `${id}: ${why}`, { remedy });
    }
    if (failure !== '')
      notices.push(`${id} broke off after ${times.length} frames: ${failure}; what came before is used`);
    if (otherSize > 0) notices.push(`${id}: ${otherSize} frames of another size than the first are left out`);
    const lead = leadSeconds ?? 0;
    if (lead > 0)
      notices.push(`${id}: its first ${lead.toFixed(2)} s cannot be decoded; times count from the first picture`);
    return { store, times, leadSeconds: lead, notices };
  } catch (error) {
    store.close();
    throw error;
  } finally {
    clearTimeout(late);
    stop?.removeEventListener('abort', over);
  }
}

export function leadOf(firstSeconds: number, startSeconds: number | null): number {
  const lead = startSeconds === null ? 0 : firstSeconds - startSeconds;
  return lead > NO_LEAD_SECONDS ? lead : 0;
}

function toSamples({ id, compare }: FootageOptions, times: readonly number[], store: FrameStore): Sample[] {
  const first = times[0] ?? 0;
  const blockSeconds = ((times.at(-1) ?? 0) - first) / BLOCKS;
  if (blockSeconds < 4 * MARGIN_SECONDS) {
    throw new WeirError(
      'footage-short',
      `${id}: ${Math.round(blockSeconds * BLOCKS)} s are too short to be split by time`,
      {
        remedy: `give at least ${4 * MARGIN_SECONDS * BLOCKS} s`,
      },
    );
  }
  const places = compare === undefined ? [] : placesOf(id, compare, times, store);
  return times.flatMap((time, index): Sample[] => {
    const block = Math.min(BLOCKS - 1, Math.floor((time - first) / blockSeconds));
    const toBorder = Math.min(time - first - block * blockSeconds, first + (block + 1) * blockSeconds - time);
    const isInner =
      (block === 0 && time - first < blockSeconds / 2) ||
      (block === BLOCKS - 1 && time - first > (block + 0.5) * blockSeconds);
    if (toBorder < MARGIN_SECONDS && !isInner) return [];
    return [
      {
        key: store.keyOf(index),
        name: `${id} at ${time.toFixed(2)} s`,
        condition: id,
        truth: null,
        group: `${id}/${block}`,
        ...(places[index] === undefined ? {} : { footage: places[index] }),
        load: async () => store.load(index),
      },
    ];
  });
}

/** Where each frame stands among the others, those that are left out as samples too. */
function placesOf(
  id: string,
  compare: NonNullable<FootageOptions['compare']>,
  times: readonly number[],
  store: FrameStore,
): InFootage[] {
  let run = 0;
  return times.map((seconds, index) => {
    const compared = compare(store.load(index), seconds);
    if (!(compared.score < Infinity)) run++;
    return { run: `${id}/${run}`, seconds, ...compared };
  });
}
