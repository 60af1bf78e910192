import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { seededRandom } from '../../src/cascade/random.ts';
import { FEATURES } from '../../src/features/catalogue.ts';
import { frameFeatures, smallRaster } from '../../src/features/frame.ts';
import { type Heads, headsText } from '../../src/heads/artifact.ts';
import { RASTER_SIZE } from '../../src/heads/zero.ts';
import { readLadder } from '../../src/infer/ladder.ts';
import { InferencePool } from '../../src/infer/pool.ts';
import { SYSTEM_CLOCK } from '../../src/service/clock.ts';
import { teach } from '../../src/teaching/teach.ts';
import { type Raster, WHOLE_FRAME } from '../../src/types.ts';
import { ffmpeg } from './clips.ts';
import { colourModel, writeLadder } from './ladders.ts';

const [WIDTH, HEIGHT] = [160, 120];
const BOX = 40;
export const YARD_RATE_HZ = 5;
export const YARD_SECONDS = 30;
/** A red box comes in from the left, crosses the picture, and is gone for as long. */
export const CROSSING_SECONDS = 3;
/** By cost in milliseconds; what they really take does not matter. */
const COSTS_MS = [2, 6];

/** Left edge of the box; null while there is none. */
function boxAt(seconds: number): number | null {
  const phase = (seconds + 1e-9) % (2 * CROSSING_SECONDS);
  if (phase < CROSSING_SECONDS) return null;
  return Math.round(((phase - CROSSING_SECONDS) / CROSSING_SECONDS) * WIDTH) - BOX / 2;
}

export const yardTruth = (seconds: number) => (boxAt(seconds) === null ? 'empty' : 'box');

/** A box on a still, rough, grey ground. */
function yardFrames(): Raster[] {
  const random = seededRandom(2);
  const ground = Uint8Array.from({ length: WIDTH * HEIGHT * 3 }, () => 70 + random() * 60);
  return Array.from({ length: YARD_SECONDS * YARD_RATE_HZ }, (_, frame) => {
    const pixels = new Uint8Array(new SharedArrayBuffer(ground.length));
    for (let i = 0; i < pixels.length; i++) pixels[i] = (ground[i] ?? 0) + (random() - 0.5) * 6;
    const left = boxAt(frame / YARD_RATE_HZ) ?? WIDTH;
    for (let y = 40; y < 40 + BOX; y++) {
      for (let x = Math.max(0, left); x < Math.min(WIDTH, left + BOX); x++) {
        pixels.set([250, 130 + 2 * (x % 8), 110 + 2 * (y % 8)], (y * WIDTH + x) * 3);
      }
    }
    return { width: WIDTH, height: HEIGHT, pixels };
  });
}

/**
 * Writes a ladder of two rungs, `ladder/`, a clip without loss, `clip.mkv`, and heads for the question `yard` (empty or box) on
 * rung zero and both rungs, `heads.json`.
 *
 * @returns the frames of the clip, as a daemon sees them
 */
export async function writeYard(folder: string): Promise<{ frames: Raster[]; heads: Heads }> {
  await mkdir(join(folder, 'ladder'), { recursive: true });
  const path = await writeLadder(join(folder, 'ladder'), [
    { id: 'low', model: colourModel(0.05, { embedding: true }), side: 64 },
    // As large as the frames: they are kept as they are.
    { id: 'top', model: colourModel(0.2, { embedding: true }), side: WIDTH },
  ]);
  const frames = yardFrames();
  const input = ['-f', 'rawvideo', '-pix_fmt', 'rgb24', '-s', `${WIDTH}x${HEIGHT}`, '-r', `${YARD_RATE_HZ}`];
  await ffmpeg(
    [...input, '-i', 'pipe:0', '-c:v', 'png', '-pix_fmt', 'rgb24', join(folder, 'clip.mkv')],
    async (write) => {
      for (const { pixels } of frames) await write(Buffer.from(pixels));
    },
  );
  const heads = await teachYard(path, frames);
  await writeFile(join(folder, 'heads.json'), headsText(heads));
  return { frames, heads };
}

async function teachYard(ladderPath: string, frames: readonly Raster[]): Promise<Heads> {
  const ladder = await readLadder(ladderPath);
  const count = frames.length;
  const small = smallRaster();
  const look = frameFeatures(FEATURES.map(({ name }) => name));
  const rasters = new Uint8Array(count * RASTER_SIZE);
  const features = new Float64Array(count * FEATURES.length);
  for (const [i, frame] of frames.entries()) {
    rasters.set(small(frame, WHOLE_FRAME).pixels, i * RASTER_SIZE);
    features.set(look(frame, WHOLE_FRAME), i * FEATURES.length);
  }
  const truth = Int32Array.from(frames, (_, i) => (yardTruth(i / YARD_RATE_HZ) === 'box' ? 1 : 0));
  const { heads } = teach(
    {
      camera: 'gate',
      ladder,
      rungs: ladder.rungs.map(({ id }, at) => ({ id, costMs: COSTS_MS[at] ?? 1, dimensions: 3 })),
      embeddings: await embeddingsOf(ladderPath, frames),
      rasters,
      zeroMs: 0.05,
      features,
      featuresMs: 0.05,
      keys: frames.map(({ pixels }) => createHash('sha256').update(pixels).digest('hex')),
      names: frames.map((_, i) => `frame ${i}`),
      sources: frames.map(() => 'clip'),
      seconds: Float64Array.from(frames, (_, i) => i / YARD_RATE_HZ),
      questions: [{ id: 'yard', text: 'Is a box there?', classes: [{ name: 'empty' }, { name: 'box' }], truth }],
      picture: { aspect: 'stretch', width: WIDTH, height: HEIGHT },
      target: { kind: 'accuracy-loss', value: 0.02, confidence: null, lossPerCondition: 0.02 },
      teacher: false,
      useZero: true,
      seed: 1,
      circumstances: 'a test',
    },
    () => {},
  );
  return heads;
}

/** By rung of the ladder: `float32 [frames][3]`. */
async function embeddingsOf(ladderPath: string, frames: readonly Raster[]): Promise<Float32Array[]> {
  const { rungs, labels } = await readLadder(ladderPath);
  const settings = { executionProviders: ['cpu'], allowFallback: false, threadsPerSlot: 1 };
  const pool = await InferencePool.start({ rungs, classes: labels.length, slots: 1, clock: SYSTEM_CLOCK, settings });
  const logits = new Float32Array(labels.length);
  const all = rungs.map(() => new Float32Array(frames.length * 3));
  for (const [i, frame] of frames.entries()) {
    for (const [rung, into] of all.entries()) {
      const embedding = into.subarray(i * 3, i * 3 + 3);
      const wanted = { deadlineMs: Infinity, latestStartMs: Infinity, box: WHOLE_FRAME };
      await pool.run({ rung, frame, ...wanted, logits, embedding });
    }
  }
  await pool.stop();
  return all;
}
