import { messageOf } from '../errors.ts';
import { encodeLossless } from '../image/file.ts';
import { Resizer } from '../image/resize.ts';
import { toWorkingSize } from '../image/working-size.ts';
import type { Clock, Frame, Raster, WorkingSize } from '../types.ts';
import { OTHER } from '../words.ts';
import type { Answered, ExampleLimits, Reason } from './example.ts';
import { THUMBNAIL_BYTES, Thumbnailer } from './likeness.ts';
import { isWorthKeeping, wish } from './policy.ts';
import type { ExampleStore } from './store.ts';

/** One picture is encoded at a time, whatever camera it is of. */
export class EncodingTurn {
  isTaken = false;
}

export interface TakerParts {
  readonly store: ExampleStore;
  readonly turn: EncodingTurn;
  /** Larger frames are kept at this size: the largest at which a rung looks. */
  readonly working: WorkingSize;
  readonly clock: Clock;
  /** Uniform in 0..1. */
  readonly random: () => number;
  readonly onFailure: (reason: string) => void;
}

/** Takes frames of one camera to be kept as examples. */
export class ExampleTaker {
  readonly #parts: TakerParts;
  readonly #thumbnailer = new Thumbnailer();
  readonly #thumbnail = new Uint8Array(THUMBNAIL_BYTES);
  readonly #resizer = new Resizer();
  #lastMs = -Infinity;
  #drawnMs = -Infinity;
  #underWay: Promise<void> = Promise.resolve();

  constructor(parts: TakerParts) {
    this.#parts = parts;
  }

  /**
   * Looks at a frame with what was answered about it, and keeps a copy of its pixels if it is to be kept. Most frames cost next to
   * nothing; one that is kept half a millisecond and a copy here, the rest is done elsewhere.
   *
   * @param frame its pixels are not read after this returns
   * @param answered what was answered; called only where a frame is not too near to the one before
   */
  offer(frame: Frame, answered: () => readonly Answered[]): void {
    const { store, turn, clock } = this.#parts;
    const { set, limits } = store;
    const monotonicMs = clock.monotonicMs();
    const nowMs = clock.unixMs();
    const moment = { sinceLastMs: monotonicMs - this.#lastMs, coveredMs: nowMs - (set.oldestMs ?? nowMs) };
    if (moment.sinceLastMs < limits.minIntervalMs || turn.isTaken) return;
    const answers = answered();
    const reason = wish(isUnsure(answers, limits), moment, limits, this.#chance(monotonicMs, limits));
    if (reason === null) return;
    this.#lastMs = monotonicMs;
    this.#thumbnailer.make(frame, this.#thumbnail);
    const victim = set.victimFor(reason, nowMs, limits);
    if (!isWorthKeeping(reason, set.noveltyOf(this.#thumbnail), victim, nowMs, limits)) return;
    turn.isTaken = true;
    this.#underWay = this.#keep(frame, answers, reason).finally(() => {
      turn.isTaken = false;
    });
  }

  /** Resolves when nothing is being written any more. */
  async settled(): Promise<void> {
    await this.#underWay;
  }

  /** Drawn once an interval, whatever the rate of frames; in between no frame is taken by chance. */
  #chance(monotonicMs: number, { minIntervalMs }: ExampleLimits): number {
    if (monotonicMs - this.#drawnMs < minIntervalMs) return 1;
    this.#drawnMs = monotonicMs;
    return this.#parts.random();
  }

  async #keep(frame: Frame, answers: readonly Answered[], reason: Reason): Promise<void> {
    const { store, onFailure } = this.#parts;
    const { stream, ptsSeconds, arrivedAtMs } = frame;
    const thumbnail = this.#thumbnail.slice();
    const picture = this.#atWorkingSize(frame);
    const { width, height } = picture;
    try {
      const file = await encodeLossless(picture);
      const example = { takenAtMs: arrivedAtMs, stream, ptsSeconds, reason, width, height, answers };
      await store.add({ example, file, thumbnail });
    } catch (error) {
      onFailure(messageOf(error));
    }
  }

  #atWorkingSize(frame: Raster): Raster {
    const { working } = this.#parts;
    const isLarger = Math.min(frame.width, frame.height) > Math.max(working.width, working.height);
    return isLarger ? toWorkingSize(frame, working, this.#resizer) : frame;
  }
}

/** Whether a person's word would help: an answer is not trusted, or says that it is like nothing taught. */
export function isUnsure(answers: readonly Answered[], { unsureBelow }: Pick<ExampleLimits, 'unsureBelow'>): boolean {
  return answers.some(({ right, classId }) => right < unsureBelow || classId === OTHER);
}
