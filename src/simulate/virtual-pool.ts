import type { RunRequest, RunResult } from '../infer/request.ts';
import { type Begun, RequestQueue } from '../infer/request-queue.ts';
import { RungCosts } from '../infer/rung-costs.ts';
import type { Inference } from '../pipeline/climb.ts';
import { SimulatedFrame } from './playback.ts';
import type { Trace } from './trace.ts';
import type { VirtualTime } from './virtual-time.ts';

interface VirtualPoolParts {
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
  /** What its rungs take, once it is told what was measured of them. */
  readonly costs: RungCosts;
  readonly #queue: RequestQueue;
  #idle: number;
  #busyMs = 0;
  #mostQueued = 0;

  constructor(parts: VirtualPoolParts) {
    this.#parts = parts;
    this.classes = parts.trace.classes;
    this.embeddingSizes = parts.trace.rungs.map(({ embeddingSize }) => embeddingSize);
    this.costs = new RungCosts(parts.time);
    this.#queue = new RequestQueue(parts.time, this.costs);
    this.#idle = parts.slots;
  }

  get slots(): number {
    return this.#parts.slots;
  }

  /** Time that slots were at work, summed over them. */
  get busyMs(): number {
    return this.#busyMs;
  }

  /** The greatest number of runs that waited at once. */
  get mostQueued(): number {
    return this.#mostQueued;
  }

  /** Share of the slots that was busy of late. */
  get load(): number {
    return this.#queue.busy / this.#parts.slots;
  }

  run(request: RunRequest): Promise<RunResult> {
    return new Promise((answer) => {
      this.#queue.put(request, answer, this.#idle);
      this.#dispatch();
      this.#mostQueued = Math.max(this.#mostQueued, this.#queue.length);
    });
  }

  #dispatch(): void {
    this.#queue.expire();
    while (this.#idle > 0) {
      const begun = this.#queue.begin();
      if (begun === null) return;
      this.#serve(begun);
    }
  }

  #serve(begun: Begun): void {
    const { trace, time, costScale, random } = this.#parts;
    const rung = trace.rungs[begun.request.rung];
    const drawn = Math.floor(random() * (rung?.serviceMs.length ?? 0));
    const tookMs = (rung?.serviceMs[drawn] ?? 0) * costScale;
    const runMs = (rung?.runMs[drawn] ?? 0) * costScale;
    this.#idle--;
    time.at(begun.startedMs + tookMs, () => {
      this.#handOver(begun.request);
      this.#busyMs += tookMs;
      this.#queue.end(begun, { ok: true, prepareMs: Math.max(0, tookMs - runMs), runMs });
      this.#idle++;
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
