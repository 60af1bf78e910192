import type { CameraStatus } from '../types.ts';
import type { Metrics } from './metrics.ts';

/** The gear of each camera that has several. */
export function addGearMetric(metrics: Pick<Metrics, 'family'>, cameras: () => readonly CameraStatus[]): void {
  metrics.family(
    'weir_camera_gear',
    'How many operating points below the configured one a camera is decided at, for want of time',
    ['camera'],
    () => cameras().flatMap(({ camera, gear }) => (gear === undefined ? [] : [[{ camera }, gear] as const])),
  );
}
