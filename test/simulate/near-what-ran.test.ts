import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { clipInMemory, startForCameras } from '../../bench/cameras-clip.ts';
import { type LiveOptions, runLive } from '../../bench/cameras-live.ts';
import { runOnPaper } from '../../bench/cameras-paper.ts';
import type { Engine } from '../../src/commands/engine.ts';

const DEMO = fileURLToPath(new URL('../../fixtures/demo.mp4', import.meta.url));
const RATE_HZ = 25;
let engine: Engine;
let shared: Pick<LiveOptions, 'pictures' | 'trace' | 'answers'>;

beforeAll(async () => {
  engine = await startForCameras(5, 2);
  shared = await clipInMemory(engine, DEMO, RATE_HZ, 30);
});
afterAll(() => engine.pool.stop());

/** What really ran, and the same on paper with the times of that run. */
async function both(mode: string, cameras: number, fps: number) {
  const options = { ...shared, engine, mode, cameras, fps, seconds: 3, seed: 1 };
  const live = await runLive(options);
  const paper = await runOnPaper(options, live, engine);
  return { live: live.figures, paper };
}

const isNear = (value: number, other: number, most: number) => expect(Math.abs(value - other)).toBeLessThan(most);

test('a load that fits is near on paper to what really ran', async () => {
  const { live, paper } = await both('hybrid', 8, 5);
  expect(live.arrived).toBeGreaterThan(80);
  isNear(paper.arrived, live.arrived, live.arrived * 0.1);
  isNear(paper.answered, live.answered, live.arrived * 0.1);
  isNear(paper.dropped, live.dropped, live.arrived * 0.1);
  isNear(paper.utilisation, live.utilisation, Math.max(0.05, live.utilisation * 0.3));
});

test('a load that is too much is answered and dropped on paper as it really was', async () => {
  const { live, paper } = await both(`fixed:${engine.ladder.reference}`, 20, RATE_HZ);
  expect(live.droppedShare).toBeGreaterThan(0.2);
  // Where others want the cores, timers are late, and fewer frames come than would.
  isNear(paper.arrived, live.arrived, live.arrived * 0.2);
  isNear(paper.answeredShare, live.answeredShare, 0.12);
  isNear(paper.droppedShare, live.droppedShare, 0.12);
  expect(live.utilisation).toBeGreaterThan(0.6);
  isNear(paper.utilisation, live.utilisation, 0.2);
  // A frame that waits is displaced by the camera's next one.
  expect(live.mostQueued).toBeLessThanOrEqual(20);
});
