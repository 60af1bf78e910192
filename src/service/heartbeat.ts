import type { Clock } from '../types.ts';
import { unknownCameras, type WatchedCamera } from './known.ts';
import type { Logger } from './log.ts';
import type { Notifier } from './notifier.ts';

/** What the heartbeat asks, each time anew. */
export interface HeartbeatParts {
  readonly notifier: Notifier;
  readonly clock: Clock;
  readonly log: Pick<Logger, 'error' | 'info'>;
  readonly isReady: () => boolean;
  readonly status: () => string;
  readonly cameras: () => readonly WatchedCamera[];
}

const EVERY_MS = 1_000;
/** How often it is looked whether the daemon is ready yet. */
const STARTING_MS = 100;
/** While it starts or reloads and all that it waits for is in time, systemd waits so much longer. */
const MORE_TIME_MS = 60_000;
/** Messages per watchdog interval: some may come late. */
const BEATS = 4;

/**
 * Tells systemd once a second how the daemon is: from the event loop, so that its standing still is noticed, and only while every
 * camera is known. The watchdog counts from READY on.
 */
export class Heartbeat {
  readonly #parts: HeartbeatParts;
  readonly #everyMs: number;
  #timer: NodeJS.Timeout | undefined;
  #isReady = false;
  /** READY is due and has not been sent yet. */
  #owesReady = false;
  /** Systemd was told of a reload, and not of its end yet. */
  #isReloading = false;
  #trouble = '';
  #extendedMs = -Infinity;

  constructor(parts: HeartbeatParts) {
    this.#parts = parts;
    this.#everyMs = Math.min(EVERY_MS, (parts.notifier.watchdogMs ?? Infinity) / BEATS);
  }

  start(): void {
    this.#timer ??= setTimeout(() => this.#beat(), 0);
  }

  /** Idempotent. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /** A reload begins. Before READY was said it is a part of starting, and nobody is told. */
  reloading(): void {
    if (!this.#isReady || this.#owesReady) return;
    this.#isReloading = true;
    this.#parts.notifier.reloading();
  }

  /** A reload is over, whether anything came of it or not. */
  ready(): void {
    this.#isReloading = false;
    if (this.#isReady) this.#owesReady = !this.#parts.notifier.ready();
  }

  /** The daemon ends: nothing that it was at is waited for any more. */
  stopping(): void {
    this.#isReloading = false;
    this.#parts.notifier.stopping();
  }

  #beat(): void {
    const { notifier, isReady, status, clock } = this.#parts;
    const isSettled = this.#isReady && !this.#owesReady;
    this.#timer = setTimeout(() => this.#beat(), isSettled ? this.#everyMs : Math.min(STARTING_MS, this.#everyMs));
    const trouble = this.#watch();
    notifier.status(trouble === '' ? status() : trouble);
    if (!this.#isReady && isReady()) {
      this.#isReady = true;
      this.#owesReady = true;
    }
    if (this.#owesReady) this.#owesReady = !notifier.ready();
    const nowMs = clock.monotonicMs();
    const isWaitedFor = !this.#isReady || this.#isReloading;
    if (isWaitedFor && trouble === '' && nowMs - this.#extendedMs >= EVERY_MS) {
      this.#extendedMs = nowMs;
      notifier.starting(MORE_TIME_MS);
    }
    if (notifier.watchdogMs !== null && trouble === '') notifier.alive();
  }

  /** @returns why systemd is not told that all is well; empty when it is */
  #watch(): string {
    const { cameras, clock, log } = this.#parts;
    const unknown = unknownCameras(cameras(), clock.monotonicMs());
    const trouble = unknown.length === 0 ? '' : `camera ${unknown.join('; camera ')}`;
    if (trouble !== '' && this.#trouble === '') {
      log.error({}, `${trouble}: systemd is not told that all is well, and may start Weir again`);
    }
    if (trouble === '' && this.#trouble !== '') log.info({}, 'all cameras are known again');
    this.#trouble = trouble;
    return trouble;
  }
}
