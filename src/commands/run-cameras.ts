import { cameraUnknown, WeirError } from '../errors.ts';
import type { CameraPipeline } from '../pipeline/camera.ts';
import { missingRungs } from '../pipeline/question.ts';
import type { ListedCamera } from '../pipeline/told.ts';
import { SYSTEM_CLOCK } from '../service/clock.ts';
import type { WatchedCamera } from '../service/known.ts';
import { type CameraChanges, compareCameras } from './config-changes.ts';
import type { LackingCamera, Relook, RunningCamerasParts } from './run-cameras-parts.ts';
import { askedParts, identityOf, type SettledCamera, type Taught, wishOf, withTaught } from './settled.ts';

/** A process is killed when it does not end by itself, and the frame in hand is waited for: no end takes this long. */
const END_LIMIT_MS = 15_000;

interface Running {
  config: SettledCamera;
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
  /** One change at a time. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(parts: RunningCamerasParts) {
    this.#parts = parts;
    this.ended = new Promise((resolve) => {
      this.#end = resolve;
    });
  }

  get statuses(): ListedCamera[] {
    return this.#pipelines().map(({ status, questions }) => ({ ...status, questions }));
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

  /**
   * Cameras whose rungs are not all loaded: nothing can be asked of their frames until they are.
   *
   * @throws WeirError of a mode or an operating point that its questions do not have
   */
  lacking(cameras: readonly SettledCamera[]): LackingCamera[] {
    return cameras.flatMap((camera) => {
      const rungs = askedParts(camera).flatMap((part) => {
        const { generic, taught } = this.#parts.engine.questions(wishOf(part));
        return [...(generic === null ? [] : [generic]), ...taught].flatMap(missingRungs);
      });
      return rungs.length === 0 ? [] : [{ camera: camera.id, rungs: [...new Set(rungs)] }];
    });
  }

  /** Starts, ends and replaces cameras until they are those that are wanted; what is the same goes on untouched. */
  apply(wanted: readonly SettledCamera[]): Promise<CameraChanges> {
    return this.change((apply) => apply(wanted));
  }

  /** As `apply`, with work around it during which no camera is changed or taught: what it finds is so until it is applied. */
  change<T>(work: (apply: (wanted: readonly SettledCamera[]) => Promise<CameraChanges>) => Promise<T>): Promise<T> {
    return this.#inTurn(() => work((wanted) => this.#apply(wanted)));
  }

  /**
   * Gives a camera what it was taught meanwhile: the rungs that its heads need are loaded, and from its next frame on it is asked by
   * them; its source stays open. Other changes are not kept waiting by the loading.
   *
   * @param keep puts the heads where the next start finds them; called when nothing but that can fail any more
   * @throws WeirError `camera-unknown`; `heads-named` where its configuration looks for heads elsewhere; of the heads, the rungs or
   * `keep`; the reason of `stop`. The camera goes on as before then, and nothing is kept
   */
  async reteach(id: string, taught: Taught, keep: () => Promise<void>, stop?: AbortSignal): Promise<void> {
    withTaught(this.#taughtHere(id).config, taught);
    const { engine, view } = this.#parts;
    await engine.ensureRungs(taught.heads.rungs, stop);
    await this.#inTurn(async () => {
      stop?.throwIfAborted();
      const running = this.#taughtHere(id); // it may be another one by now
      const config = withTaught(running.config, taught);
      const next = view(config);
      await keep();
      running.pipeline.lookBy(next);
      running.config = config;
    });
  }

  /**
   * Lets a camera's frames be looked at in another way from the next one on; its source stays open. Rungs that are lacking are loaded first.
   *
   * @throws WeirError `camera-unknown`; of `settle`, the rungs or `keep`: the camera goes on as before then
   */
  async relook(id: string, { settle, keep }: Relook, stop?: AbortSignal): Promise<void> {
    const { engine, view } = this.#parts;
    for (;;) {
      const lacking = await this.#inTurn(async () => {
        stop?.throwIfAborted();
        const running = this.#running.get(id);
        if (running === undefined || this.#isStopped) throw cameraUnknown(id);
        const config = await settle();
        const [lack] = this.lacking([config]);
        if (lack !== undefined) return lack.rungs;
        const next = view(config);
        await keep();
        running.pipeline.lookBy(next);
        running.config = config;
        return [];
      });
      if (lacking.length === 0) return;
      await engine.ensureRungs(lacking, stop);
    }
  }

  /** How a camera that runs is asked now; `null`: there is none of that name. */
  configOf(id: string): SettledCamera | null {
    return this.#running.get(id)?.config ?? null;
  }

  /** A camera that runs and answers by what it is taught here. */
  #taughtHere(id: string): Running {
    const running = this.#running.get(id);
    if (running === undefined || this.#isStopped) throw cameraUnknown(id);
    const { heads, settledRegions } = running.config;
    if (settledRegions.length > 0) {
      const message = `camera ${id} is asked of its regions alone`;
      throw new WeirError('camera-regions', message, {
        remedy: 'teach a region of it from a recording: docs/regions.md',
      });
    }
    if (heads === undefined) return running;
    const message = `camera ${id}: its configuration says heads: ${heads}, so it is not asked by what it was taught now`;
    throw new WeirError('heads-named', message, { remedy: 'leave `heads` out of its configuration, and reload' });
  }

  /** Resolves when every camera's process is gone. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    await endAll([...this.#running.values()]);
  }

  #inTurn<T>(change: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(change);
    this.#turn = done.catch(() => {});
    return done;
  }

  async #apply(wanted: readonly SettledCamera[]): Promise<CameraChanges> {
    const changes = compareCameras(
      [...this.#running.values()].map((running) => identityOf(running.config)),
      wanted.map(identityOf),
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
    if (all.length === 0 || all.some(({ config }) => config.isManaged === true)) return;
    if (all.every(({ isOver, leavingSinceMs }) => isOver && leavingSinceMs === null)) this.#end();
  }
}

async function endAll(cameras: readonly Running[]): Promise<void> {
  for (const camera of cameras) camera.leavingSinceMs = SYSTEM_CLOCK.monotonicMs();
  await Promise.all(cameras.map(({ pipeline }) => pipeline.stop()));
}
