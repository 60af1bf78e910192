/**
 * A slot of one: a newer item displaces the one that waits (newest-wins). One taker.
 */
export class NewestSlot<T> {
  #item: T | null = null;
  #taker: ((item: T | null) => void) | null = null;
  #closed = false;

  /** Puts an item in. @returns the item that it displaced, or the item itself once the slot is closed */
  offer(item: T): T | null {
    if (this.#closed) return item;
    if (this.#taker !== null) {
      const taker = this.#taker;
      this.#taker = null;
      taker(item);
      return null;
    }
    const displaced = this.#item;
    this.#item = item;
    return displaced;
  }

  /** The item that waits, or the next one; `null` once the slot is closed and empty. */
  take(): Promise<T | null> {
    const item = this.#item;
    if (item !== null) {
      this.#item = null;
      return Promise.resolve(item);
    }
    if (this.#closed) return Promise.resolve(null);
    return new Promise((resolve) => {
      this.#taker = resolve;
    });
  }

  /** Takes nothing more in; what waits can still be taken. */
  close(): void {
    this.#closed = true;
    this.#taker?.(null);
    this.#taker = null;
  }
}
