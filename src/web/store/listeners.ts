import type { PageParts } from '../wire.ts';

type Listener = Parameters<PageParts['listen']>[1];
type Message = Parameters<Listener>[0];

/** Who wants every message about one camera as it comes. */
export class Listeners {
  readonly #by = new Map<string, Set<Listener>>();

  /** @returns how to end it */
  listen(camera: string, listener: Listener): () => void {
    const listeners = this.#by.get(camera) ?? new Set<Listener>();
    this.#by.set(camera, listeners.add(listener));
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0 && this.#by.get(camera) === listeners) this.#by.delete(camera);
    };
  }

  tell(message: Message): void {
    for (const listener of this.#by.get(message.camera) ?? []) listener(message);
  }
}
