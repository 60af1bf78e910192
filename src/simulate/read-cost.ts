import { setImmediate as breathe } from 'node:timers/promises';
import { Evidence, topIndices } from '../cascade/evidence.ts';
import { median } from '../premodel/statistics.ts';
import type { Clock } from '../types.ts';

const RUNS = 120;
const TOP_K = 5;

/**
 * What the main thread takes for one answer of a rung, milliseconds: taking it for evidence, and ranking the classes.
 *
 * @param logits `float32 [frames][classes]`, of at least one frame
 */
export async function readCost(logits: Float32Array, classes: number, clock: Clock): Promise<number> {
  const evidence = new Evidence(classes);
  const frames = logits.length / classes;
  const times: number[] = [];
  for (let run = 0; run < RUNS; run++) {
    if (run % 20 === 0) await breathe();
    const at = run % frames;
    const begunMs = clock.monotonicMs();
    evidence.reset();
    evidence.add(0, logits.subarray(at * classes, (at + 1) * classes), { temperature: 1, mergeWeight: 1 });
    topIndices(evidence.probabilities, TOP_K);
    times.push(clock.monotonicMs() - begunMs);
  }
  return median(times.slice(RUNS / 2)); // the first half warms up
}
