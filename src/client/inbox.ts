import { type GapMessage, type HelloMessage, type IteratedMessage, widenGap } from './messages.ts';

/** A message that waits to be read, and where its reader stands who has it. */
export interface InboxItem {
  readonly message: IteratedMessage;
  readonly place: string | undefined;
}

/**
 * What waits for whoever iterates: bounded, drop-oldest, since a browser's WebSocket cannot be paused. What was dropped is told by
 * one gap in front of what is left; the newest greeting is kept, for it says how the cameras are.
 */
export class Inbox {
  readonly #limit: number;
  readonly #items: InboxItem[] = [];
  #hello: InboxItem | undefined;
  #gap: GapMessage | null = null;

  constructor(limit: number) {
    this.#limit = limit;
  }

  push(item: InboxItem): void {
    this.#items.push(item);
    if (this.#items.length <= this.#limit) return;
    const oldest = this.#items.shift();
    if (oldest === undefined) return;
    const { message } = oldest;
    if (message.type === 'hello') this.#hello = oldest as { message: HelloMessage; place: string | undefined };
    else if (message.type === 'gap' || 'seq' in message) this.#gap = widenGap(this.#gap, message);
  }

  /** A mark: who has read all that waits stands there. `false` where nothing waits. */
  settle(place: string): boolean {
    const last = this.#items.pop();
    if (last === undefined) return false;
    this.#items.push({ message: last.message, place });
    return true;
  }

  shift(): InboxItem | undefined {
    const hello = this.#hello;
    this.#hello = undefined;
    if (hello !== undefined) return hello;
    const gap = this.#gap;
    this.#gap = null;
    return gap === null ? this.#items.shift() : { message: gap, place: `${gap.epoch}:${gap.to}` };
  }
}
