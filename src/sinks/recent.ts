import type { SequencedMessage } from '../protocol/messages.ts';

export interface RecentMessage {
  readonly seq: number;
  readonly message: SequencedMessage;
  readonly text: string;
}

const MOST_MESSAGES = 10_000;
/** Characters, nearly all of one byte. */
const MOST_BYTES = 16 * 1024 * 1024;
/** Room of what was let go is given back when there is so much of it. */
const COMPACT_AT = 4_096;

/** The newest messages without a hole, bounded in count and bytes: a reconnect storm reads memory, not the disk. */
export class Recent {
  readonly #mostMessages: number;
  readonly #mostBytes: number;
  #items: RecentMessage[] = [];
  #begin = 0;
  #bytes = 0;
  #first: number;

  /** @param last number of the newest message before the first that is pushed */
  constructor(last: number, mostMessages = MOST_MESSAGES, mostBytes = MOST_BYTES) {
    this.#first = last + 1;
    this.#mostMessages = mostMessages;
    this.#mostBytes = mostBytes;
  }

  /** The oldest number that is here, or the next to come. */
  get first(): number {
    return this.#first;
  }

  push(item: RecentMessage): void {
    this.#items.push(item);
    this.#bytes += item.text.length;
    while (this.#items.length - this.#begin > this.#mostMessages || this.#bytes > this.#mostBytes) this.#letGo();
    if (this.#begin < COMPACT_AT) return;
    this.#items = this.#items.slice(this.#begin);
    this.#begin = 0;
  }

  /** Up to `limit` messages that follow number `after`, oldest first; `null` where some of them are here no more. */
  from(after: number, limit: number): readonly RecentMessage[] | null {
    if (after + 1 < this.#first) return null;
    const start = this.#begin + (after + 1 - this.#first);
    return this.#items.slice(start, start + limit);
  }

  #letGo(): void {
    const oldest = this.#items[this.#begin];
    if (oldest === undefined) return;
    this.#bytes -= oldest.text.length;
    this.#begin++;
    this.#first = oldest.seq + 1;
  }
}
