import type { CameraInfo, CameraState, LabelMessage, Question } from '../wire.ts';
import { Strip } from './strip.ts';

/** What is answered now to one question about one view, or of one object. */
export interface Answer {
  readonly question: string;
  label: LabelMessage;
  readonly strip: Strip;
}

/** An object that was not seen for so long has left. */
const OBJECT_MS = 3_000;
const MAX_OBJECTS = 8;
const MAX_QUESTIONS = 32;
const MAX_NAMES = 64;

/** All that the page knows of one camera; bounded, and changed in place. */
export class CameraModel {
  readonly id: string;
  state: CameraState = 'connecting';
  reason = '';
  degraded: readonly string[] = [];
  gear: number | undefined;
  agreement: Readonly<Record<string, number>> = {};
  questions: readonly Question[] = [];
  /** What REST tells beyond the messages. */
  info: CameraInfo | null = null;
  /** By question, about the whole view. */
  readonly answers = new Map<string, Answer>();
  /** By question and track. */
  readonly objects = new Map<string, LabelMessage>();
  readonly #places = new Map<string, number>();

  constructor(id: string) {
    this.id = id;
  }

  status(told: Partial<Omit<CameraInfo, 'id'>>): void {
    if (told.state !== undefined) this.state = told.state;
    this.reason = told.reason ?? '';
    this.degraded = told.degraded ?? [];
    this.gear = told.gear;
    this.agreement = told.agreement ?? {};
    if (told.questions !== undefined) this.questions = told.questions;
  }

  label(message: LabelMessage): void {
    const { question, view, arrivedAtMs } = message;
    if (view.track !== undefined) {
      this.objects.set(`${question} ${view.track}`, message);
    } else {
      const answer = this.answers.get(question) ?? { question, label: message, strip: new Strip() };
      answer.label = message;
      answer.strip.add(message.stable?.label ?? message.label, arrivedAtMs);
      this.answers.set(question, answer);
      if (this.answers.size > MAX_QUESTIONS) this.#drop(this.answers);
    }
    for (const [key, object] of this.objects) {
      if (object.arrivedAtMs < arrivedAtMs - OBJECT_MS) this.objects.delete(key);
    }
    if (this.objects.size > MAX_OBJECTS) this.#drop(this.objects);
  }

  /** Answers in the order of the camera's questions; those that it is no longer asked are left out. */
  get inOrder(): readonly Answer[] {
    const asked = this.questions.map(({ id }) => id);
    const known = asked.flatMap((id) => this.answers.get(id) ?? []);
    return known.length > 0 ? known : [...this.answers.values()];
  }

  /** Which look a label has: by the order in which labels were first seen, so that it stays. */
  placeOf(label: string): number {
    const place = this.#places.get(label) ?? this.#places.size % MAX_NAMES;
    if (this.#places.size < MAX_NAMES) this.#places.set(label, place);
    return place;
  }

  #drop(map: Map<string, unknown>): void {
    for (const oldest of map.keys()) {
      map.delete(oldest);
      return;
    }
  }
}
