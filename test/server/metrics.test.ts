import { expect, test } from 'vitest';
import { Metrics } from '../../src/server/metrics.ts';
import type { Label } from '../../src/types.ts';

function label(camera: string): Label {
  const clock = { state: 'pinned', source: 'linux' } as const;
  return { camera, stop: 'accepted', path: [], spentMs: 5, clock } as unknown as Label;
}

const EVENT = { question: 'default', label: 'dog', phase: 'begin', stream: 1, ptsSeconds: 0, atMs: 0 } as const;

const REUSE = { question: 'gate', threshold: 0.7, isProven: false, agreement: null, hasDrifted: false };

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
      metrics.answered([label(camera)], 1, 2);
      metrics.regionsLeftOut(camera, 2);
      metrics.audited(camera, [{ question: 'gate', of: 'reused', agrees: true }]);
      metrics.reused(camera, [REUSE]);
      metrics.happened({ ...EVENT, camera });
    }
    metrics.cameraState(`comes-${n}`, 'removed');
  }
  const { text } = await metrics.read();
  expect(text).not.toContain('comes-');
  for (const name of [
    ...['frames_in', 'frames_dropped', 'frames_classified', 'labels', 'camera_restarts'],
    ...['events', 'regions_left_out', 'questions_dropped'],
  ]) {
    expect(text).toMatch(new RegExp(`^weir_${name}_total\\{camera="stays".*\\} \\d+$`, 'm'));
  }
  expect(text).toContain('weir_frame_milliseconds_count{camera="stays",stage="total",clock="pinned"} 20');
});

test('audits are counted, and what is known of reuse is read when someone asks', async () => {
  const none = () => 0;
  const sources = { subscribers: none, subscriberDrops: none, inferenceCrashes: none, inferenceQueued: none };
  const metrics = new Metrics(sources);
  metrics.stop();
  const state = { ...REUSE };
  metrics.reused('gate', [state, { ...REUSE, question: 'drive', threshold: null, isProven: true, agreement: 0.97 }]);
  metrics.audited('gate', [
    { question: 'gate', of: 'reused', agrees: true },
    { question: 'gate', of: 'fresh', agrees: false },
  ]);
  state.threshold = 1.4;
  const { text } = await metrics.read();
  for (const line of [
    'weir_audits_total{camera="gate",question="gate",of="reused",outcome="agrees"} 1',
    'weir_audits_total{camera="gate",question="gate",of="fresh",outcome="disagrees"} 1',
    'weir_reuse_threshold{camera="gate",question="gate"} 1.4',
    'weir_reuse_proven{camera="gate",question="gate"} 0',
    'weir_reuse_proven{camera="gate",question="drive"} 1',
    'weir_agreement_with_top_ratio{camera="gate",question="drive"} 0.97',
  ])
    expect(text).toContain(line);
  expect(text).not.toContain('weir_agreement_with_top_ratio{camera="gate",question="gate"}');
  // Where the scene is still or is not, there is no threshold.
  expect(text).not.toContain('weir_reuse_threshold{camera="gate",question="drive"}');
});
