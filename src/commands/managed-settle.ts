import type { Config } from '../config/schema.ts';
import type { StoredCamera } from './run-cameras-store.ts';
import type { SettledCamera } from './settled.ts';

/** One that cannot be used until the next start, or until it is changed. */
export interface LeftOutCamera extends StoredCamera {
  readonly reason: string;
}

/** Cameras of the API that are in force: of the configuration's the entry there counts. */
export function inForce<T extends StoredCamera>({ cameras }: Pick<Config, 'cameras'>, stored: readonly T[]): T[] {
  return stored.filter(({ camera }) => cameras.every(({ id }) => id !== camera.id));
}

/**
 * A configuration's cameras with those of the API behind them.
 *
 * @param moved operating points that cameras of the configuration were moved to, by camera
 * @throws whatever `settle` does
 */
export async function settleManaged(
  config: Config,
  stored: readonly StoredCamera[],
  moved: ReadonlyMap<string, string>,
  settle: (config: Config) => Promise<readonly SettledCamera[]>,
): Promise<SettledCamera[]> {
  const own = inForce(config, stored);
  const configured = config.cameras.map((camera) => {
    const operatingPoint = moved.get(camera.id);
    return operatingPoint === undefined ? camera : { ...camera, operatingPoint };
  });
  const cameras = [...configured, ...own.map(({ camera }) => camera)];
  const paused = new Map(own.map(({ camera, isPaused }) => [camera.id, isPaused]));
  return (await settle({ ...config, cameras })).map((camera) => {
    const isPaused = paused.get(camera.id);
    return isPaused === undefined ? camera : { ...camera, isManaged: true, isPaused };
  });
}
