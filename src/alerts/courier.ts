import { messageOf } from '../errors.ts';
import type { Clock } from '../types.ts';
import { type Alert, type Delivery, EARLIEST_MS } from './alert.ts';
import type { AlertQueue, Queued } from './queue.ts';
import { later, type Outcome, type Target } from './target.ts';
import { unlessStopped } from './unless-stopped.ts';

/** Where what becomes of alerts is told. */
export interface AlertLog {
  info(fields: object, text: string): void;
  warn(fields: object, text: string): void;
}

/** Remembers alerts beyond what waits. */
export interface AlertBook {
  /** Resolves when an alert is in it, or will not be soon: it is sent then. Must not throw. */
  kept(alert: Alert): Promise<void>;
  settle(alert: Alert, target: string, outcome: 'delivered' | 'refused'): void;
}

export interface CourierParts {
  readonly target: Target;
  readonly queue: AlertQueue;
  readonly book: AlertBook;
  /** Alerts that are older are given up. */
  readonly giveUpAfterMs: number;
  readonly clock: Pick<Clock, 'unixMs' | 'monotonicMs'>;
  /** Numbers of 0..1, for waits that differ. */
  readonly random: () => number;
  /** Resolves after so many milliseconds, or at once when it is aborted. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  readonly log: AlertLog;
}

const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 300_000;
/** What is under way when the daemon ends has so long; what is not through by then is sent at the next start. */
const CLOSE_MS = 1_000;
/** So many reasons are told until a target takes alerts again, each once. */
const MOST_REASONS = 8;

/** How long to wait after so many failures in a row: doubled each time up to five minutes, of which a random half to all. */
export function waitMs(failures: number, random: number): number {
  const full = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(30, failures - 1));
  return full * (0.5 + random / 2);
}

/**
 * How long an alert has waited. The wall clock is asked once, at the start, and only for what comes from an earlier run:
 * a machine without a clock of its own has it set at some time after its start, and leaps by years then.
 */
function ageMsOf(
  { delivery: { alert }, addedMs }: Queued,
  start: { readonly unixMs: number; readonly monotonicMs: number },
  nowMs: number,
): number {
  if (addedMs !== null) return nowMs - addedMs;
  const before = alert.atMs < EARLIEST_MS ? 0 : Math.max(0, start.unixMs - alert.atMs);
  return before + nowMs - start.monotonicMs;
}

/** Brings the alerts of one target there: in order, one at a time, until each is taken, refused, or too old. */
export class Courier {
  readonly #parts: CourierParts;
  readonly #start: { readonly unixMs: number; readonly monotonicMs: number };
  readonly #stop = new AbortController();
  #wake = new AbortController();
  #arrived: () => void = () => {};
  #isClosing = false;
  /** Why the target took none since it last took one. */
  readonly #told = new Set<string>();
  readonly #running: Promise<void>;
  delivered = 0;
  /** Refused for good, or given up for their age. */
  failed = 0;

  constructor(parts: CourierParts) {
    this.#parts = parts;
    this.#start = { unixMs: parts.clock.unixMs(), monotonicMs: parts.clock.monotonicMs() };
    parts.queue.onAdded = () => this.#arrived();
    parts.target.onReady?.(() => this.#wake.abort());
    this.#running = this.#run();
  }

  get waiting(): number {
    return this.#parts.queue.length;
  }

  /** Alerts that went because newer ones needed their place. */
  get dropped(): number {
    return this.#parts.queue.dropped;
  }

  /** Resolves when it is on disk. @param picture is waited for, and put in place of the snapshot */
  async add(delivery: Delivery, picture: Promise<Uint8Array | null> | null = null): Promise<void> {
    await this.#parts.queue.add(delivery, this.#parts.clock.monotonicMs(), picture);
  }

  /** Ends; what waits stays on disk. */
  async close(): Promise<void> {
    const late = setTimeout(() => this.#stop.abort(), CLOSE_MS);
    await unlessStopped(this.#parts.queue.settled(), this.#stop.signal);
    if (this.waiting === 0) this.#stop.abort();
    this.#isClosing = true;
    this.#wake.abort();
    this.#arrived();
    await this.#running;
    clearTimeout(late);
    await this.#parts.target.close();
  }

  async #run(): Promise<void> {
    const { queue } = this.#parts;
    let failures = 0;
    while (!this.#stop.signal.aborted) {
      const next = await queue.first(this.#stop.signal);
      if (next === null) {
        if (this.#isClosing) return;
        // Whatever came between the look into the queue and here has called nobody yet: there is no wait between the two.
        await new Promise<void>((resolve) => {
          this.#arrived = resolve;
          if (this.#isClosing || queue.length > 0) resolve();
        });
        continue;
      }
      const outcome = this.#tooOld(next) ?? (await this.#deliver(next.delivery));
      if (outcome.kind !== 'later') {
        this.#count(outcome, next.delivery, failures);
        await queue.remove(next.name);
        failures = 0;
        continue;
      }
      if (this.#isClosing || this.#stop.signal.aborted) return;
      failures++;
      await this.#wait(failures, outcome);
    }
  }

  async #deliver(delivery: Delivery): Promise<Outcome> {
    try {
      await this.#parts.book.kept(delivery.alert);
      return await this.#parts.target.deliver(delivery, this.#stop.signal);
    } catch (error) {
      return later(messageOf(error));
    }
  }

  #tooOld(queued: Queued): Outcome | null {
    const { clock, giveUpAfterMs } = this.#parts;
    const ageMs = ageMsOf(queued, this.#start, clock.monotonicMs());
    return ageMs <= giveUpAfterMs ? null : { kind: 'refused', reason: 'it is too old by now' };
  }

  #count(outcome: Outcome, { alert }: Delivery, failures: number): void {
    const { target, log, book } = this.#parts;
    book.settle(alert, target.id, outcome.kind === 'delivered' ? 'delivered' : 'refused');
    const fields = { target: target.id, alert: alert.id, rule: alert.rule };
    if (outcome.kind === 'refused') {
      this.failed++;
      log.warn(fields, `alert of rule ${alert.rule} is not delivered to ${target.id}: ${outcome.reason}`);
      return;
    }
    this.delivered++;
    if (failures > 0) log.info(fields, `target ${target.id} takes alerts again`);
  }

  async #wait(failures: number, { reason, afterMs }: Extract<Outcome, { kind: 'later' }>): Promise<void> {
    const { target, log, random, sleep } = this.#parts;
    if (failures === 1) this.#told.clear();
    if (!this.#told.has(reason) && this.#told.size < MOST_REASONS) {
      this.#told.add(reason);
      log.warn(
        { target: target.id, waiting: this.waiting },
        `target ${target.id} takes no alerts, they wait: ${reason}`,
      );
    }
    const ms = Math.max(waitMs(failures, random()), afterMs ?? 0);
    await sleep(ms, AbortSignal.any([this.#stop.signal, this.#wake.signal]));
    if (this.#wake.signal.aborted && !this.#isClosing) this.#wake = new AbortController();
  }
}
