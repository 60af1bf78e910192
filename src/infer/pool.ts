import './telemetry-off.ts';
import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf, WeirError } from '../errors.ts';
import type { Clock, Rung } from '../types.ts';
import { checkModels } from './ladder.ts';
import type { PoolOptions } from './pool-options.ts';
import type { WorkerSetup } from './protocol.ts';
import type { RunRequest, RunResult } from './request.ts';
import { type Begun, RequestQueue } from './request-queue.ts';
import { RungCosts } from './rung-costs.ts';
import { Slot } from './slot.ts';

export type { PoolOptions } from './pool-options.ts';
export type { RunRequest, RunResult } from './request.ts';

const NO_THREAD = 'no inference thread is alive';
const STOPPED = 'inference has stopped';
const REPLACE_FIRST_MS = 50;
const REPLACE_MAX_MS = 30_000;
/** A replacement that lived this long is trusted again. */
const REPLACE_RESET_MS = 60_000;

/** The inference slots and the queue in front of them. */
export class InferencePool {
  /** Number of labels. */
  readonly classes: number;
  readonly slots: number;
  readonly clock: Clock;
  /** What its rungs take, once it is told what was measured of them. */
  readonly costs: RungCosts;
  readonly #options: PoolOptions;
  readonly #queue: RequestQueue;
  readonly #idle: Slot[] = [];
  readonly #alive = new Set<Slot>();
  readonly #retired = new WeakSet<Slot>();
  readonly #stopped = new AbortController();
  #rungs: readonly Rung[];
  #extending = Promise.resolve();
  /** The slot whose successor is being loaded: if it dies meanwhile, it is to have no other. */
  #leaving: Slot | null = null;
  #embeddingSizes: readonly number[] = [];
  #notices: readonly string[] = [];
  /** No slot lives, and none could be replaced. */
  #isUnable = false;
  #crashes = 0;
  #failuresInRow = 0;

  private constructor(options: PoolOptions) {
    this.#options = options;
    ({ classes: this.classes, slots: this.slots, clock: this.clock } = options);
    this.costs = new RungCosts(options.clock, options.clockState);
    this.#queue = new RequestQueue(options.clock, this.costs);
    this.#rungs = options.rungs;
  }

