import { parseMode } from '../cascade/policy.ts';
import type { CameraConfig, Config } from '../config/schema.ts';
import type { CameraPipeline } from '../pipeline/camera.ts';
import type { PipelineObserver } from '../pipeline/observer.ts';
import { isLoaded } from '../pipeline/question.ts';
import { SYSTEM_CLOCK } from '../service/clock.ts';
import type { WatchedCamera } from '../service/known.ts';
import type { Hub } from '../sinks/hub.ts';
import type { CameraStatus } from '../types.ts';
import { type CameraChanges, compareCameras } from './config-changes.ts';
import type { Engine } from './engine.ts';
import type { SettledCamera } from './run-camera.ts';

export interface RunningCamerasParts {
  readonly create: (camera: SettledCamera, streamsBefore: number) => CameraPipeline;
  readonly engine: Pick<Engine, 'climbParts'>;
  readonly hub: Pick<Hub, 'status'>;
  readonly observer: Pick<PipelineObserver, 'cameraState'>;
}

/** A process is killed when it does not end by itself, and the frame in hand is waited for: no end takes this long. */
const END_LIMIT_MS = 15_000;

interface Running {
  readonly config: SettledCamera;
  readonly pipeline: CameraPipeline;
  isOver: boolean;
  /** Since when it is being ended; `null`: it is not. Nothing but its end is to be expected of it then. */
  leavingSinceMs: number | null;
}

/** The cameras that run. A configuration is applied to them by changing only what is other than before. */
export class RunningCameras {
  /** Resolves once there are cameras and all of them are over. */
  readonly ended: Promise<void>;
  readonly #parts: RunningCamerasParts;
  /** In the order of the configuration. */
  #running = new Map<string, Running>();
  #end: () => void = () => {};
  #isStopped = false;

  constructor(parts: RunningCamerasParts) {
    this.#parts = parts;
    this.ended = new Promise((resolve) => {
      this.#end = resolve;
    });
  }

  get statuses(): CameraStatus[] {
    return this.#pipelines().map(({ status }) => status);
  }

  get watched(): WatchedCamera[] {
    // The end of all has a deadline of its own.
    if (this.#isStopped) return [];
    return [...this.#running.values()].map(({ leavingSinceMs, pipeline: { status, expectations } }) => ({
      camera: status.camera,
      state: leavingSinceMs === null ? status.state : 'live',
      expectations:
        leavingSinceMs === null ? expectations : [{ what: 'its end', sinceMs: leavingSinceMs, limitMs: END_LIMIT_MS }],
    }));
  }

  get areAllKnown(): boolean {
    return this.#pipelines().every(({ isKnown }) => isKnown);
  }

  /** A camera has been in another state than its first `connecting`, or there is none to wait for. */
  get isOneKnown(): boolean {
    return this.#running.size === 0 || this.#pipelines().some(({ isKnown }) => isKnown);
  }

  /** Cameras whose rungs are not loaded: they would need a restart. */
  withoutRungs(config: Config): string[] {
    return config.cameras.flatMap((camera) => {
      const { id, mode, operatingPoint } = settle(camera, config);
      const { questions } = this.#parts.engine.climbParts(parseMode(mode), operatingPoint);
      return questions.every(isLoaded) ? [] : [id];
    });
  }

  /**
   * Starts, ends and replaces cameras until they are those of the configuration; what is the same goes on untouched. Not to be
   * called while an earlier call is under way.
   */
  async apply(config: Config): Promise<CameraChanges> {
    const wanted = config.cameras.map((camera) => settle(camera, config));
    const changes = compareCameras(
      [...this.#running.values()].map((running) => running.config),
      wanted,
    );
    const { hub, observer } = this.#parts;
    const before = this.#running;
    const leaving = [...changes.removed, ...changes.changed].flatMap((id) => before.get(id) ?? []);
    await endAll(leaving);
    for (const id of changes.removed) {
      observer.cameraState(id, 'removed');
      hub.status({ camera: id, state: 'removed', reason: 'it is no longer configured', degraded: [] });
    }
    if (this.#isStopped) return changes;
    const isUntouched = (id: string) => !changes.added.includes(id) && !changes.changed.includes(id);
    this.#running = new Map(
      wanted.map((camera) => {
        const running = before.get(camera.id);
        const next =
          running !== undefined && isUntouched(camera.id)
            ? running
            : this.#start(camera, running?.pipeline.streams ?? 0);
        return [camera.id, next];
      }),
    );
    this.#checkEnd();
    return changes;
  }

  /** Resolves when every camera's process is gone. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    await endAll([...this.#running.values()]);
  }

  #pipelines(): CameraPipeline[] {
    return [...this.#running.values()].map(({ pipeline }) => pipeline);
  }

  #start(config: SettledCamera, streamsBefore: number): Running {
    const running: Running = {
      config,
      pipeline: this.#parts.create(config, streamsBefore),
      isOver: false,
      leavingSinceMs: null,
    };
    void running.pipeline.start().then(() => {
      running.isOver = true;
      this.#checkEnd();
    });
    return running;
  }

  #checkEnd(): void {
    const all = [...this.#running.values()];
    if (all.length > 0 && all.every(({ isOver, leavingSinceMs }) => isOver && leavingSinceMs === null)) this.#end();
  }
}

async function endAll(cameras: readonly Running[]): Promise<void> {
  for (const camera of cameras) camera.leavingSinceMs = SYSTEM_CLOCK.monotonicMs();
  await Promise.all(cameras.map(({ pipeline }) => pipeline.stop()));
}

function settle(camera: CameraConfig, { mode, operatingPoint }: Config): SettledCamera {
  return { ...camera, mode: camera.mode ?? mode, operatingPoint: camera.operatingPoint ?? operatingPoint };
}
