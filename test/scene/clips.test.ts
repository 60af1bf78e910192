import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { CELLS, LUMA_HEIGHT, LUMA_WIDTH } from '../../src/scene/luma.ts';
import { MotionScene } from '../../src/scene/motion.ts';
import { BUNDLED_FFMPEG, DATA, describeWith, WEIR_DATA } from '../support/parts.ts';
import { USUAL } from './support.ts';

const RATE_HZ = 5;

interface Interval {
  readonly from: number;
  readonly to: number;
  readonly label: string;
}

/** Shares of the frames of each label in which something was told of. */
async function sharesOf(clip: string, size: { width: number; height: number }): Promise<Record<string, number>> {
  const path = join(WEIR_DATA, 'clips', clip);
  const truth = JSON.parse(await readFile(`${path}.json`, 'utf8')) as { intervals: Interval[] };
  const filter = `fps=${RATE_HZ},scale=${LUMA_WIDTH}:${LUMA_HEIGHT}:flags=area,format=gray`;
  const { stdout } = await promisify(execFile)(
    BUNDLED_FFMPEG,
    ['-v', 'error', '-i', `${path}.mp4`, '-vf', filter, '-f', 'rawvideo', 'pipe:1'],
    { encoding: 'buffer', maxBuffer: 1 << 26 },
  );
  const scene = new MotionScene(USUAL, size);
  const counts = new Map<string, { frames: number; told: number }>();
  for (let k = 0; (k + 1) * CELLS <= stdout.length; k++) {
    const seconds = k / RATE_HZ;
    const { regions } = scene.observe(stdout.subarray(k * CELLS, (k + 1) * CELLS), seconds);
    const label = truth.intervals.find(({ from, to }) => seconds >= from && seconds < to)?.label ?? '~';
    const count = counts.get(label) ?? { frames: 0, told: 0 };
    counts.set(label, { frames: count.frames + 1, told: count.told + (regions.length > 0 ? 1 : 0) });
  }
  return Object.fromEntries([...counts].map(([label, { frames, told }]) => [label, told / frames]));
}

describeWith([DATA], 'what moves on clips of fixed cameras', () => {
  test('cars in a yard are told of while they are there', async () => {
    const shares = await sharesOf('car-detection', { width: 768, height: 432 });
    expect(shares.car).toBeGreaterThan(0.85);
    expect(shares.empty).toBeLessThan(0.15);
  });

  test('vehicles on a street are told of; people and what drives far away may be in quiet times', async () => {
    const shares = await sharesOf('traffic', { width: 640, height: 360 });
    expect(shares.vehicle).toBeGreaterThan(0.85);
    expect(shares.quiet).toBeLessThan(0.5);
  });
});
