import { toBudgetMs } from '../config/camera.ts';
import type { Config } from '../config/schema.ts';
import { WeirError } from '../errors.ts';
import { redactUrls } from '../secrets.ts';
import type { AlertsService } from '../server/alerts-api.ts';
import type { Metrics } from '../server/metrics.ts';
import type { PointsAnswer } from '../server/points-answer.ts';
import type { LabelArchive } from '../sinks/past.ts';
import { notReady } from './not-ready.ts';
import type { ManagedCameras } from './run-managed.ts';
import { currentPoint, questionPoints } from './run-points.ts';
import type { Snapshots } from './run-snapshots.ts';
import { type StatusParts, statusReader } from './run-status.ts';
import type { SettledCamera } from './settled.ts';

export interface OutsideParts extends StatusParts {
  readonly config: () => Config;
  /** Ids of cameras that were given with --source. */
  readonly sources: readonly string[];
  readonly managed: ManagedCameras;
  readonly snapshots: Snapshots;
  readonly alertsService: AlertsService;
  /** How a camera is asked now; `null`: it does not run. */
  readonly running: (camera: string) => SettledCamera | null;
}

/** What the API tells and changes beside examples and teaching. */
export interface Outside extends Pick<OutsideParts, 'managed' | 'snapshots' | 'alertsService'> {
  readonly archive: LabelArchive | null;
  readonly describe: (camera: string) => object;
  readonly status: () => object;
  readonly figures: Metrics['figures'];
  /** Number of the newest message. */
  readonly last: () => number;
  /** @throws WeirError `not-ready` */
  readonly points: (camera: string) => PointsAnswer;
  /** @throws WeirError `operating-points-none`, `operating-point-unknown` */
  readonly move: (camera: string, operatingPoint: string) => Promise<void>;
}

export function outsideOf(parts: OutsideParts): Outside {
  const { config, sources, managed, snapshots, metrics } = parts;
  return {
    managed,
    snapshots,
    archive: parts.history.archive,
    last: () => parts.hub.last,
    alertsService: parts.alertsService,
    figures: metrics.figures,
    describe: (id) => {
      const { stored, camera } = entryOf(parts, id);
      if (camera === undefined) return {};
      const { source, fps, budgetMs, priority, view, region } = camera;
      return {
        origin: stored !== undefined ? 'api' : sources.includes(id) ? 'command-line' : 'configuration',
        paused: stored?.isPaused ?? camera.paused,
        source: redactUrls(source),
        fps,
        budgetMs: toBudgetMs(budgetMs),
        priority,
        view,
        region,
        mode: camera.mode ?? config().mode,
        operatingPoint: pointOf(parts, id),
      };
    },
    points: (id) => {
      const { camera, questions } = runningPoints(parts, id);
      return { ...pointOf(parts, id), mode: camera.mode, questions };
    },
    move: async (id, operatingPoint) => {
      const { camera, questions } = runningPoints(parts, id);
      if (questions.length === 0) {
        const message = `camera ${id} has no operating points to choose from: it is decided by mode ${camera.mode}`;
        throw new WeirError('operating-points-none', message, {
          remedy: 'choose another mode for it, fit a premodel with `weir train`, or teach the camera',
        });
      }
      await managed.move(id, operatingPoint);
    },
    status: statusReader(parts),
  };
}

/** A camera's entry, of the API or of the configuration. */
function entryOf({ config, managed }: Pick<OutsideParts, 'config' | 'managed'>, id: string) {
  const stored = [...managed.stored, ...managed.leftOut].find(({ camera }) => camera.id === id);
  return { stored, camera: stored?.camera ?? config().cameras.find((other) => other.id === id) };
}

/** How a camera is decided now, and by what its fronts are told. @throws WeirError `not-ready` */
function runningPoints({ engine, running }: OutsideParts, id: string) {
  const [loaded, camera] = [engine(), running(id)];
  if (loaded !== null && camera !== null) return { camera, questions: questionPoints(camera, loaded) };
  return notReady();
}

function pointOf(parts: OutsideParts, id: string): Omit<PointsAnswer, 'mode' | 'questions'> {
  const { engine, running, config, managed } = parts;
  const configured = entryOf(parts, id).camera?.operatingPoint ?? config().operatingPoint;
  const moved = managed.movedTo(id) ?? configured;
  const [loaded, settled] = [engine(), running(id)];
  const questions = loaded === null || settled === null ? [] : questionPoints(settled, loaded);
  return { current: currentPoint(moved, questions), configured, until: moved === configured ? null : 'restart' };
}
