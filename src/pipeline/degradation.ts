/** How long a trouble is told after it was last seen. */
const CLEAR_AFTER_MS = 10_000;

/** The troubles of a camera that is live all the same, each told until it has not been seen for a while. */
export class Degradation {
  readonly #seenMs = new Map<string, number>();

  get names(): string[] {
    return [...this.#seenMs.keys()].sort();
  }

  report(name: string, nowMs: number): void {
    this.#seenMs.set(name, nowMs);
  }

  clear(): void {
    this.#seenMs.clear();
  }

  /** Forgets what has not been seen for a while. */
  refresh(nowMs: number): void {
    for (const [name, seenMs] of this.#seenMs) if (nowMs - seenMs >= CLEAR_AFTER_MS) this.#seenMs.delete(name);
  }
}
