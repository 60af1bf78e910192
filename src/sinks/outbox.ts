import type { GapMessage } from './messages.ts';

/** A message on its way to one subscriber, already serialised once for all. */
export interface OutboxItem {
  readonly seq: number;
  readonly text: string;
}

/**
 * What waits for one subscriber: bounded, drop-oldest. What was dropped is told by one `gap` in front of what is left.
 */
export class Outbox {
  readonly #limit: number;
  readonly #items: OutboxItem[] = [];
  #dropped: { from: number; to: number; missed: number } | null = null;
  #droppedTotal = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get length(): number {
    return this.#items.length;
  }

  get isEmpty(): boolean {
    return this.#items.length === 0 && this.#dropped === null;
  }

  /** Messages dropped since the beginning. */
  get droppedTotal(): number {
    return this.#droppedTotal;
  }

  push(item: OutboxItem): void {
    this.#items.push(item);
    if (this.#items.length <= this.#limit) return;
    const oldest = this.#items.shift();
    if (oldest === undefined) return;
    this.#droppedTotal++;
    this.#dropped = {
      from: this.#dropped?.from ?? oldest.seq,
      to: oldest.seq,
      missed: (this.#dropped?.missed ?? 0) + 1,
    };
  }

  /** The next to send: a pending gap first, with the last number that it covers. */
  shift(epoch: string): OutboxItem | undefined {
    if (this.#dropped === null) return this.#items.shift();
    const gap: GapMessage = { type: 'gap', epoch, ...this.#dropped, reason: 'slow' };
    this.#dropped = null;
    return { seq: gap.to, text: JSON.stringify(gap) };
  }
}
