import type { Clock } from '../types.ts';
import type { RunRequest, RunResult } from './request.ts';
import type { RungCosts } from './rung-costs.ts';
import { SlotScheduler, type Ticket } from './slot-scheduler.ts';

interface Waiting {
  readonly request: RunRequest;
  readonly answer: (result: RunResult) => void;
}

/** A run that was begun on a slot. */
export interface Begun {
  readonly request: RunRequest;
  readonly waitMs: number;
  readonly startedMs: number;
  readonly ticket: Ticket<Waiting>;
}

/** How a run ended. */
export type RunEnd =
  | { readonly ok: true; readonly prepareMs: number; readonly runMs: number }
  | { readonly ok: false; readonly reason: string };

const DISPLACED = 'another run for the same camera took its place in the queue';

/** The requests in front of the inference slots, each answered once; what their runs took is learnt. Who runs them takes them out. */
export class RequestQueue {
  readonly #clock: Pick<Clock, 'monotonicMs'>;
  readonly #costs: RungCosts;
  readonly #scheduler = new SlotScheduler<Waiting>();

  constructor(clock: Pick<Clock, 'monotonicMs'>, costs: RungCosts) {
    this.#clock = clock;
    this.#costs = costs;
  }

  /** How many wait. */
  get length(): number {
    return this.#scheduler.length;
  }

  /** How many slots were busy of late, in the mean. */
  get busy(): number {
    return this.#scheduler.busy(this.#clock.monotonicMs());
  }

  /** Takes a request in, or answers `late` at once. @param idle slots that could begin now */
  put(request: RunRequest, answer: (result: RunResult) => void, idle: number): void {
    const { client = null, deadlineMs, latestStartMs, rung } = request;
    const want = { client, deadlineMs, latestStartMs, expectedMs: this.#costs.meanMs(rung) + this.#costs.lagMs };
    const offered = this.#scheduler.offer({ request, answer }, want, this.#clock.monotonicMs(), idle);
    if (offered.kind === 'late') answer({ kind: 'late', waitMs: 0, aheadMs: offered.aheadMs });
    else offered.displaced?.item.answer({ kind: 'failed', waitMs: 0, reason: DISPLACED });
  }

  /** Answers `late` to what is not worth beginning any more. */
  expire(): void {
    const nowMs = this.#clock.monotonicMs();
    for (const { item, queuedMs } of this.#scheduler.expired(nowMs))
      item.answer({ kind: 'late', waitMs: nowMs - queuedMs, aheadMs: 0 });
  }

  /** The request that is to run on a slot that is free; `null`: none waits. Tell `end` when it is over. */
  begin(): Begun | null {
    this.expire();
    const startedMs = this.#clock.monotonicMs();
    const ticket = this.#scheduler.next(startedMs);
    if (ticket === null) return null;
    return { request: ticket.item.request, waitMs: startedMs - ticket.queuedMs, startedMs, ticket };
  }

  /** Answers a request that was begun. */
  end({ ticket, request, startedMs, waitMs }: Begun, result: RunEnd): void {
    const endedMs = this.#clock.monotonicMs();
    const serviceMs = endedMs - startedMs;
    // That the main thread comes late is no camera's doing: some come ever behind a crowd of others.
    this.#scheduler.ended(ticket, endedMs, result.ok ? result.prepareMs + result.runMs : serviceMs);
    const { answer } = ticket.item;
    if (!result.ok) return answer({ kind: 'failed', waitMs, reason: result.reason });
    const { prepareMs, runMs } = result;
    // A slot that waits for a busy main thread has not become slower: believed of the rung, it would have every frame refused.
    this.#costs.observe(request.rung, prepareMs + runMs);
    this.#costs.lagged(serviceMs - prepareMs - runMs);
    answer({ kind: 'done', waitMs, prepareMs, runMs, serviceMs });
  }

  /** Answers everything that waits. */
  fail(reason: string): void {
    for (const { item } of this.#scheduler.drain()) item.answer({ kind: 'failed', waitMs: 0, reason });
  }
}
