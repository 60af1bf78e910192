import { Inbox } from './inbox.ts';
import type { IteratedMessage, ServerMessage } from './messages.ts';

type Result = IteratorResult<IteratedMessage, undefined>;
const DONE: Result = { done: true, value: undefined };

/** A client's messages, one at a time, with what waits for their reader. */
export class Iteration implements AsyncIterator<IteratedMessage> {
  readonly #inbox: Inbox;
  readonly #onLeft: () => void;
  /** Calls of `next` that wait for a message. */
  readonly #waiting: { resolve: (result: Result) => void; reject: (error: Error) => void }[] = [];
  #error: Error | null = null;
  #isOver = false;
  /** Where the reader stands with the message that it was given last. */
  place: string | undefined;

  /**
   * @param limit messages that may wait
   * @param place where the reader stands at the beginning
   * @param onLeft called when the reader leaves its loop
   */
  constructor(limit: number, place: string | undefined, onLeft: () => void) {
    this.#inbox = new Inbox(limit);
    this.place = place;
    this.#onLeft = onLeft;
  }

  /** @param place where a reader stands who has the message and all before */
  take(message: ServerMessage, place: string | undefined): void {
    if (message.type === 'mark' || message.type === 'subscribed') {
      if (place !== undefined && !this.#inbox.settle(place)) this.place = place;
      return;
    }
    const next = this.#waiting.shift();
    if (next === undefined) return this.#inbox.push({ message, place });
    this.place = place;
    next.resolve({ done: false, value: message });
  }

  /** After a refusal, what waits is still given, and then the error thrown; without one, all ends at once. */
  end(error: Error | null): void {
    this.#isOver = true;
    this.#error = error;
    for (const { resolve, reject } of this.#waiting.splice(0)) {
      if (this.#error === null) resolve(DONE);
      else reject(this.#error);
      this.#error = null; // thrown once
    }
  }

  next(): Promise<Result> {
    // Before a refusal came what waits; who closed the client wants no more.
    const item = this.#isOver && this.#error === null ? undefined : this.#inbox.shift();
    if (item !== undefined) {
      this.place = item.place;
      return Promise.resolve({ done: false, value: item.message });
    }
    if (!this.#isOver) return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }));
    const error = this.#error;
    this.#error = null;
    return error === null ? Promise.resolve(DONE) : Promise.reject(error);
  }

  return(): Promise<Result> {
    this.#onLeft();
    return Promise.resolve(DONE);
  }
}
