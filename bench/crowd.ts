import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { CrowdOrder, CrowdReport } from './subscribers-crowd.ts';

const PROGRAM = fileURLToPath(new URL('../../dist/bench/subscribers-crowd.js', import.meta.url));
const PROGRAM_HERE = fileURLToPath(new URL('./subscribers-crowd.js', import.meta.url));
const LOOK_EVERY_MS = 100;
const LIMIT_MS = 60_000;

/** Many subscribers in a process of their own, so that their work is not the daemon's. */
export class Crowd {
  readonly #child: ChildProcess;

  constructor() {
    this.#child = fork(import.meta.url.includes('/dist/') ? PROGRAM_HERE : PROGRAM, { serialization: 'advanced' });
  }

  async do(order: CrowdOrder): Promise<CrowdReport> {
    const answer = once(this.#child, 'message', { signal: AbortSignal.timeout(LIMIT_MS) });
    this.#child.send(order);
    return (await answer)[0] as CrowdReport;
  }

  /**
   * Waits until something holds.
   *
   * @returns how long that took
   * @throws Error with what it was waited for
   */
  async until(what: string, holds: (report: CrowdReport) => boolean): Promise<number> {
    const begun = performance.now();
    for (;;) {
      const report = await this.do({ order: 'report' });
      const tookMs = performance.now() - begun;
      if (holds(report)) return tookMs;
      if (tookMs > LIMIT_MS)
        throw new Error(`${what}: not within ${LIMIT_MS} ms: ${JSON.stringify({ ...report, delaysMs: [] })}`);
      await sleep(LOOK_EVERY_MS);
    }
  }

  async leave(): Promise<void> {
    const gone = once(this.#child, 'exit');
    this.#child.send({ order: 'leave' } satisfies CrowdOrder);
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), 5_000);
    await gone;
    clearTimeout(timer);
  }
}
