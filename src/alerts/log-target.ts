import type { Delivery } from './alert.ts';
import { DELIVERED, type Outcome, type Target } from './target.ts';

/** Writes alerts into Weir's own log, a line each. */
export class LogTarget implements Target {
  readonly id: string;
  readonly #log: { warn(fields: object, text: string): void };

  constructor(id: string, log: { warn(fields: object, text: string): void }) {
    this.id = id;
    this.#log = log;
  }

  async deliver({ alert, snapshot }: Delivery): Promise<Outcome> {
    this.#log.warn({ alert, snapshotBytes: snapshot?.length ?? 0 }, `alert ${alert.text}`);
    return DELIVERED;
  }

  async close(): Promise<void> {}
}
