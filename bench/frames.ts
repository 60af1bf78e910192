import { toCameraSource } from '../src/config/camera.ts';
import { camera } from '../src/config/schema.ts';
import { findFfmpeg } from '../src/decode/ffmpeg.ts';
import { CameraDecoder } from '../src/decode/source.ts';
import { redactUrls } from '../src/secrets.ts';
import { SYSTEM_CLOCK } from '../src/service/clock.ts';
import type { Raster, WorkingSize } from '../src/types.ts';

/** Frames of a clip at the working size, in shared memory, as the daemon has them. */
export async function framesOf(path: string, working: WorkingSize, fps: number): Promise<Raster[]> {
  const frames: Raster[] = [];
  const decoder = new CameraDecoder({
    camera: toCameraSource(camera.parse({ id: 'bench', source: path, pace: 'fast', fps })),
    working,
    ffmpeg: await findFfmpeg(null),
    clock: SYSTEM_CLOCK,
    random: Math.random,
    onState: (state, reason) => {
      if (state === 'failed') throw new Error(`${path}: ${reason}`);
    },
    onNotice: () => {},
    onSkipped: () => {
      throw new Error(`${path}: a frame was skipped`);
    },
    quote: redactUrls,
    onFrame: ({ width, height, pixels, release }) => {
      const copy = new Uint8Array(new SharedArrayBuffer(pixels.length));
      copy.set(pixels);
      frames.push({ width, height, pixels: copy });
      release();
      return undefined;
    },
  });
  await decoder.start();
  return frames;
}
