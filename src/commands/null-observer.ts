import type { PipelineObserver } from '../pipeline/observer.ts';

/** For commands that keep no counters. */
export const NULL_OBSERVER: PipelineObserver = {
  frameArrived: () => {},
  frameLost: () => {},
  rungRan: () => {},
  answered: () => {},
  audited: () => {},
  reused: () => {},
  regionsLeftOut: () => {},
  happened: () => {},
  cameraState: () => {},
};
