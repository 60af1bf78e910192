import { messageOf } from '../errors.ts';
import type { Logger } from './log.ts';

/** Ends everything in the reverse order of its beginning, once, within a deadline. */
export class Shutdown {
  readonly #steps: { readonly name: string; readonly end: () => Promise<void> }[] = [];
  readonly #deadlineMs: number;
  readonly #log: Logger;

  constructor(deadlineMs: number, log: Logger) {
    this.#deadlineMs = deadlineMs;
    this.#log = log;
  }

  add(name: string, end: () => Promise<void>): void {
    this.#steps.push({ name, end });
  }

  /** @param exitCode with which the process ends if a step takes too long */
  async run(exitCode: number): Promise<void> {
    const steps = this.#steps.splice(0).reverse();
    let current = '';
    const late = setTimeout(() => {
      this.#log.error(
        { step: current },
        `stopping took longer than ${this.#deadlineMs} ms (${current}); ending all the same`,
      );
      process.exit(exitCode);
    }, this.#deadlineMs);
    for (const { name, end } of steps) {
      current = name;
      await end().catch((error: unknown) =>
        this.#log.error({ step: name }, `while stopping ${name}: ${messageOf(error)}`),
      );
    }
    clearTimeout(late);
  }
}
