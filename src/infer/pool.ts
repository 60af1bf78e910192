import './telemetry-off.ts';
import { createRequire } from 'node:module';
import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '../errors.ts';
import type { Clock, Rung } from '../types.ts';
import { checkModels } from './ladder.ts';
import type { WorkerSetup } from './protocol.ts';
import { DeadlineQueue } from './queue.ts';
import type { RunRequest, RunResult, Waiting } from './request.ts';
import type { SessionSettings } from './runtime.ts';
import { Slot } from './slot.ts';

export type { RunRequest, RunResult } from './request.ts';

export interface PoolOptions {
  readonly rungs: readonly Rung[];
  readonly classes: number;
  readonly slots: number;
  readonly settings: SessionSettings;
  readonly clock: Clock;
  /** Its threads take only processor time that nobody else wants. */
  readonly isBackground?: boolean | undefined;
  /** A slot's thread died and is being replaced. */
  readonly onCrash?: (reason: string) => void;
  /** Another body for the worker threads, in tests. */
  readonly workerScript?: string;
}

const NO_THREAD = 'no inference thread is alive';
const REPLACE_FIRST_MS = 50;
const REPLACE_MAX_MS = 30_000;
/** A replacement that lived this long is trusted again. */
const REPLACE_RESET_MS = 60_000;

/** The inference slots and the queue in front of them. */
export class InferencePool {
  readonly #options: PoolOptions;
  readonly #queue = new DeadlineQueue<Waiting>();
  readonly #idle: Slot[] = [];
  readonly #alive = new Set<Slot>();
  readonly #retired = new WeakSet<Slot>();
  readonly #stopped = new AbortController();
  #rungs: readonly Rung[];
  #extending = Promise.resolve();
  #embeddingSizes: readonly number[] = [];
  #notices: readonly string[] = [];
  /** No slot lives, and none could be replaced. */
  #isUnable = false;
  #crashes = 0;
  #failuresInRow = 0;

  private constructor(options: PoolOptions) {
    this.#options = options;
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

  /** Number of labels. */
  get classes(): number {
    return this.#options.classes;
  }

  get slots(): number {
    return this.#options.slots;
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

  /** Answers always; never rejects. */
  run(request: RunRequest): Promise<RunResult> {
    return new Promise((answer) => {
      if (this.#stopped.signal.aborted) return answer({ kind: 'failed', waitMs: 0, reason: 'inference has stopped' });
      if (this.#isUnable) return answer({ kind: 'failed', waitMs: 0, reason: NO_THREAD });
      const queuedMs = this.#options.clock.monotonicMs();
      this.#queue.push({ request, deadlineMs: request.deadlineMs, queuedMs, answer });
      this.#dispatch();
    });
  }

  /**
   * Lets all slots hold further rungs, behind those that they hold: indices stay as they are. Threads with all of them take the
   * places of the others one by one, so that runs go on meanwhile.
   *
   * @throws WeirError as `start` does, or of `checkModels`; then the pool has the rungs that it had
   */
  extend(rungs: readonly Rung[]): Promise<void> {
    const extended = this.#extending.then(() => this.#extend(rungs));
    this.#extending = extended.catch(() => {});
    return extended;
  }

  /** Ends all threads; whatever waits or runs is answered as failed. Idempotent. */
  async stop(): Promise<void> {
    this.#stopped.abort();
    this.#answerAll('inference has stopped');
    await Promise.all([...this.#alive].map((slot) => slot.end()));
  }

  #answerAll(reason: string): void {
    for (const { answer } of this.#queue.drain()) answer({ kind: 'failed', waitMs: 0, reason });
  }

  async #extend(rungs: readonly Rung[]): Promise<void> {
    const before = this.#rungs;
    const added = rungs.filter(({ id }) => !before.some((rung) => rung.id === id));
    if (added.length === 0) return;
    await checkModels(added);
    this.#rungs = [...before, ...added]; // a slot that dies meanwhile comes back with all of them
    try {
      for (const slot of [...this.#alive]) {
        await this.#start();
        await this.#retire(slot);
      }
    } catch (error) {
      this.#rungs = before;
      throw error;
    }
  }

  async #retire(slot: Slot): Promise<void> {
    this.#retired.add(slot);
    const index = this.#idle.indexOf(slot);
    if (index >= 0) this.#idle.splice(index, 1);
    await (index < 0 ? slot.ended : slot.end()); // one that is busy ends after its run, or its loading
  }

  async #start(): Promise<void> {
    const { classes, settings, isBackground = false, workerScript } = this.#options;
    const setup: WorkerSetup = { rungs: this.#rungs, classes, settings, isBackground };
    const slot = new Slot(workerScript ?? shippedWorker(), setup);
    this.#alive.add(slot);
    void slot.ended.then((reason) => this.#onEnd(slot, reason));
    const ready = await slot.ready;
    if (this.#retired.has(slot)) return slot.end();
    this.#embeddingSizes = ready.embeddingSizes;
    this.#notices = ready.notices;
    const openedMs = this.#options.clock.monotonicMs();
    this.#isUnable = false;
    void slot.ended.then(() => {
      if (this.#retired.has(slot)) return;
      if (this.#options.clock.monotonicMs() - openedMs > REPLACE_RESET_MS) this.#failuresInRow = 0;
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
        this.#options.onCrash?.(`its replacement cannot be loaded: ${messageOf(error)}`);
        // With nobody left to run it, what waits would wait for ever.
        this.#isUnable = this.#alive.size === 0;
        if (this.#isUnable) this.#answerAll(NO_THREAD);
      }
    }
  }

  #onEnd(slot: Slot, reason: string): void {
    this.#alive.delete(slot);
    const index = this.#idle.indexOf(slot);
    if (index >= 0) this.#idle.splice(index, 1);
    if (this.#stopped.signal.aborted || this.#retired.has(slot)) return;
    this.#crashes++;
    this.#options.onCrash?.(reason);
  }

  #dispatch(): void {
    while (this.#idle.length > 0 && this.#queue.length > 0) {
      const waiting = this.#queue.shift();
      if (waiting === undefined) return;
      const nowMs = this.#options.clock.monotonicMs();
      const waitMs = nowMs - waiting.queuedMs;
      if (nowMs > waiting.request.latestStartMs) {
        waiting.answer({ kind: 'late', waitMs });
        continue;
      }
      const slot = this.#idle.pop();
      if (slot !== undefined) void this.#runOn(slot, waiting, nowMs, waitMs);
    }
  }

  async #runOn(slot: Slot, { request, answer }: Waiting, startedMs: number, waitMs: number): Promise<void> {
    const { rung, frame, box, logits, embedding } = request;
    const { pixels, width, height } = frame;
    const result = await slot.run({ rung, pixels, width, height, box, wantEmbedding: embedding !== null });
    if (result.ok) {
      const classes = this.#options.classes;
      logits.set(result.output.subarray(0, classes));
      embedding?.set(result.output.subarray(classes, classes + embedding.length));
      const { prepareMs, runMs } = result;
      answer({ kind: 'done', waitMs, prepareMs, runMs, serviceMs: this.#options.clock.monotonicMs() - startedMs });
    } else {
      answer({ kind: 'failed', waitMs, reason: result.reason });
    }
    if (this.#retired.has(slot)) void slot.end();
    else if (slot.isAlive) {
      this.#idle.push(slot);
      this.#dispatch();
    }
  }
}

function shippedWorker(): string {
  return createRequire(import.meta.url).resolve('#inference-worker');
}
