import { questionsOf } from '../examples/census.ts';
import type { ExampleKeeper } from '../examples/keeper.ts';
import { totalsOf } from '../examples/listing.ts';
import type { ListedCamera } from '../pipeline/told.ts';
import { publishedDocuments } from '../protocol/documents.ts';
import { alertsRoutes } from '../server/alerts-api.ts';
import type { Routes } from '../server/api.ts';
import { camerasRoutes } from '../server/cameras-api.ts';
import { documentsRoutes } from '../server/documents-api.ts';
import { examplesRoutes } from '../server/examples-api.ts';
import { labelsRoutes } from '../server/labels-api.ts';
import { documentRoutes } from '../server/openapi.ts';
import { statusRoutes } from '../server/status-api.ts';
import { type TeachingService, teachingRoutes } from '../server/teaching-api.ts';
import { loadWebFiles, webRoutes } from '../server/web.ts';
import type { Logger } from '../service/log.ts';
import type { DeviceReading } from '../types.ts';
import { LOADING, notReady } from './not-ready.ts';
import { packageVersion } from './package-version.ts';
import { examplesService } from './run-examples.ts';
import type { Outside } from './run-outside.ts';

export interface ApiParts {
  readonly cameras: () => readonly ListedCamera[];
  readonly clock: () => Pick<DeviceReading, 'clock' | 'reasons'>;
  /** Whether the configuration has pictures of a camera kept; asked while models are loaded. */
  readonly isToBeKept: (camera: string) => boolean;
  /** `null` while models are loaded. */
  readonly keeper: () => ExampleKeeper | null;
  readonly teaching: () => (TeachingService & { forgetTables(): Promise<void> }) | null;
  /** Cameras as they are configured, their pictures and figures, and the daemon as a whole; left out: only what is kept and taught. */
  readonly outside?: Outside;
  /** Told what is taken away on demand. */
  readonly log: Pick<Logger, 'info'>;
}

/** What the daemon serves over HTTP: what is below `/api/`, and the dashboard. */
export function daemonHttp(parts: ApiParts): { readonly api: Routes[]; readonly pages: Routes[] } {
  return { api: daemonApi(parts), pages: [webRoutes(loadWebFiles())] };
}

/** Everything below `/api/`. */
export function daemonApi({ cameras, clock, isToBeKept, keeper, teaching, outside, log }: ApiParts): Routes[] {
  const kept = () => keeper() ?? notReady();
  const listed = () =>
    cameras().map(({ camera, ...status }) => ({
      id: camera,
      ...status,
      examples: summaryOf(keeper(), camera, isToBeKept),
      ...outside?.describe(camera),
    }));
  return [
    camerasRoutes({
      cameras: listed,
      clock,
      figures: (camera) => (outside ?? notReady()).figures.read(camera),
      snapshot: (camera, width) => (outside ?? notReady()).snapshots.take(camera, width),
      add: async (body) => await (outside ?? notReady()).managed.add(body),
      change: async (camera, body) => await (outside ?? notReady()).managed.change(camera, body),
      remove: async (camera) => await (outside ?? notReady()).managed.remove(camera),
      pause: async (camera, isPaused) => await (outside ?? notReady()).managed.pause(camera, isPaused),
      points: (camera) => (outside ?? notReady()).points(camera),
      move: async (camera, operatingPoint) => await (outside ?? notReady()).move(camera, operatingPoint),
    }),
    labelsRoutes({
      archive: () => outside?.archive ?? null,
      last: () => outside?.last() ?? 0,
      cameras: () => cameras().map(({ camera }) => camera),
    }),
    documentRoutes(packageVersion()),
    statusRoutes({
      cameras: listed,
      status: () => (outside ?? notReady()).status(),
      alerts: () => (outside ?? notReady()).alertsService,
    }),
    documentsRoutes(publishedDocuments()),
    ...(outside === undefined ? [] : [alertsRoutes(outside.alertsService)]),
    examplesRoutes(examplesService({ keeper: kept, forgetTables: async () => await teaching()?.forgetTables(), log })),
    teachingRoutes({
      begin: (camera, body) => (teaching() ?? notReady()).begin(camera, body),
      state: (camera) => (teaching() ?? notReady()).state(camera),
    }),
  ];
}

/** Whether pictures of a camera are kept, and how many, how old and how large: whoever looks at the API is to know. */
function summaryOf(keeper: ExampleKeeper | null, camera: string, isToBeKept: ApiParts['isToBeKept']): object {
  if (keeper === null) return isToBeKept(camera) ? { keep: true, problem: LOADING } : { keep: false };
  const problem = keeper.problemOf(camera);
  if (problem !== null) return { keep: true, problem };
  const store = keeper.storeIfAny(camera);
  const left = keeper.leftOf(camera);
  if (store === null) return { keep: false, ...(left === 0 ? {} : { left }) };
  return { keep: true, ...totalsOf(store), questions: questionsOf(store.set.examples).map(({ id }) => id) };
}
