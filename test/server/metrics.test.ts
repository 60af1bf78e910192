import { expect, test } from 'vitest';
import { Metrics } from '../../src/server/metrics.ts';
import type { Label } from '../../src/types.ts';

function label(camera: string): Label {
  const clock = { state: 'pinned', source: 'linux' } as const;
  return { camera, stop: 'accepted', spentMs: 5, clock } as unknown as Label;
}

const EVENT = { question: 'default', label: 'dog', phase: 'begin', stream: 1, ptsSeconds: 0, atMs: 0 } as const;

test('a frame counts once, however many questions were answered', async () => {
  const none = () => 0;
  const metrics = new Metrics({
    subscribers: none,
    subscriberDrops: none,
    inferenceCrashes: none,
    inferenceQueued: none,
  });
  metrics.stop();
  metrics.answered(
    [
      { ...label('gate'), question: 'drive' },
      { ...label('gate'), question: 'gate', spentMs: 9 },
    ],
    1,
  );
  const { text } = await metrics.read();
  expect(text).toContain('weir_frames_classified_total{camera="gate"} 1');
  for (const question of ['drive', 'gate']) {
    expect(text).toContain(`weir_labels_total{camera="gate",question="${question}",stop="accepted"} 1`);
  }
  expect(text).toContain('weir_frame_milliseconds_sum{camera="gate",stage="total",clock="pinned"} 9');
});

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
      metrics.regionsLeftOut(camera, 2);
      metrics.happened({ ...EVENT, camera });
    }
    metrics.cameraState(`comes-${n}`, 'removed');
  }
  const { text } = await metrics.read();
  expect(text).not.toContain('comes-');
  for (const name of [
    ...['frames_in', 'frames_dropped', 'frames_classified', 'labels', 'camera_restarts'],
    ...['events', 'regions_left_out'],
  ]) {
    expect(text).toMatch(new RegExp(`^weir_${name}_total\\{camera="stays".*\\} \\d+$`, 'm'));
  }
  expect(text).toContain('weir_frame_milliseconds_count{camera="stays",stage="total",clock="pinned"} 20');
});
