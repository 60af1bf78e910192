import { DeadlineQueue } from '../infer/queue.ts';
import type { RunRequest, RunResult, Waiting } from '../infer/request.ts';
import type { Inference } from '../pipeline/climb.ts';
import { SimulatedFrame } from './playback.ts';
import type { Trace } from './trace.ts';
import type { VirtualTime } from './virtual-time.ts';

export interface VirtualPoolParts {
  readonly trace: Trace;
  readonly time: VirtualTime;
  readonly slots: number;
  /** Multiplies the times of all rungs. */
  readonly costScale: number;
  /** Numbers in [0, 1). */
  readonly random: () => number;
}

/** Inference slots on a virtual clock: they take the times that were recorded, drawn by chance, and give the answers that were recorded. */
export class VirtualPool implements Inference {
  readonly classes: number;
  readonly embeddingSizes: readonly number[];
  readonly #parts: VirtualPoolParts;
  readonly #queue = new DeadlineQueue<Waiting>();
  #idle: number;
  #busyMs = 0;
  #mostQueued = 0;

  constructor(parts: VirtualPoolParts) {
    this.#parts = parts;
    this.classes = parts.trace.classes;
    this.embeddingSizes = parts.trace.rungs.map(({ embeddingSize }) => embeddingSize);
    this.#idle = parts.slots;
  }

  /** Time that slots were at work, summed over them. */
  get busyMs(): number {
    return this.#busyMs;
  }

  /** The greatest number of runs that waited at once. */
  get mostQueued(): number {
    return this.#mostQueued;
  }

  run(request: RunRequest): Promise<RunResult> {
    return new Promise((answer) => {
      const queuedMs = this.#parts.time.monotonicMs();
      this.#queue.push({ request, deadlineMs: request.deadlineMs, queuedMs, answer });
      this.#dispatch();
      this.#mostQueued = Math.max(this.#mostQueued, this.#queue.length);
    });
  }

  #dispatch(): void {
    while (this.#idle > 0 && this.#queue.length > 0) {
      const waiting = this.#queue.shift();
      if (waiting === undefined) return;
      const nowMs = this.#parts.time.monotonicMs();
      const waitMs = nowMs - waiting.queuedMs;
      if (nowMs > waiting.request.latestStartMs) waiting.answer({ kind: 'late', waitMs });
      else this.#serve(waiting, nowMs, waitMs);
    }
  }

  #serve({ request, answer }: Waiting, startedMs: number, waitMs: number): void {
    const { trace, time, costScale, random } = this.#parts;
    const rung = trace.rungs[request.rung];
    if (rung === undefined) return answer({ kind: 'failed', waitMs, reason: `the trace has no rung ${request.rung}` });
    const drawn = Math.floor(random() * rung.serviceMs.length);
    const tookMs = (rung.serviceMs[drawn] ?? 0) * costScale;
    const runMs = (rung.runMs[drawn] ?? 0) * costScale;
    this.#idle--;
    time.at(startedMs + tookMs, () => {
      this.#handOver(request);
      this.#idle++;
      this.#busyMs += tookMs;
      const serviceMs = time.monotonicMs() - startedMs;
      answer({ kind: 'done', waitMs, prepareMs: Math.max(0, tookMs - runMs), runMs, serviceMs });
      this.#dispatch();
      time.charge(trace.main.readMs * costScale); // whoever asked reads the answer next
    });
  }

  #handOver({ rung, frame, logits, embedding }: RunRequest): void {
    const { trace } = this.#parts;
    const recorded = trace.rungs[rung];
    if (!(frame instanceof SimulatedFrame) || recorded === undefined) return;
    const { index } = frame;
    logits.set(recorded.logits.subarray(index * trace.classes, (index + 1) * trace.classes));
    const size = recorded.embeddingSize;
    embedding?.set(recorded.embeddings.subarray(index * size, (index + 1) * size));
  }
}
