import { setImmediate as breathe } from 'node:timers/promises';
import { smallRaster } from '../features/frame.ts';
import { RASTER_SIZE, ZeroEmbedder } from '../heads/zero.ts';
import { noise, quantile } from '../infer/warmup.ts';
import { type Clock, WHOLE_FRAME, type WorkingSize } from '../types.ts';

/** Runs between two of which others get their turn. */
const BREATH = 20;
const DISCARDED_RUNS = 40;
const RUNS = 40;

/** 95th percentile of what rung zero takes of a frame at the working size, its small raster included. */
export async function measureZero(working: WorkingSize, clock: Clock): Promise<number> {
  const frame = noise(working);
  const small = smallRaster();
  const embedder = new ZeroEmbedder(new Uint8Array(RASTER_SIZE));
  const times: number[] = [];
  for (let run = 0; run < DISCARDED_RUNS + RUNS; run++) {
    if (run % BREATH === 0) await breathe();
    const begunMs = clock.monotonicMs();
    embedder.embed(small(frame, WHOLE_FRAME).pixels);
    if (run >= DISCARDED_RUNS) times.push(clock.monotonicMs() - begunMs);
  }
  return quantile(times, 0.95);
}
