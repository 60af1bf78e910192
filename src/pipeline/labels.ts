import type { Clock, ClockState, Frame, Label, ViewTaken } from '../types.ts';
import type { QuestionResult } from './asking.ts';
import type { AskedQuestion } from './question.ts';

export interface LabelParts {
  readonly camera: string;
  readonly budgetMs: number | null;
  readonly clock: Clock;
  readonly clockSince: (monotonicMs: number) => ClockState;
}

type Answered = Extract<QuestionResult, { kind: 'answered' }>;

/** Makes a camera's labels; knows what each question was last answered with. */
export class Labeller {
  readonly #parts: LabelParts;
  /** By question, and by track where there is one. */
  readonly #previous = new Map<string, string | null>();

  constructor(parts: LabelParts) {
    this.#parts = parts;
  }

  label(frame: Frame, { id, policy }: AskedQuestion, view: ViewTaken, { top, stop, path, spentMs }: Answered): Label {
    const { camera, budgetMs, clock, clockSince } = this.#parts;
    const [best] = top;
    const classId = best?.classId ?? null;
    const changed = this.#previous.get(id) !== classId;
    this.#previous.set(id, classId);
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
      budgetMs,
      spentMs,
      operatingPoint: policy.operatingPoint,
      clock: clockSince(frame.arrivedMs),
    };
  }
}