  /**
   * Resolves when every slot has loaded every rung.
   *
   * @throws WeirError `model-unreadable`, `model-shape`, `provider-missing`, `inference-crashed`
   */
  static async start(options: PoolOptions): Promise<InferencePool> {
    const pool = new InferencePool(options);
    try {
      await Promise.all(Array.from({ length: options.slots }, () => pool.#start()));
    } catch (error) {
      await pool.stop();
      throw error;
    }
    return pool;
  }

  get rungs(): readonly Rung[] {
    return this.#rungs;
  }

  /** Length of each rung's embedding; 0 where its model gives none. */
  get embeddingSizes(): readonly number[] {
    return this.#embeddingSizes;
  }

  /** What could not be used as configured, e.g. a missing execution provider. */
  get notices(): readonly string[] {
    return this.#notices;
  }

  /** Slot threads that died so far. */
  get crashes(): number {
    return this.#crashes;
  }

  get queued(): number {
    return this.#queue.length;
  }

  /** Share of the slots that was busy of late. */
  get load(): number {
    return this.#queue.busy / this.slots;
  }

  /** Answers always; never rejects. */
  run(request: RunRequest): Promise<RunResult> {
    return new Promise((answer) => {
      if (this.#stopped.signal.aborted) return answer({ kind: 'failed', waitMs: 0, reason: STOPPED });
      if (this.#isUnable) return answer({ kind: 'failed', waitMs: 0, reason: NO_THREAD });
      this.#queue.put(request, answer, this.#idle.length);
      this.#dispatch();
    });
  }

  /**
   * Lets all slots hold further rungs, behind those that they hold: indices stay as they are. Threads with all of them take the
   * places of the others one by one, so that runs go on meanwhile.
   *
   * @param stop no further thread is begun once it is aborted
   * @throws WeirError as `start` does, or of `checkModels`; `inference-stopped`; the reason of `stop`. The pool has the rungs that it
   * had then
   */
  extend(rungs: readonly Rung[], stop?: AbortSignal): Promise<void> {
    const extended = this.#extending.then(() => this.#extend(rungs, stop));
    this.#extending = extended.catch(() => {});
    return extended;
  }

  /** Ends all threads, and begins none any more; whatever waits or runs is answered as failed. Idempotent. */
  async stop(): Promise<void> {
    this.#stopped.abort(new WeirError('inference-stopped', STOPPED, { remedy: 'start Weir again' }));
    this.#queue.fail(STOPPED);
    await Promise.all([...this.#alive].map((slot) => slot.end()));
  }

  async #extend(rungs: readonly Rung[], stop?: AbortSignal): Promise<void> {
    const before = this.#rungs;
    const added = rungs.filter(({ id }) => !before.some((rung) => rung.id === id));
    if (added.length === 0) return;
    await checkModels(added);
    this.#rungs = [...before, ...added]; // a slot that dies meanwhile comes back with all of them
    try {
      for (const slot of [...this.#alive]) {
        stop?.throwIfAborted();
        // One that died, or could not be loaded, is replaced by one with all of them anyway.
        if (await slot.isUsable()) await this.#succeed(slot);
      }
      this.#stopped.signal.throwIfAborted();
    } catch (error) {
      this.#rungs = before;
      throw error;
    }
  }

  /** Lets another slot take the place of one: there are never fewer meanwhile, and never more afterwards. */
  async #succeed(slot: Slot): Promise<void> {
    this.#leaving = slot;
    try {
      await this.#start();
    } catch (error) {
      if (!slot.isAlive) void this.#replace(); // it died in the hope of a successor
      throw error;
    } finally {
      this.#leaving = null;
    }
    this.#retired.add(slot);
    const isIdle = this.#takeIdle(slot);
    await (isIdle ? slot.end() : slot.ended); // one that is busy ends after its run
  }

  /** @throws WeirError as the one of the same name; `inference-stopped` */
  async #start(): Promise<void> {
    this.#stopped.signal.throwIfAborted();
    const { settings, isBackground = false, workerScript } = this.#options;
    const setup: WorkerSetup = { rungs: this.#rungs, classes: this.classes, settings, isBackground };
    const slot = new Slot(setup, workerScript);
    this.#alive.add(slot);
    void slot.ended.then((reason) => this.#onEnd(slot, reason));
    const ready = await slot.ready;
    this.#embeddingSizes = ready.embeddingSizes;
    this.#notices = ready.notices;
    const openedMs = this.clock.monotonicMs();
    this.#isUnable = false;
    void slot.ended.then(() => {
      if (this.#retired.has(slot) || this.#leaving === slot) return;
      if (this.clock.monotonicMs() - openedMs > REPLACE_RESET_MS) this.#failuresInRow = 0;
      void this.#replace();
    });
    this.#idle.push(slot);
    this.#dispatch();
  }

  async #replace(): Promise<void> {
    const { signal } = this.#stopped;
    while (!signal.aborted) {
      const delayMs = Math.min(REPLACE_MAX_MS, REPLACE_FIRST_MS * 2 ** this.#failuresInRow++);
      await sleep(delayMs, undefined, { signal }).catch(() => {});
      if (signal.aborted) return;
      try {
        await checkModels(this.#rungs);
        return await this.#start();
      } catch (error) {
        if (signal.aborted) return;
        this.#options.onCrash?.(`its replacement cannot be loaded: ${messageOf(error)}`);
        // With nobody left to run it, what waits would wait for ever.
        this.#isUnable = this.#alive.size === 0;
        if (this.#isUnable) this.#queue.fail(NO_THREAD);
      }
    }
  }

  #onEnd(slot: Slot, reason: string): void {
    this.#alive.delete(slot);
    this.#takeIdle(slot);
    if (this.#stopped.signal.aborted || this.#retired.has(slot)) return;
    this.#crashes++;
    this.#options.onCrash?.(reason);
  }

  /** @returns whether it was idle */
  #takeIdle(slot: Slot): boolean {
    const index = this.#idle.indexOf(slot);
    if (index >= 0) this.#idle.splice(index, 1);
    return index >= 0;
  }

  #dispatch(): void {
    this.#queue.expire();
    while (this.#idle.length > 0) {
      const begun = this.#queue.begin();
      const slot = begun === null ? undefined : this.#idle.pop();
      if (begun === null || slot === undefined) return;
      void this.#runOn(slot, begun);
    }
  }

  async #runOn(slot: Slot, begun: Begun): Promise<void> {
    this.#queue.end(begun, await slot.fulfil(begun.request, this.classes));
    if (this.#retired.has(slot)) void slot.end();
    else if (slot.isAlive) {
      this.#idle.push(slot);
      this.#dispatch();
    }
  }
}
