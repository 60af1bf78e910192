import { demandsOf, type Sight, type Smoothing, StableAnswer } from '../cascade/smoothing.ts';
import type { Frame, Label, LabelClass } from '../types.ts';
import { OTHER } from '../words.ts';
import type { Answered } from './asking.ts';
import type { AskedQuestion } from './question.ts';
import type { SceneEvent } from './told.ts';

/** How a question's answers are smoothed; `null`: they are not. */
export type SmoothingOf = (question: AskedQuestion) => Smoothing | null;

/** A stream that comes back later than this shows another scene for all one knows. */
const LONGEST_BREAK_MS = 60_000;

/** The stable answer of a question, of the whole view or of one object. */
interface Held {
  readonly question: string;
  readonly classes: readonly LabelClass[];
  readonly answer: StableAnswer;
  /** The last frame. */
  readonly last: { -readonly [K in keyof Sight]: Sight[K] } & { arrivedMs: number };
}

/** What is told of a look, beside its own answer. */
export type StableNow = Pick<Label, 'stable' | 'changed'>;
type Event = Omit<SceneEvent, 'camera'>;

/** Keeps a camera's stable answers, of the whole view by question and of the objects in it, and makes the events of the former. */
export class StableAnswers {
  readonly #smoothingOf: SmoothingOf;
  readonly #held = new Map<string, Held>();
  /** By object and question. */
  readonly #ofTracks = new Map<number, Map<string, Held>>();
  /** Questions about what moves: what is said of the whole view is that nothing does. Objects have events of their own. */
  readonly #aboutObjects = new Set<string>();
  #events: Event[] = [];

  constructor(smoothingOf: SmoothingOf) {
    this.#smoothingOf = smoothingOf;
  }

  /** @returns what is stable with this answer; `null` where answers of the question, or of its kind, are not smoothed */
  look(frame: Frame, question: AskedQuestion, track: number | undefined, answer: Answered): StableNow | null {
    const smoothing = this.#smoothingOf(question);
    if (smoothing === null) return null;
    const { id } = question;
    if (track !== undefined || answer.top.length === 0) this.#leaveToObjects(id);
    if (track === undefined && this.#aboutObjects.has(id)) return null;
    const held = this.#heldOf(frame, question, track, smoothing);
    const { answer: kept } = held;
    const before = labelAt(held);
    const since = kept.since;
    const changed = kept.add(answer.probabilities, frame, answer.reusedAgeMs !== undefined);
    if (changed && track === undefined) {
      if (since !== null) this.#tell(held, before, 'end', kept.since ?? frame);
      this.#tell(held, labelAt(held), 'begin', kept.since ?? frame);
    }
    const { stream, ptsSeconds, arrivedAtMs, arrivedMs } = frame;
    Object.assign(held.last, { stream, ptsSeconds, arrivedAtMs, arrivedMs });
    const label = labelAt(held);
    const { arrivedAtMs: sinceMs = 0 } = kept.since ?? {};
    return { stable: label === null ? null : { label: label.name, sinceMs }, changed };
  }

  /** The events since the last call. */
  takeEvents(): readonly Event[] {
    if (this.#events.length === 0) return this.#events;
    const events = this.#events;
    this.#events = [];
    return events;
  }

  forget(track: number): void {
    this.#ofTracks.delete(track);
  }

  forgetObjects(): void {
    this.#ofTracks.clear();
  }

  /**
   * Others are asked from now on, or by other means. What is stable stays so where its question is asked still and has the same
   * answers, without what spoke for others so far; else it ends.
   */
  keepOnly(questions: readonly AskedQuestion[]): void {
    for (const held of this.#held.values()) {
      const asked = questions.find(({ id }) => id === held.question);
      if (asked === undefined || !areSame(asked.classes, held.classes)) this.#end(held);
      else held.answer.dropEvidence();
    }
    this.#aboutObjects.clear();
  }

  /** Nothing more comes. */
  end(): void {
    for (const held of this.#held.values()) this.#end(held);
  }

  #heldOf(frame: Frame, question: AskedQuestion, track: number | undefined, smoothing: Smoothing): Held {
    const all = track === undefined ? this.#held : this.#questionsOf(track);
    const there = all.get(question.id);
    if (there !== undefined && !this.#isPast(there, frame, question)) return there;
    if (there !== undefined && track === undefined) this.#end(there);
    const made: Held = {
      question: question.id,
      classes: question.classes,
      answer: new StableAnswer(demandsOf(smoothing, question.classes), smoothing.halfLifeSeconds),
      last: {
        stream: frame.stream,
        ptsSeconds: frame.ptsSeconds,
        arrivedAtMs: frame.arrivedAtMs,
        arrivedMs: frame.arrivedMs,
      },
    };
    all.set(question.id, made);
    return made;
  }

  #isPast({ last, classes }: Held, { stream, arrivedMs }: Frame, question: AskedQuestion): boolean {
    if (!areSame(classes, question.classes)) return true;
    return stream !== last.stream && arrivedMs - last.arrivedMs > LONGEST_BREAK_MS;
  }

  #questionsOf(track: number): Map<string, Held> {
    const there = this.#ofTracks.get(track) ?? new Map<string, Held>();
    this.#ofTracks.set(track, there);
    return there;
  }

  #leaveToObjects(question: string): void {
    if (this.#aboutObjects.has(question)) return;
    this.#aboutObjects.add(question);
    const held = this.#held.get(question);
    if (held !== undefined) this.#end(held);
  }

  #end(held: Held): void {
    this.#held.delete(held.question);
    if (held.answer.since !== null) this.#tell(held, labelAt(held), 'end', held.last);
  }

  /** What is `other` is none of the things that were asked for: it has no event. */
  #tell({ question }: Held, label: LabelClass | null, phase: Event['phase'], sight: Sight): void {
    if (label === null || label.id === OTHER) return;
    const { stream, ptsSeconds, arrivedAtMs } = sight;
    this.#events.push({ question, label: label.name, phase, stream, ptsSeconds, atMs: arrivedAtMs });
  }
}

function labelAt({ classes, answer }: Held): LabelClass | null {
  return classes[answer.stable] ?? null;
}

function areSame(some: readonly LabelClass[], others: readonly LabelClass[]): boolean {
  return some === others || (some.length === others.length && some.every(({ id }, k) => id === others[k]?.id));
}
