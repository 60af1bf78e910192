import type { SequencedMessage } from '../protocol/messages.ts';
import type { Outgoing } from './outgoing.ts';

export interface RecentMessage {
  readonly message: SequencedMessage;
  /** The same for all that it is sent again. */
  readonly item: Outgoing;
}

const MOST_MESSAGES = 10_000;
/** Characters, nearly all of one byte. */
const MOST_BYTES = 16 * 1024 * 1024;

/** The newest messages without a hole, bounded in count and bytes: a reconnect storm reads memory, not the disk. */
export class Recent {
  readonly #mostMessages: number;
  readonly #mostBytes: number;
  /** By their number modulo the length; `null` where one was let go, so that it is held no longer. */
  readonly #places: (RecentMessage | null)[];
  #bytes = 0;
  #first: number;
  #next: number;

  /** @param last number of the newest message before the first that is pushed */
  constructor(last: number, mostMessages = MOST_MESSAGES, mostBytes = MOST_BYTES) {
    this.#first = last + 1;
    this.#next = last + 1;
    this.#mostMessages = mostMessages;
    this.#mostBytes = mostBytes;
    this.#places = new Array(mostMessages).fill(null);
  }

  /** The oldest number that is here, or the next to come. */
  get first(): number {
    return this.#first;
  }

  /** @param newest follows the one before it without a hole */
  push(newest: RecentMessage): void {
    if (this.#next - this.#first >= this.#mostMessages) this.#letGo();
    this.#places[this.#next % this.#mostMessages] = newest;
    this.#next++;
    this.#bytes += newest.item.text.length;
    while (this.#bytes > this.#mostBytes) this.#letGo();
  }

  /** Up to `limit` messages that follow number `after`, oldest first; `null` where some of them are here no more. */
  from(after: number, limit: number): readonly RecentMessage[] | null {
    if (after + 1 < this.#first) return null;
    const found: RecentMessage[] = [];
    for (let seq = after + 1; seq < this.#next && found.length < limit; seq++) {
      const one = this.#places[seq % this.#mostMessages];
      if (one != null) found.push(one);
    }
    return found;
  }

  #letGo(): void {
    const at = this.#first % this.#mostMessages;
    this.#bytes -= this.#places[at]?.item.text.length ?? 0;
    this.#places[at] = null;
    this.#first++;
  }
}
