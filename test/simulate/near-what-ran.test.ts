import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { clipInMemory, startForCameras } from '../../bench/cameras-clip.ts';
import { runLive } from '../../bench/cameras-live.ts';
import { runOnPaper } from '../../bench/cameras-paper.ts';

const DEMO = fileURLToPath(new URL('../../fixtures/demo.mp4', import.meta.url));

test('what runs on paper is near to what really ran, with the times of that run', async () => {
  const engine = await startForCameras(5, 2);
  try {
    const shared = await clipInMemory(engine, DEMO, 5, 40);
    const options = { ...shared, engine, mode: 'hybrid', cameras: 8, fps: 5, seconds: 5, seed: 1 };
    const live = await runLive(options);
    const paper = await runOnPaper(options, live, engine);
    const { answered, arrived, utilisation } = live.figures;
    expect(arrived).toBeGreaterThan(100);
    expect(Math.abs(paper.arrived - arrived)).toBeLessThan(arrived * 0.1);
    expect(Math.abs(paper.answered - answered)).toBeLessThan(arrived * 0.2);
    expect(Math.abs(paper.utilisation - utilisation)).toBeLessThan(Math.max(0.05, utilisation * 0.3));
  } finally {
    await engine.pool.stop();
  }
});
