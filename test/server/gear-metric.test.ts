import { expect, test } from 'vitest';
import { addGearMetric } from '../../src/server/gear-metric.ts';
import { Metrics } from '../../src/server/metrics.ts';

test('the gear of each camera that has several is a metric', async () => {
  const none = () => 0;
  const sources = { subscribers: none, subscriberDrops: none, inferenceCrashes: none, inferenceQueued: none };
  const metrics = new Metrics(sources);
  const live = { state: 'live', reason: '', degraded: [] } as const;
  addGearMetric(metrics, () => [
    { camera: 'gate', ...live, gear: 2 },
    { camera: 'yard', ...live },
  ]);
  const { text } = await metrics.read();
  metrics.stop();
  expect(text.split('\n').filter((line) => line.startsWith('weir_camera_gear'))).toEqual([
    'weir_camera_gear{camera="gate"} 2',
  ]);
});
