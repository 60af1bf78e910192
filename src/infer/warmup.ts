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

/** Runs per rung and slot before anything is measured: the runtime allocates its buffers in the first. */
const DISCARDED_RUNS = 2;

/**
 * Measures every rung of the pool `runs` times, interleaved so that a drift of the machine meets all alike, on all slots
 * at once as they will be used.
 *
 * @throws WeirError `inference-failed` if a rung does not run; the reason of `stop` when that is aborted
 */
export async function measureRungs(
  pool: InferencePool,
  working: WorkingSize,
  runs: number,
  stop?: AbortSignal,
): Promise<RungTiming[]> {
  const frame = noise(working);
  const { rungs, slots } = pool;
  const services: number[][] = rungs.map(() => []);
  const runTimes: number[][] = rungs.map(() => []);
  const rounds = Math.ceil(runs / slots) + DISCARDED_RUNS;

  await Promise.all(
    Array.from({ length: slots }, async () => {
      const logits = new Float32Array(pool.classes);
      for (let round = 0; round < rounds; round++) {
        for (const [index, rung] of rungs.entries()) {
          stop?.throwIfAborted();
          const result = await pool.run({
            rung: index,
            frame,
            box: [0, 0, 1, 1],
            deadlineMs: Infinity,
            latestStartMs: Infinity,
            logits,
            embedding: null,
          });
          const { serviceMs, runMs } = expectDone(result, rung.id);
          if (round < DISCARDED_RUNS) continue;
          services[index]?.push(serviceMs);
          runTimes[index]?.push(runMs);
        }
      }
    }),
  );
  return rungs.map((rung, index) => ({
    rung: rung.id,
    p50Ms: quantile(services[index] ?? [], 0.5),
    p95Ms: quantile(services[index] ?? [], 0.95),
    runP50Ms: quantile(runTimes[index] ?? [], 0.5),
  }));
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
function noise({ width, height }: WorkingSize): Raster {
  const pixels = new Uint8Array(new SharedArrayBuffer(width * height * 3));
  let state = 1;
  for (let i = 0; i < pixels.length; i++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0; // Numerical Recipes' linear congruential generator
    pixels[i] = state >>> 24;
  }
  return { width, height, pixels };
}
