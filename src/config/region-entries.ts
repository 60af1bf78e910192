import { budgetShares } from './regions.ts';
import type { CameraConfig } from './schema.ts';

/** A region, with an entry as if it were a camera by itself. */
export interface RegionEntry {
  readonly id: string;
  readonly budgetShare: number;
  /** Called `gate/door`; what the region does not say is as its camera says. */
  readonly camera: CameraConfig;
}

/** The regions of a camera, each as a camera of its own; none where it has none. */
export function regionEntries(camera: CameraConfig): RegionEntry[] {
  const shares = budgetShares(camera.regions);
  return camera.regions.map(({ id: name, budgetShare: _, ...own }, index) => ({
    id: name,
    budgetShare: shares[index] ?? 1,
    camera: { ...camera, ...withoutUnsaid(own), id: `${camera.id}/${name}`, regions: [] },
  }));
}

/** Only what was said: a key that is there without a value would hide the camera's. */
function withoutUnsaid<T extends object>(own: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(own).filter(([, value]) => value !== undefined)) as never;
}
