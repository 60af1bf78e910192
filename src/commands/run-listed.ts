import type { ListedCamera } from '../pipeline/told.ts';
import type { ManagedCameras } from './run-managed.ts';
import { listedQuestions, type SettledCamera } from './settled.ts';

export interface ListingParts {
  /** As they run; `null` while models are loaded. */
  readonly running: readonly ListedCamera[] | null;
  /** All that were settled at the start. */
  readonly settled: readonly SettledCamera[];
  readonly managed: Pick<ManagedCameras, 'stored' | 'leftOut'>;
}

/**
 * Every camera there is: those that run, those that wait for models, and those of the API that cannot be used. Whoever keeps its own list of
 * cameras would else add again, or forget, what is only late.
 */
export function listedCameras({ running, settled, managed: { stored, leftOut } }: ListingParts): ListedCamera[] {
  const isStored = (id: string) => stored.some(({ camera }) => camera.id === id);
  const waiting = settled.filter(({ id, isManaged }) => {
    if (isManaged !== true) return running === null;
    return isStored(id) && running?.some(({ camera }) => camera === id) !== true;
  });
  return [
    ...(running ?? []),
    ...waiting.map((camera) => ({
      ...listed(camera.id, 'connecting', 'models are being loaded'),
      questions: listedQuestions(camera),
    })),
    ...leftOut.map(({ camera: { id }, reason }) => listed(id, 'failed', `it is left out: ${reason}`)),
  ];
}

function listed(camera: string, state: ListedCamera['state'], reason: string): ListedCamera {
  return { camera, state, reason, degraded: [], questions: [] };
}
