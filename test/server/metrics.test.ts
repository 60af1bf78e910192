import { expect, test } from 'vitest';
import { Metrics } from '../../src/server/metrics.ts';
import type { Label } from '../../src/types.ts';

function label(camera: string): Label {
  const clock = { state: 'pinned', source: 'linux' } as const;
  return { camera, stop: 'accepted', spentMs: 5, clock } as unknown as Label;
}

test('a camera that was removed leaves no series behind, and takes none of another with it', async () => {
  const none = () => 0;
  const metrics = new Metrics({
    subscribers: none,
    subscriberDrops: none,
    inferenceCrashes: none,
    inferenceQueued: none,
  });
  metrics.stop();
  for (let n = 0; n < 20; n++) {
    for (const camera of ['stays', `comes-${n}`]) {
      metrics.cameraState(camera, 'connecting');
      metrics.cameraState(camera, 'connecting');
      metrics.frameArrived(camera);
      metrics.frameLost(camera, 'displaced');
      metrics.answered([label(camera)], 1);
    }
    metrics.cameraState(`comes-${n}`, 'removed');
  }
  const { text } = await metrics.read();
  expect(text).not.toContain('comes-');
  for (const name of ['frames_in', 'frames_dropped', 'frames_classified', 'labels', 'camera_restarts']) {
    expect(text).toMatch(new RegExp(`^weir_${name}_total\\{camera="stays".*\\} \\d+$`, 'm'));
  }
  expect(text).toContain('weir_frame_milliseconds_count{camera="stays",stage="total",clock="pinned"} 20');
});
