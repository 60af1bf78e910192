import { WeirError } from '../errors.ts';
import { questionsOf } from '../examples/census.ts';
import type { ExampleKeeper } from '../examples/keeper.ts';
import { totalsOf } from '../examples/listing.ts';
import type { ListedCamera } from '../pipeline/told.ts';
import type { Routes } from '../server/api.ts';
import { camerasRoutes } from '../server/cameras-api.ts';
import { examplesRoutes } from '../server/examples-api.ts';
import { type TeachingService, teachingRoutes } from '../server/teaching-api.ts';
import type { DeviceReading } from '../types.ts';
import { examplesService } from './run-examples.ts';

export interface ApiParts {
  readonly cameras: () => readonly ListedCamera[];
  readonly clock: () => Pick<DeviceReading, 'clock' | 'reasons'>;
  /** `null` while models are loaded. */
  readonly keeper: () => ExampleKeeper | null;
  readonly teaching: () => TeachingService | null;
}

/** Everything below `/api/`. */
export function daemonApi({ cameras, clock, keeper, teaching }: ApiParts): Routes[] {
  const kept = () => keeper() ?? notReady();
  return [
    camerasRoutes({ cameras, clock, details: (camera) => ({ examples: summaryOf(keeper(), camera) }) }),
    examplesRoutes(examplesService(kept)),
    teachingRoutes({
      begin: (camera, body) => (teaching() ?? notReady()).begin(camera, body),
      state: (camera) => (teaching() ?? notReady()).state(camera),
    }),
  ];
}

/** Whether pictures of a camera are kept, and how many, how old and how large: whoever looks at the API is to know. */
function summaryOf(keeper: ExampleKeeper | null, camera: string): object {
  const store = keeper?.storeIfAny(camera) ?? null;
  if (store === null) return { keep: false };
  return { keep: true, ...totalsOf(store), questions: questionsOf(store.set.examples).map(({ id }) => id) };
}

function notReady(): never {
  throw new WeirError('not-ready', 'models are still being loaded', { remedy: 'try again in a moment' });
}
