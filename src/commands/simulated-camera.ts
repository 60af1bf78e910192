import { type CameraConfig, camera } from '../config/schema.ts';
import type { Heads } from '../heads/artifact.ts';
import type { Use } from './engine-plan.ts';
import { type SettledCamera, taughtOf, wishOf } from './settled.ts';

interface SimulatedCameraSettings {
  readonly fps: number;
  /** By default that of the configuration. */
  readonly budget?: CameraConfig['budgetMs'];
  readonly mode: string;
  readonly operatingPoint: string;
  readonly heads: Heads | null;
}

/** A camera with all defaults, whose frames come from elsewhere than its source. */
export function simulatedCamera({ fps, budget, mode, operatingPoint, heads }: SimulatedCameraSettings): SettledCamera {
  const entry = {
    id: 'simulated',
    source: 'simulated.mp4',
    fps,
    ...(budget === undefined ? {} : { budgetMs: budget }),
  };
  const taught = heads === null ? null : taughtOf('', heads);
  return {
    ...camera.parse(entry),
    mode,
    operatingPoint,
    taught,
    headsProblem: null,
    grouped: null,
    settledRegions: [],
  };
}

/** What an engine must hold for it. */
export function useOf(simulated: SettledCamera): Use {
  const { heads, grouped: _, ...wish } = wishOf(simulated);
  return { ...wish, ...(heads === null ? {} : { taught: { heads, generic: wish.generic } }) };
}
