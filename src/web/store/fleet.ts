import type {
  CameraInfo,
  CameraMessage,
  CamerasAnswer,
  ClockInfo,
  EventMessage,
  Hello,
  ServerMessage,
} from '../wire.ts';
import { clockTelling } from '../words/states.ts';
import { CameraModel } from './camera.ts';
import { News, Occurrences } from './occurrences.ts';
import type { Past } from './past.ts';

/** What of the fleet changed with a message. */
export interface Changes {
  /** Draws what belongs to a camera anew, or to `FLEET`, `EVENTS`, `CLOCK`. */
  readonly changed: (key: string) => void;
  /** A sentence that is read out. */
  readonly announce: (sentence: string) => void;
}

export const FLEET = '*fleet';
export const EVENTS = '*events';
export const CLOCK = '*clock';

/** All cameras, as the messages and REST tell them. */
export class Fleet {
  readonly #cameras = new Map<string, CameraModel>();
  readonly occurrences = new Occurrences();
  readonly #news = new News();
  readonly #changes: Changes;
  clock: ClockInfo | null = null;
  epoch: string | null = null;
  /** Whether it is known which cameras there are. */
  isKnown = false;

  constructor(changes: Changes) {
    this.#changes = changes;
  }

  /** In the order in which the daemon lists them. */
  get cameras(): readonly CameraModel[] {
    return [...this.#cameras.values()];
  }

  camera(id: string): CameraModel | null {
    return this.#cameras.get(id) ?? null;
  }

  /** @returns whether there is a camera of which only REST knows the rest */
  take(message: ServerMessage): boolean {
    switch (message.type) {
      case 'hello':
        this.#greeted(message);
        return true;
      case 'label': {
        const camera = this.#cameras.get(message.camera);
        if (camera === undefined) return false;
        camera.label(message);
        this.#changes.changed(message.camera);
        this.#clocked(message.clock);
        return !camera.questions.some(({ id }) => id === message.question) && camera.info !== null;
      }
      case 'event':
        this.occurrences.add(message);
        this.#changes.changed(EVENTS);
        return false;
      case 'camera':
        return this.#status(message);
      default:
        return false;
    }
  }

  /** What REST tells of all cameras. */
  describe({ cameras, clock }: CamerasAnswer): void {
    if (clock !== undefined) this.clock = clock;
    this.#listed(cameras);
    for (const info of cameras) {
      const camera = this.#cameras.get(info.id);
      if (camera !== undefined) camera.info = info;
    }
    this.#changes.changed(CLOCK);
  }

  /** What held before the page heard of it. */
  remember(pasts: readonly Past[]): void {
    for (const { camera: id, question, stretches } of pasts) {
      this.#cameras.get(id)?.past(question, stretches);
      this.#changes.changed(id);
    }
  }

  /** What happened before the page heard of it. */
  recall(messages: readonly (EventMessage | CameraMessage)[]): void {
    this.occurrences.fill(messages);
    this.#changes.changed(EVENTS);
  }

  /** Too long was nobody listening. */
  forgetStrips(): void {
    for (const camera of this.#cameras.values()) camera.forgetStrips();
  }

  #greeted({ epoch, cameras }: Hello): void {
    this.epoch = epoch;
    this.#listed(cameras);
  }

  #listed(cameras: readonly Omit<CameraInfo, 'origin'>[]): void {
    const ids = new Set(cameras.map(({ id }) => id));
    for (const id of this.#cameras.keys()) if (!ids.has(id)) this.#cameras.delete(id);
    for (const listed of cameras) {
      const camera = this.#cameras.get(listed.id) ?? new CameraModel(listed.id);
      this.#cameras.set(listed.id, camera);
      camera.status(listed);
      this.#news.know(listed.id, listed.state);
      this.#changes.changed(listed.id);
    }
    this.isKnown = true;
    this.#changes.changed(FLEET);
  }

  #status(message: CameraMessage): boolean {
    const { camera: id, state, reason } = message;
    const known = this.#cameras.get(id);
    if (this.#news.take(message)) {
      this.occurrences.add(message);
      this.#changes.announce(`Camera ${id}: ${state}${reason === '' ? '' : `, ${reason}`}.`);
      this.#changes.changed(EVENTS);
    }
    if (known?.state !== state) this.#changes.changed(FLEET);
    if (state === 'removed') {
      this.#cameras.delete(id);
      return false;
    }
    const camera = known ?? new CameraModel(id);
    this.#cameras.set(id, camera);
    camera.status(message);
    this.#changes.changed(id);
    return known === undefined;
  }

  /** Labels tell the clocks' state, REST its reasons. */
  #clocked({ state, source }: { state: ClockInfo['state']; source: string }): void {
    // What was measured while the clocks changed says nothing about how they are now.
    if (state === 'mixed' || this.clock?.state === state) return;
    if (this.clock !== null) this.#changes.announce(`The machine's clocks are ${clockTelling(state).word}.`);
    this.clock = { state, source, reasons: [] };
    this.#changes.changed(CLOCK);
  }
}
