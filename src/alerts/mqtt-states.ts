import type { SequencedMessage } from '../protocol/messages.ts';

interface CameraPicture {
  state: string;
  reason: string;
  readonly questions: Record<string, { readonly label: string; readonly sinceMs: number }>;
  readonly rules: Set<string>;
}

/** What holds of each camera, as its topic `state` says it. A text is new only where something is. */
export class CameraStates {
  readonly #cameras = new Map<string, CameraPicture>();

  /** @returns whether what is told of the message's camera changed */
  observe(message: SequencedMessage): boolean {
    const { camera } = message;
    if (message.type === 'camera') {
      if (message.state === 'removed') return this.#cameras.delete(camera);
      const picture = this.#of(camera);
      const isNew = picture.state !== message.state || picture.reason !== message.reason;
      picture.state = message.state;
      picture.reason = message.reason;
      return isNew;
    }
    // Of objects, each of which has an answer of its own, no one answer is the camera's.
    if (message.type !== 'label' || message.view.track !== undefined) return false;
    const { question, label, stable, changed, arrivedAtMs } = message;
    // Where answers are not made stable each that changed counts.
    const told = stable ?? (changed && label !== null ? { label, sinceMs: arrivedAtMs } : null);
    const { questions } = this.#of(camera);
    if (told === null || questions[question]?.label === told.label) return false;
    questions[question] = { label: told.label, sinceMs: told.sinceMs };
    return true;
  }

  holding(rule: string, camera: string, holds: boolean): void {
    const { rules } = this.#of(camera);
    if (holds) rules.add(rule);
    else rules.delete(rule);
  }

  /** Rules and questions that are no more are not told. */
  keep(camera: string, questions: ReadonlySet<string>, rules: ReadonlySet<string>): void {
    const picture = this.#of(camera);
    for (const question of Object.keys(picture.questions)) {
      if (!questions.has(question)) delete picture.questions[question];
    }
    for (const rule of picture.rules) if (!rules.has(rule)) picture.rules.delete(rule);
  }

  forget(camera: string): void {
    this.#cameras.delete(camera);
  }

  get cameras(): readonly string[] {
    return [...this.#cameras.keys()];
  }

  /** JSON */
  textOf(camera: string): string {
    const { state, reason, questions, rules } = this.#of(camera);
    return JSON.stringify({ state, reason, questions, rules: [...rules].sort() });
  }

  #of(camera: string): CameraPicture {
    const known = this.#cameras.get(camera);
    if (known !== undefined) return known;
    const picture = { state: 'connecting', reason: '', questions: {}, rules: new Set<string>() };
    this.#cameras.set(camera, picture);
    return picture;
  }
}
