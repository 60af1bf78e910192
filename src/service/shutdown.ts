import { messageOf } from '../errors.ts';
import type { Logger } from './log.ts';

/** So long, once the deadline has struck, what must not be cut off may take to end. */
const LAST_MS = 400;

interface Step {
  readonly name: string;
  readonly end: () => Promise<void>;
  readonly atDeadline: (() => Promise<void>) | undefined;
}

/** Ends everything in the reverse order of its beginning, once, within a deadline. */
export class Shutdown {
  readonly #steps: Step[] = [];
  readonly #deadlineMs: number;
  readonly #log: Logger;

  constructor(deadlineMs: number, log: Logger) {
    this.#deadlineMs = deadlineMs;
    this.#log = log;
  }

  /** @param atDeadline what of it is done all the same, within 400 ms, when the deadline strikes before its end; `end` may have begun it */
  add(name: string, end: () => Promise<void>, atDeadline?: () => Promise<void>): void {
    this.#steps.push({ name, end, atDeadline });
  }

  /** @param exitCode with which the process ends if a step takes too long */
  async run(exitCode: number): Promise<void> {
    const steps = this.#steps.splice(0).reverse();
    let current = '';
    const toEnd = new Set(steps);
    const late = setTimeout(() => {
      this.#log.error(
        { step: current },
        `stopping took longer than ${this.#deadlineMs} ms (${current}); ending all the same`,
      );
      const exit = () => process.exit(exitCode);
      const vital = [...toEnd].filter(({ atDeadline }) => atDeadline !== undefined);
      if (vital.length === 0) return exit();
      setTimeout(exit, LAST_MS);
      void Promise.all(vital.map(({ name, atDeadline }) => this.#end(name, atDeadline))).then(exit);
    }, this.#deadlineMs);
    for (const step of steps) {
      current = step.name;
      await this.#end(step.name, step.end);
      toEnd.delete(step);
    }
    clearTimeout(late);
  }

  async #end(name: string, end: (() => Promise<void>) | undefined): Promise<void> {
    await end?.().catch((error: unknown) =>
      this.#log.error({ step: name }, `while stopping ${name}: ${messageOf(error)}`),
    );
  }
}
