import { Looks } from '../charts/looks.ts';
import type { CameraInfo, CameraState, LabelMessage, Question } from '../wire.ts';
import { heldConfidence } from './held.ts';
import { type Stretch, Strip } from './strip.ts';

/** What was said last of a view or an object. */
interface Seen {
  label: LabelMessage;
  /** How sure what holds is, 0..1; `null`: no frame was heard that says so. */
  sure: number | null;
}

/** What is answered now to one question about one view. */
export interface Answer extends Seen {
  readonly question: string;
  strip: Strip;
  readonly looks: Looks;
}

/** An object that was not seen for so long has left. */
const OBJECT_MS = 3_000;
const MAX_OBJECTS = 8;
const MAX_QUESTIONS = 32;

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
  readonly objects = new Map<string, Seen>();
  /** By question: what held before, of what was not answered yet. */
  readonly #past = new Map<string, readonly Stretch[]>();

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
      const key = `${question} ${view.track}`;
      this.objects.set(key, { label: message, sure: heldConfidence(message, this.objects.get(key)) });
    } else {
      const known = this.answers.get(question);
      const sure = heldConfidence(message, known);
      const answer = known ?? { question, label: message, sure, strip: this.#newStrip(message), looks: new Looks() };
      answer.label = message;
      answer.sure = sure;
      answer.strip.add(message.stable?.label ?? message.label, arrivedAtMs);
      this.answers.set(question, answer);
      if (this.answers.size > MAX_QUESTIONS) this.#drop(this.answers);
    }
    for (const [key, object] of this.objects) {
      if (object.label.arrivedAtMs < arrivedAtMs - OBJECT_MS) this.objects.delete(key);
    }
    if (this.objects.size > MAX_OBJECTS) this.#drop(this.objects);
  }

  /** What held before the page heard of it. */
  past(question: string, stretches: readonly Stretch[]): void {
    const answer = this.answers.get(question);
    if (answer !== undefined) answer.strip.fill(stretches);
    else if (this.#past.size < MAX_QUESTIONS) this.#past.set(question, stretches);
  }

  /** Nothing is known of what held while nobody listened. */
  forgetStrips(): void {
    for (const answer of this.answers.values()) answer.strip = new Strip();
  }

  /** Answers in the order of the camera's questions; those that it is no longer asked are left out. */
  get inOrder(): readonly Answer[] {
    const asked = this.questions.map(({ id }) => id);
    const known = asked.flatMap((id) => this.answers.get(id) ?? []);
    return known.length > 0 ? known : [...this.answers.values()];
  }

  /** Of what was not told before it is known at least since when the present answer holds. */
  #newStrip({ question, stable, arrivedAtMs }: LabelMessage): Strip {
    const strip = new Strip();
    const held = stable === null ? [] : [{ label: stable.label, fromMs: stable.sinceMs, toMs: arrivedAtMs }];
    strip.fill(this.#past.get(question) ?? held);
    this.#past.delete(question);
    return strip;
  }

  #drop(map: Map<string, unknown>): void {
    for (const oldest of map.keys()) {
      map.delete(oldest);
      return;
    }
  }
}
