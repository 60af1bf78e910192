import type { SceneEvent } from '../pipeline/told.ts';
import type { CameraStatus, Clock, Label } from '../types.ts';
import type { SequencedMessage, Sink } from './messages.ts';

/** Gives every message its place in the daemon's one line of numbers, and hands it to every sink. */
export class Hub {
  readonly epoch: string;
  readonly #clock: Clock;
  readonly #sinks: Sink[] = [];
  #last = 0;

  constructor(epoch: string, clock: Clock) {
    this.epoch = epoch;
    this.#clock = clock;
  }

  /** Number of the newest message; 0 before the first. */
  get last(): number {
    return this.#last;
  }

  add(sink: Sink): void {
    this.#sinks.push(sink);
  }

  label(label: Label): void {
    const emittedAtMs = this.#clock.unixMs();
    this.#publish({ type: 'label', epoch: this.epoch, seq: ++this.#last, ...label, emittedAtMs });
  }

  event(event: SceneEvent): void {
    this.#publish({ type: 'event', epoch: this.epoch, seq: ++this.#last, ...event });
  }

  status(status: CameraStatus): void {
    this.#publish({ type: 'camera', epoch: this.epoch, seq: ++this.#last, ...status });
  }

  async close(): Promise<void> {
    await Promise.all(this.#sinks.map((sink) => sink.close()));
  }

  #publish(message: SequencedMessage): void {
    for (const sink of this.#sinks) sink.publish(message);
  }
}
