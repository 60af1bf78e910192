import { createRequire } from 'node:module';
import { Worker } from 'node:worker_threads';
import { WeirError } from '../errors.ts';
import type { Entry, Order, Range, Report, ScanAnswer, ScanRequest, StoreSetup, StoreStatus } from './protocol.ts';
import { sizeOf } from './spool.ts';

/** More is not on its way to the thread at any time: whatever holds it up, messages pile up in one place alone, which is bounded. */
const FLIGHT_BYTES = 4_000_000;
/** Each subscriber and each request asks once at a time. */
const MOST_ASKED = 4_000;
const FIRST_RESTART_MS = 500;
const LAST_RESTART_MS = 60_000;
/**
 * How long the thread may take to write what is left. It is not waited for any longer, and never terminated: ended amid native code,
 * libsql 0.5 aborts the whole process (seen within 60 tries).
 */
const CLOSE_MS = 2_500;

export type Opened = Extract<Report, { type: 'open' }>;
export type Spawn = (setup: StoreSetup) => Worker;

export interface Batch {
  readonly entries: readonly Entry[];
  readonly dropped: readonly Range[];
}

export interface ThreadEvents {
  readonly onStatus: (status: StoreStatus) => void;
  readonly onNotice: (text: string) => void;
  /** There is room for a batch again. */
  readonly onRoom: () => void;
  /** Behind which number a new thread is to go on, where nothing is on its way. */
  readonly nextUnsent: () => number;
}

/** The thread that writes: what is on its way to it, what it was asked, and another in its place if it dies. */
export class Thread {
  readonly #spawn: Spawn;
  readonly #setup: StoreSetup;
  readonly #epoch: string;
  readonly #events: ThreadEvents;
  readonly #asked = new Map<number, { resolve: (answer: ScanAnswer) => void; reject: (error: Error) => void }>();
  #worker: Worker | null = null;
  #flight: { readonly batch: Batch; readonly bytes: number }[] = [];
  #flightBytes = 0;
  #nextId = 1;
  #restartMs = FIRST_RESTART_MS;
  #restart: NodeJS.Timeout | null = null;
  #isClosing = false;

  constructor(worker: Worker, epoch: string, setup: StoreSetup, spawn: Spawn, events: ThreadEvents) {
    this.#spawn = spawn;
    this.#setup = setup;
    this.#epoch = epoch;
    this.#events = events;
    this.#follow(worker);
  }

  get isAlive(): boolean {
    return this.#worker !== null;
  }

  get hasRoom(): boolean {
    return this.#worker !== null && this.#flightBytes < FLIGHT_BYTES;
  }

  send(batch: Batch): void {
    const bytes = batch.entries.reduce((sum, entry) => sum + sizeOf(entry), 0);
    this.#flight.push({ batch, bytes });
    this.#flightBytes += bytes;
    this.#order({ type: 'batch', ...batch });
  }

  scan(request: ScanRequest): Promise<ScanAnswer> {
    if (this.#worker === null) return Promise.reject(failing('its thread has ended'));
    if (this.#asked.size >= MOST_ASKED) return Promise.reject(failing('too many ask at once'));
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      this.#asked.set(id, { resolve, reject });
      this.#order({ type: 'scan', id, request });
    });
  }

  /** Writes what was sent, seals the database. */
  async close(): Promise<void> {
    this.#isClosing = true;
    if (this.#restart !== null) clearTimeout(this.#restart);
    const worker = this.#worker;
    if (worker === null) return;
    const ended = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
    this.#order({ type: 'close' });
    let late: NodeJS.Timeout | undefined;
    const isLate = new Promise<void>((resolve) => {
      late = setTimeout(resolve, CLOSE_MS);
    });
    await Promise.race([ended, isLate]);
    clearTimeout(late);
    worker.unref();
  }

  #follow(worker: Worker): void {
    this.#worker = worker;
    worker.on('message', (report: Report) => {
      if (report.type === 'status') this.#events.onStatus(report.status);
      else if (report.type === 'notice') this.#events.onNotice(report.text);
      else if (report.type === 'scanned') this.#answer(report);
      else if (report.type === 'taken') {
        this.#flightBytes -= this.#flight.shift()?.bytes ?? 0;
        this.#restartMs = FIRST_RESTART_MS;
        this.#events.onRoom();
      }
    });
    worker.on('error', (error) => this.#events.onNotice(`the history's thread died: ${error.message}`));
    worker.once('exit', () => {
      this.#worker = null;
      for (const { reject } of this.#asked.values()) reject(failing('its thread has ended'));
      this.#asked.clear();
      if (!this.#isClosing) this.#later();
    });
  }

  #later(): void {
    this.#restart = setTimeout(() => void this.#again(), this.#restartMs);
    this.#restartMs = Math.min(2 * this.#restartMs, LAST_RESTART_MS);
  }

  /** What was on its way is sent again; what is on the disk already is not written twice. */
  async #again(): Promise<void> {
    this.#restart = null;
    const first = this.#flight[0]?.batch;
    const next = first?.dropped[0]?.first ?? first?.entries[0]?.seq ?? this.#events.nextUnsent();
    const adopt = { epoch: this.#epoch, last: next - 1 };
    try {
      const worker = this.#spawn({ ...this.#setup, adopt });
      const opened = await openedBy(worker, this.#events.onNotice);
      if (this.#isClosing) {
        worker.postMessage({ type: 'close' } satisfies Order);
        return worker.unref();
      }
      this.#follow(worker);
      this.#events.onStatus(opened.status);
      this.#events.onNotice('the history’s thread was started anew');
      for (const { batch } of this.#flight) this.#order({ type: 'batch', ...batch });
      this.#events.onRoom();
    } catch {
      if (!this.#isClosing) this.#later();
    }
  }

  #answer({ id, answer, reason }: Extract<Report, { type: 'scanned' }>): void {
    const asked = this.#asked.get(id);
    this.#asked.delete(id);
    if (answer !== null) asked?.resolve(answer);
    else asked?.reject(failing(reason));
  }

  #order(order: Order): void {
    this.#worker?.postMessage(order);
  }
}

export function spawnThread(setup: StoreSetup): Worker {
  const script = createRequire(import.meta.url).resolve('#history-worker');
  return new Worker(script, { workerData: setup, name: 'weir-history' });
}

/** @throws WeirError `history-newer`, `history-unusable` */
export function openedBy(worker: Worker, onNotice: (text: string) => void): Promise<Opened> {
  return new Promise((resolve, reject) => {
    const listen = (report: Report) => {
      if (report.type === 'notice') return onNotice(report.text);
      worker.off('message', listen);
      worker.off('error', reject);
      if (report.type === 'open') return resolve(report);
      void worker.terminate();
      if (report.type !== 'unusable') return reject(failing('its thread has ended'));
      reject(new WeirError(report.code, report.message, { remedy: report.remedy, exitCode: 2 }));
    };
    worker.on('message', listen);
    worker.once('error', reject);
  });
}

function failing(reason: string): WeirError {
  return new WeirError('history-failing', `the history cannot be read: ${reason}`, { remedy: 'try again' });
}
