import type { GapMessage } from '../protocol/messages.ts';
import { Outgoing } from './outgoing.ts';

/** What waits for one subscriber at most. */
export interface OutboxLimits {
  readonly messages: number;
  /** Characters, nearly all of one byte. */
  readonly bytes: number;
}

/**
 * What waits for one subscriber: bounded, drop-oldest. What was dropped is told by one `gap` in front of what is left.
 */
export class Outbox {
  readonly #limits: OutboxLimits;
  readonly #items: Outgoing[] = [];
  #bytes = 0;
  #dropped: { from: number; to: number; missed: number } | null = null;
  #droppedTotal = 0;

  constructor(limits: OutboxLimits) {
    this.#limits = limits;
  }

  get length(): number {
    return this.#items.length;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get isEmpty(): boolean {
    return this.#items.length === 0 && this.#dropped === null;
  }

  /** Messages dropped since the beginning. */
  get droppedTotal(): number {
    return this.#droppedTotal;
  }

  push(item: Outgoing): void {
    this.#items.push(item);
    this.#bytes += item.text.length;
    while (this.#items.length > this.#limits.messages || this.#bytes > this.#limits.bytes) this.#dropOldest();
  }

  /** The next to send: a pending gap first, with the last number that it covers. */
  shift(epoch: string): Outgoing | undefined {
    if (this.#dropped === null) return this.#take();
    const gap: GapMessage = { type: 'gap', epoch, ...this.#dropped, reason: 'slow' };
    this.#dropped = null;
    return new Outgoing(gap.to, JSON.stringify(gap));
  }

  clear(): void {
    this.#items.length = 0;
    this.#bytes = 0;
    this.#dropped = null;
  }

  #take(): Outgoing | undefined {
    const item = this.#items.shift();
    if (item !== undefined) this.#bytes -= item.text.length;
    return item;
  }

  #dropOldest(): void {
    const { seq } = this.#take() ?? {};
    if (seq === undefined) return;
    this.#droppedTotal++;
    this.#dropped = { from: this.#dropped?.from ?? seq, to: seq, missed: (this.#dropped?.missed ?? 0) + 1 };
  }
}
