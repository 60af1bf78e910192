/** Something that waits for an inference slot. */
export interface Queued {
  /** Monotonic time by which an answer is wanted; `Infinity` without a budget. */
  readonly deadlineMs: number;
}

/** Waiting runs, earliest deadline first, first come first served among equals. */
export class DeadlineQueue<T extends Queued> {
  readonly #items: T[] = [];

  get length(): number {
    return this.#items.length;
  }

  push(item: T): void {
    let low = 0;
    let high = this.#items.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#items[middle]?.deadlineMs ?? Infinity) <= item.deadlineMs) low = middle + 1;
      else high = middle;
    }
    this.#items.splice(low, 0, item);
  }

  shift(): T | undefined {
    return this.#items.shift();
  }

  /** Takes out everything. */
  drain(): T[] {
    return this.#items.splice(0);
  }
}
