/** Who waits for the next of something, by camera. */
export class NextOf {
  readonly #waiting = new Map<string, Set<() => void>>();

  isAwaited(camera: string): boolean {
    return this.#waiting.has(camera);
  }

  /** It is there. */
  tell(camera: string): void {
    const waiting = this.#waiting.get(camera);
    this.#waiting.delete(camera);
    for (const tell of waiting ?? []) tell();
  }

  /** Resolves with the next one, or after so long. */
  next(camera: string, limitMs: number): Promise<void> {
    return new Promise((resolve) => {
      const waiting = this.#waiting.get(camera) ?? new Set();
      this.#waiting.set(camera, waiting);
      const tell = () => {
        clearTimeout(late);
        waiting.delete(tell);
        if (waiting.size === 0 && this.#waiting.get(camera) === waiting) this.#waiting.delete(camera);
        resolve();
      };
      const late = setTimeout(tell, limitMs);
      late.unref();
      waiting.add(tell);
    });
  }
}
