import type { SceneEvent } from '../pipeline/told.ts';
import type { SequencedMessage } from '../protocol/messages.ts';
import type { CameraStatus, Clock, Label } from '../types.ts';
import { Outgoing } from './outgoing.ts';
import { Recent } from './recent.ts';
import type { Sink } from './sink.ts';

/** Gives every message its place in the daemon's one line of numbers, and hands it to every sink. */
export class Hub {
  readonly epoch: string;
  readonly #clock: Clock;
  readonly #sinks: Sink[] = [];
  /** The newest messages, for those who come back soon. */
  readonly recent: Recent;
  #last: number;
  #isSilent = false;

  /** @param start.last number of the newest message of earlier runs; 0 without one */
  constructor({ epoch, last, clock }: { readonly epoch: string; readonly last: number; readonly clock: Clock }) {
    this.epoch = epoch;
    this.#clock = clock;
    this.#last = last;
    this.recent = new Recent(last);
  }

  /** Number of the newest message; 0 before the first. */
  get last(): number {
    return this.#last;
  }

  add(sink: Sink): void {
    this.#sinks.push(sink);
  }

  /** From now on nothing is numbered or sent: what is kept is about to be sealed. */
  silence(): void {
    this.#isSilent = true;
  }

  label(label: Label): void {
    if (this.#isSilent) return;
    const emittedAtMs = this.#clock.unixMs();
    this.#publish({ type: 'label', epoch: this.epoch, seq: ++this.#last, ...label, emittedAtMs });
  }

  event(event: SceneEvent): void {
    if (this.#isSilent) return;
    this.#publish({ type: 'event', epoch: this.epoch, seq: ++this.#last, ...event });
  }

  status(status: CameraStatus): void {
    if (this.#isSilent) return;
    const atMs = this.#clock.unixMs();
    this.#publish({ type: 'camera', epoch: this.epoch, seq: ++this.#last, ...status, atMs });
  }

  async close(): Promise<void> {
    await Promise.all(this.#sinks.map((sink) => sink.close()));
  }

  #publish(message: SequencedMessage): void {
    const text = JSON.stringify(message);
    this.recent.push({ message, item: new Outgoing(message.seq, text) });
    for (const sink of this.#sinks) sink.publish(message, text);
  }
}
