import { setImmediate as breathe } from 'node:timers/promises';
import { undisturbed } from '../dataset/rung-costs.ts';
import type { Sample } from '../dataset/sample.ts';
import { smallRaster } from '../features/frame.ts';
import { learnBackground } from '../heads/background.ts';
import { RASTER_SIZE, ZeroEmbedder } from '../heads/zero.ts';
import { Resizer } from '../image/resize.ts';
import { toWorkingSize } from '../image/working-size.ts';
import { type Clock, WHOLE_FRAME, type WorkingSize } from '../types.ts';

/** More frames tell no more of what one takes. */
const FRAMES = 16;
const RUNS = 120;
/** Between two frames of a camera networks have run: nothing of rung zero is in the processor's caches any more. */
const ELSEWHERE_BYTES = 16 << 20;
const CACHE_LINE_BYTES = 64;

/**
 * What rung zero takes of these frames, milliseconds: making the small raster, and its embedding.
 *
 * @param samples at least one
 * @throws WeirError `image-unreadable`
 */
export async function zeroCostOf(samples: readonly Sample[], working: WorkingSize, clock: Clock): Promise<number> {
  const resizer = new Resizer();
  const count = Math.min(FRAMES, samples.length);
  const chosen = Array.from({ length: count }, (_, k) => samples[Math.floor((k * samples.length) / count)] as Sample);
  const frames = await Promise.all(chosen.map(async (own) => toWorkingSize(await own.load(), working, resizer)));
  const look = smallRaster();
  const rasters = new Uint8Array(count * RASTER_SIZE);
  for (const [k, frame] of frames.entries()) rasters.set(look(frame, WHOLE_FRAME).pixels, k * RASTER_SIZE);
  const embedder = new ZeroEmbedder(learnBackground(rasters, count));
  const elsewhere = new Uint8Array(ELSEWHERE_BYTES);
  const times = new Float64Array(RUNS);
  for (let run = 0; run < RUNS; run++) {
    await breathe(); // beside it a daemon may have cameras to attend to
    for (let at = 0; at < ELSEWHERE_BYTES; at += CACHE_LINE_BYTES) elsewhere[at] = run;
    const frame = frames[run % count] as (typeof frames)[number];
    const begunMs = clock.monotonicMs();
    embedder.embed(look(frame, WHOLE_FRAME).pixels);
    times[run] = clock.monotonicMs() - begunMs;
  }
  return undisturbed([...times.subarray(RUNS / 2)]); // the first half warms up
}
