import { WeirError } from '../errors.ts';
import type { Raster, WorkingSize } from '../types.ts';
import type { InferencePool, RunResult } from './pool.ts';

/** What was measured of a rung, in milliseconds from leaving the queue to the answer, resizing included. */
export interface RungTiming {
  readonly rung: string;
  readonly p50Ms: number;
  readonly p95Ms: number;
  /** `session.run` alone. */
  readonly runP50Ms: number;
}

/** One run of a rung on one slot. */
export interface TimedRun {
  /** Index into the pool's rungs. */
  readonly rung: number;
  readonly prepareMs: number;
  /** `session.run` alone. */
  readonly runMs: number;
  /** From leaving the queue to the answer, resizing included. */
  readonly serviceMs: number;
}

/** Runs per rung and slot before anything is measured: the runtime allocates its buffers in the first. */
const DISCARDED_RUNS = 2;
/** A run takes its turn in the queue by then: behind the frames of a pool that has too many, it would wait for ever. */
const TURN_MS = 1_000;

/** Runs rungs of a pool on all its slots at once, as they will be used, on a picture without meaning. */
export class RungMeter {
  readonly #pool: InferencePool;
  readonly #frame: Raster;
  readonly #logits: readonly Float32Array[];

  constructor(pool: InferencePool, working: WorkingSize) {
    this.#pool = pool;
    this.#frame = noise(working);
    this.#logits = Array.from({ length: pool.slots }, () => new Float32Array(pool.classes));
  }

  /**
   * Runs every rung once on every slot.
   *
   * @param orderOf the order of the rungs on a slot
   * @throws WeirError `inference-failed` if a rung does not run; the reason of `stop` when that is aborted
   */
  async round(orderOf: (slot: number) => readonly number[], stop?: AbortSignal): Promise<TimedRun[]> {
    const runs: TimedRun[] = [];
    const onSlot = async (logits: Float32Array, slot: number) => {
      for (const rung of orderOf(slot)) {
        stop?.throwIfAborted();
        const result = await this.#pool.run({
          rung,
          frame: this.#frame,
          box: [0, 0, 1, 1],
          deadlineMs: this.#pool.clock.monotonicMs() + TURN_MS,
          latestStartMs: Infinity,
          logits,
          embedding: null,
        });
        const { prepareMs, runMs, serviceMs } = expectDone(result, this.#pool.rungs[rung]?.id ?? String(rung));
        runs.push({ rung, prepareMs, runMs, serviceMs });
      }
    };
    await Promise.all(this.#logits.map(onSlot));
    return runs;
  }

  /** Runs rungs as often as the runtime needs for its buffers. */
  async warmUp(stop?: AbortSignal, order: readonly number[] = [...this.#pool.rungs.keys()]): Promise<void> {
    for (let round = 0; round < DISCARDED_RUNS; round++) await this.round(() => order, stop);
  }
}

/**
 * Measures rungs of the pool `runs` times each, interleaved so that a drift of the machine meets all alike, on all slots
 * at once as they will be used.
 *
 * @param order indices of the rungs to measure; all by default
 * @returns the times in that order
 * @throws WeirError `inference-failed` if a rung does not run; the reason of `stop` when that is aborted
 */
export async function measureRungs(
  pool: InferencePool,
  working: WorkingSize,
  runs: number,
  stop?: AbortSignal,
  order: readonly number[] = [...pool.rungs.keys()],
): Promise<RungTiming[]> {
  const meter = new RungMeter(pool, working);
  const services: number[][] = pool.rungs.map(() => []);
  const runTimes: number[][] = pool.rungs.map(() => []);
  await meter.warmUp(stop, order);
  for (let round = 0; round < Math.ceil(runs / pool.slots); round++) {
    for (const { rung, serviceMs, runMs } of await meter.round(() => order, stop)) {
      services[rung]?.push(serviceMs);
      runTimes[rung]?.push(runMs);
    }
  }
  return order.map((index) => ({
    rung: pool.rungs[index]?.id ?? String(index),
    p50Ms: quantile(services[index] ?? [], 0.5),
    p95Ms: quantile(services[index] ?? [], 0.95),
    runP50Ms: quantile(runTimes[index] ?? [], 0.5),
  }));
}

/** Rungs by rising median time; those that were not measured last. */
export function fastestFirst<R extends { readonly id: string }>(
  rungs: readonly R[],
  timings: readonly RungTiming[],
): R[] {
  const timeOf = ({ id }: R) => timings.find(({ rung }) => rung === id)?.p50Ms ?? Infinity;
  return [...rungs].sort((a, b) => timeOf(a) - timeOf(b));
}

/** Nearest-rank quantile; infinite for no values. */
export function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)] ?? Infinity;
}

function expectDone(result: RunResult, rung: string): Extract<RunResult, { kind: 'done' }> {
  if (result.kind === 'done') return result;
  const why = result.kind === 'failed' ? result.reason : 'it was not begun';
  throw new WeirError('inference-failed', `rung ${rung} does not run: ${why}`, {
    remedy: 'check the model with `weir doctor`; leave the rung out with `rungs`',
  });
}

/** A picture without meaning, the same every time; times do not depend on what is shown. */
export function noise({ width, height }: WorkingSize): Raster {
  const pixels = new Uint8Array(new SharedArrayBuffer(width * height * 3));
  let state = 1;
  for (let i = 0; i < pixels.length; i++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0; // Numerical Recipes' linear congruential generator
    pixels[i] = state >>> 24;
  }
  return { width, height, pixels };
}
