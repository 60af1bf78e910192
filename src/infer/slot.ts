import { createRequire } from 'node:module';
import { Worker } from 'node:worker_threads';
import { WeirError } from '../errors.ts';
import type { WorkerJob, WorkerMessage, WorkerOrder, WorkerSetup } from './protocol.ts';
import type { RunRequest } from './request.ts';

/** How long a thread may take to end; a run or the loading of a ladder takes less. */
const END_GRACE_MS = 3_000;

/** How a worker answered a job. */
export type SlotAnswer =
  | { readonly ok: true; readonly prepareMs: number; readonly runMs: number; readonly output: Float32Array }
  | { readonly ok: false; readonly reason: string };

/** One inference slot: a worker thread that takes one job at a time. It lives once; the pool replaces it when it dies. */
export class Slot {
  readonly #worker: Worker;
  readonly ready: Promise<Extract<WorkerMessage, { type: 'ready' }>>;
  /** Resolves with the reason when the thread has ended, for whatever cause. */
  readonly ended: Promise<string>;
  #output: Float32Array = new Float32Array(0);
  #job: { readonly id: number; readonly answer: (answer: SlotAnswer) => void } | null = null;
  #nextId = 0;
  #isAlive = true;

  /** @param script another body for its thread */
  constructor(setup: WorkerSetup, script = createRequire(import.meta.url).resolve('#inference-worker')) {
    this.#worker = new Worker(script, { workerData: setup, name: 'weir-inference' });
    let thrown = '';
    this.#worker.on('error', (error) => {
      thrown = error.message;
    });
    this.ended = new Promise((resolve) => {
      this.#worker.once('exit', (code) => {
        const reason = thrown || `inference thread ended with code ${code}`;
        this.#isAlive = false;
        this.#settle({ ok: false, reason });
        resolve(reason);
      });
    });
    this.ready = new Promise((resolve, reject) => {
      this.#worker.on('message', (message: WorkerMessage) => {
        switch (message.type) {
          case 'ready':
            this.#output = message.output;
            return resolve(message);
          case 'unusable':
            return reject(new WeirError(message.code, message.message, { remedy: message.remedy, exitCode: 2 }));
          case 'failed':
            return this.#settle({ ok: false, reason: message.message }, message.id);
          case 'done':
            return this.#settle(
              { ok: true, prepareMs: message.prepareMs, runMs: message.runMs, output: this.#output },
              message.id,
            );
        }
      });
      void this.ended.then((reason) =>
        reject(new WeirError('inference-crashed', reason, { remedy: 'run `weir doctor`; look for lack of memory' })),
      );
    });
    this.ready.catch(() => {});
  }

  get isAlive(): boolean {
    return this.#isAlive;
  }

  /** Whether it is loaded and lives; resolves when its loading has ended. */
  isUsable(): Promise<boolean> {
    return this.ready.then(
      () => this.#isAlive,
      () => false,
    );
  }

  /** As `run`, with the outputs where the request wants them. @param classes number of labels */
  async fulfil(request: RunRequest, classes: number): Promise<SlotAnswer> {
    const { rung, frame, box, logits, embedding } = request;
    const { pixels, width, height } = frame;
    const result = await this.run({ rung, pixels, width, height, box, wantEmbedding: embedding !== null });
    if (!result.ok) return result;
    logits.set(result.output.subarray(0, classes));
    embedding?.set(result.output.subarray(classes, classes + embedding.length));
    return result;
  }

  /** Answers always, also when the thread dies meanwhile. `output` is valid until the next call. */
  run(job: Omit<WorkerJob, 'id'>): Promise<SlotAnswer> {
    if (!this.#isAlive) return Promise.resolve({ ok: false, reason: 'the inference thread has ended' });
    const id = this.#nextId++;
    return new Promise((answer) => {
      this.#job = { id, answer };
      this.#worker.postMessage({ ...job, id } satisfies WorkerOrder);
    });
  }

  /**
   * Lets the thread end by itself after what it is doing, loading included: cut off inside ONNX Runtime, it would take the
   * whole process with it. Only one that does not end in time is terminated.
   */
  async end(): Promise<void> {
    this.#worker.postMessage('end' satisfies WorkerOrder);
    const timer = setTimeout(() => void this.#worker.terminate(), END_GRACE_MS);
    await this.ended;
    clearTimeout(timer);
  }

  #settle(answer: SlotAnswer, id = this.#job?.id): void {
    const job = this.#job;
    if (job === null || job.id !== id) return;
    this.#job = null;
    job.answer(answer);
  }
}
