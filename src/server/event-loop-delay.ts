import { monitorEventLoopDelay } from 'node:perf_hooks';

const RESOLUTION_MS = 10;
const MINUTE_MS = 60_000;

/** How long the main thread lets others wait. */
export class EventLoopDelay {
  readonly #monitor = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  /** Of the minute before; a reader of the metrics must not change what the next one sees. */
  #lastMs = 0;
  readonly #minute: NodeJS.Timeout;

  constructor() {
    this.#monitor.enable();
    this.#minute = setInterval(() => {
      this.#lastMs = this.#nowMs();
      this.#monitor.reset();
    }, MINUTE_MS);
  }

  /** Of this and the last minute. */
  get p99Ms(): number {
    return Math.max(this.#lastMs, this.#nowMs());
  }

  stop(): void {
    this.#monitor.disable();
    clearInterval(this.#minute);
  }

  #nowMs(): number {
    const p99 = this.#monitor.percentile(99) / 1e6 - RESOLUTION_MS;
    return Number.isFinite(p99) ? Math.max(0, p99) : 0;
  }
}
