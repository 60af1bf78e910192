import type { Clock, ClockState, Frame, Label, ViewTaken } from '../types.ts';
import type { Answered } from './asking.ts';
import type { AskedQuestion } from './question.ts';

export interface LabelParts {
  readonly camera: string;
  readonly budgetMs: number | null;
  readonly clock: Clock;
  readonly clockSince: (monotonicMs: number) => ClockState;
}

/** Ids of classes, by question. */
type Answers = Map<string, string | null>;

/** Makes a camera's labels; knows what each question was last answered with. */
export class Labeller {
  readonly #parts: LabelParts;
  /** Of each question. */
  readonly #previous: Answers = new Map();
  /** The same of each object that is followed. */
  readonly #ofTracks = new Map<number, Answers>();

  constructor(parts: LabelParts) {
    this.#parts = parts;
  }

  /** Forgets all objects. */
  forgetObjects(): void {
    this.#ofTracks.clear();
  }

  /** Forgets an object that has left. */
  forget(track: number): void {
    this.#ofTracks.delete(track);
  }

  label(frame: Frame, { id, policy }: AskedQuestion, view: ViewTaken, answer: Answered): Label {
    const { camera, budgetMs, clock, clockSince } = this.#parts;
    const { top, stop, path, spentMs, reusedAgeMs, audit } = answer;
    const [best] = top;
    const classId = best?.classId ?? null;
    const previous = this.#previousOf(view.track);
    const changed = previous.get(id) !== classId;
    previous.set(id, classId);
    // Where something is there again, nothing being there will be a change.
    if (view.track !== undefined) this.#previous.delete(id);
    return {
      camera,
      question: id,
      stream: frame.stream,
      ptsSeconds: frame.ptsSeconds,
      arrivedAtMs: frame.arrivedAtMs,
      decidedAtMs: clock.unixMs(),
      view,
      label: best?.label ?? null,
      classId,
      confidence: best?.confidence ?? null,
      top,
      stable: null,
      changed,
      path: path.map(({ rung, waitMs, runMs, confidence }) => ({ rung, waitMs, runMs, confidence })),
      stop,
      ...(reusedAgeMs === undefined ? {} : { reusedAgeMs }),
      ...(audit === undefined ? {} : { audit }),
      budgetMs,
      spentMs,
      operatingPoint: policy.operatingPoint,
      clock: clockSince(frame.arrivedMs),
    };
  }

  #previousOf(track: number | undefined): Answers {
    if (track === undefined) return this.#previous;
    const previous = this.#ofTracks.get(track) ?? new Map();
    this.#ofTracks.set(track, previous);
    return previous;
  }
}
