import type { ReuseParts, SceneChange } from '../pipeline/reuse.ts';
import { DifferenceDetector } from '../scene/difference.ts';

/** Answers are told again as long as the small raster is that of the frame that was asked last. One for each view of a camera. */
export function unchangedScene(): Pick<ReuseParts, 'change' | 'stop' | 'threshold'> {
  const detector = new DifferenceDetector();
  const change: SceneChange = {
    score: ({ ptsSeconds }, raster) => detector.score(raster(), ptsSeconds),
    keep: () => detector.keep(),
    reset: () => detector.reset(),
  };
  return { change, stop: 'unchanged', threshold: null };
}
