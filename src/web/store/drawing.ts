/** What is drawn anew when a key changes. */
export type Redraw = () => void;

export interface DrawingTime {
  readonly nowMs: () => number;
  /** Calls back after about so many milliseconds, when the browser draws. */
  readonly later: (callback: () => void, afterMs: number) => void;
}

/** Redraws are held back, so that hundreds of messages a second cost a few draws a second. */
export class Drawing {
  readonly #listeners = new Map<string, Set<Redraw>>();
  readonly #changed = new Set<string>();
  readonly #time: DrawingTime;
  readonly #gapMs: number;
  #lastMs = Number.NEGATIVE_INFINITY;
  #isWaiting = false;

  constructor(time: DrawingTime, gapMs: number) {
    this.#time = time;
    this.#gapMs = gapMs;
  }

  /** @returns how to end it */
  on(key: string, redraw: Redraw): () => void {
    const listeners = this.#listeners.get(key) ?? new Set<Redraw>();
    this.#listeners.set(key, listeners.add(redraw));
    return () => {
      listeners.delete(redraw);
      if (listeners.size === 0 && this.#listeners.get(key) === listeners) this.#listeners.delete(key);
    };
  }

  changed(key: string): void {
    this.#changed.add(key);
    if (this.#isWaiting) return;
    this.#isWaiting = true;
    this.#time.later(() => this.#draw(), Math.max(0, this.#lastMs + this.#gapMs - this.#time.nowMs()));
  }

  #draw(): void {
    this.#isWaiting = false;
    this.#lastMs = this.#time.nowMs();
    const keys = [...this.#changed];
    this.#changed.clear();
    for (const key of keys) for (const redraw of [...(this.#listeners.get(key) ?? [])]) redraw();
  }
}
