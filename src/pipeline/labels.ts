import type { Clock, ClockState, Frame, Label, ViewTaken } from '../types.ts';
import type { Answered } from './asking.ts';
import type { AskedQuestion } from './question.ts';
import { type SmoothingOf, StableAnswers } from './stable.ts';
import type { SceneEvent } from './told.ts';

export interface LabelParts {
  readonly camera: string;
  readonly budgetMs: number | null;
  readonly clock: Clock;
  readonly clockSince: (monotonicMs: number) => ClockState;
  /** Left out: answers are not smoothed. */
  readonly smoothing?: SmoothingOf;
}

/** Ids of classes, by question. */
type Answers = Map<string, string | null>;

/** Makes a camera's labels; knows what each question was last answered with, and what of it is stable. */
export class Labeller {
  readonly #parts: LabelParts;
  /** Of each question. */
  readonly #previous: Answers = new Map();
  /** The same of each object that is followed. */
  readonly #ofTracks = new Map<number, Answers>();
  readonly #stable: StableAnswers;

  constructor(parts: LabelParts) {
    this.#parts = parts;
    this.#stable = new StableAnswers(parts.smoothing ?? (() => null));
  }

  /** Forgets all objects. */
  forgetObjects(): void {
    this.#ofTracks.clear();
    this.#stable.forgetObjects();
  }

  /** Others are asked from now on. */
  ask(questions: readonly AskedQuestion[]): void {
    this.#stable.keepOnly(questions);
  }

  /** Nothing more comes. */
  end(): void {
    this.#stable.end();
  }

  /** What began and ended to be stable of the whole view, since the last call. */
  takeEvents(): readonly Omit<SceneEvent, 'camera'>[] {
    return this.#stable.takeEvents();
  }

  /** Forgets an object that has left. */
  forget(track: number): void {
    this.#ofTracks.delete(track);
    this.#stable.forget(track);
  }

  label(frame: Frame, question: AskedQuestion, view: ViewTaken, answer: Answered): Label {
    const { id, policy } = question;
    const { camera, budgetMs, clock, clockSince } = this.#parts;
    const { top, stop, path, spentMs, reusedAgeMs, audit } = answer;
    const [best] = top;
    const classId = best?.classId ?? null;
    const previous = this.#previousOf(view.track);
    const isAnother = previous.get(id) !== classId;
    const now = this.#stable.look(frame, question, view.track, answer);
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
      stable: now?.stable ?? null,
      changed: now?.changed ?? isAnother,
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
