import { toBudgetMs, toCameraSource } from '../config/camera.ts';
import { transportDoubt } from '../config/camera-tls.ts';
import type { CameraConfig } from '../config/schema.ts';
import type { Ffmpeg } from '../decode/ffmpeg.ts';
import type { PictureParts } from '../decode/parts.ts';
import { CameraDecoder } from '../decode/source.ts';
import type { ExampleKeeper } from '../examples/keeper.ts';
import { CameraPipeline } from '../pipeline/camera.ts';
import type { PipelineObserver } from '../pipeline/observer.ts';
import type { SharedLoad } from '../pipeline/shared-load.ts';
import type { Redactor } from '../secrets.ts';
import { SYSTEM_CLOCK } from '../service/clock.ts';
import { type Logger, RateLimiter } from '../service/log.ts';
import type { Hub } from '../sinks/hub.ts';
import type { CameraStatus, DeviceMonitor } from '../types.ts';
import type { Engine } from './engine.ts';
import { PausedSource } from './paused-source.ts';
import { answersOf } from './run-examples.ts';
import type { Snapshots } from './run-snapshots.ts';
import { viewOf, workingSizeOf } from './run-view.ts';
import type { SettledCamera } from './settled.ts';
import { smoothingOf } from './smoothed.ts';

export interface RunningParts {
  /** Streams of the camera so far, under another configuration. */
  readonly streamsBefore: number;
  readonly engine: Engine;
  readonly load: SharedLoad;
  readonly ffmpeg: Ffmpeg;
  readonly hub: Hub;
  readonly observer: PipelineObserver;
  readonly device: DeviceMonitor;
  readonly log: Logger;
  readonly redactor: Redactor;
  readonly examples: Pick<ExampleKeeper, 'taker'>;
  readonly snapshots: Pick<Snapshots, 'looked' | 'made' | 'leftOut'>;
}

/** One camera of the daemon, wired to everything around it. */
export function createPipeline(camera: SettledCamera, parts: RunningParts): CameraPipeline {
  const { streamsBefore, engine, load, ffmpeg, hub, observer, device, log, redactor, examples, snapshots } = parts;
  const doubt = transportDoubt(camera);
  if (doubt !== null) log.warn({ camera: camera.id }, doubt);
  const limiter = new RateLimiter();
  let logged = '';
  return new CameraPipeline({
    camera: camera.id,
    pace: camera.pace,
    budgetMs: toBudgetMs(camera.budgetMs),
    view: viewOf(camera, engine, log),
    gears: { priority: camera.priority, load },
    clock: SYSTEM_CLOCK,
    clockSince: (monotonicMs) => device.clockSince(monotonicMs),
    observer,
    smoothing: smoothingOf(camera),
    onLabel: (label) => hub.label(label),
    onEvent: (event) => hub.event(event),
    onStatus: (status) => {
      const told = { ...status, reason: redactor.redact(status.reason) };
      const key = `${status.state}${status.degraded}${status.gear}`;
      // How often answers agree is a figure, no event.
      const isNews = key + status.reason !== logged;
      logged = key + status.reason;
      if (isNews) limiter.run(key, SYSTEM_CLOCK.monotonicMs(), (held) => logStatus(told, held, log));
      hub.status(told);
    },
    onFailure: (reason) => {
      limiter.run('failure', SYSTEM_CLOCK.monotonicMs(), (held) =>
        log.error({ camera: camera.id, held }, `a frame could not be classified: ${reason}`),
      );
    },
    onLooked: (frame, { statements }) => {
      snapshots.looked(frame);
      examples.taker(camera.id)?.offer(frame, () => answersOf(statements));
    },
    source: (callbacks) =>
      camera.isPaused === true || camera.paused
        ? new PausedSource(streamsBefore, camera.paused, callbacks)
        : new CameraDecoder({
            camera: toCameraSource(camera),
            working: workingSizeOf(camera, engine),
            ffmpeg,
            streamsBefore,
            clock: SYSTEM_CLOCK,
            random: Math.random,
            onNotice: (text) => log.warn({ camera: camera.id }, text),
            quote: (text) => redactor.quote(text),
            pictures: picturesOf(camera, snapshots),
            ...callbacks,
          }),
  });
}

/** A recording that is read as fast as it is classified is not watched meanwhile. */
export function picturesOf(
  { id, pace, picture: { enabled, maxSide, everySeconds } }: Pick<CameraConfig, 'id' | 'pace' | 'picture'>,
  snapshots: RunningParts['snapshots'],
): PictureParts | undefined {
  if (!enabled || pace === 'fast') return undefined;
  return {
    maxSide,
    everySeconds,
    onPicture: (picture) => snapshots.made(id, picture),
    onDropped: () => snapshots.leftOut(id),
  };
}

function logStatus({ camera, state, reason, degraded, gear = 0 }: CameraStatus, held: number, log: Logger): void {
  // That enough audits are not in yet is no trouble: it passes by itself.
  const troubles = degraded.filter((name) => name !== 'unproven');
  const trouble = troubles.length > 0 ? ` (degraded: ${troubles.join(', ')})` : '';
  const early = troubles.length < degraded.length ? ' (unproven: too few audits yet)' : '';
  const slower = gear > 0 ? ` (gear ${gear}: decided more cheaply than configured, for want of time)` : '';
  const again = held > 0 ? ` (and ${held} times more in the second before)` : '';
  const text = `camera ${camera} is ${state}${reason === '' ? '' : `: ${reason}`}${trouble}${early}${slower}${again}`;
  const isTrouble = state === 'failed' || state === 'stalled' || troubles.length > 0;
  log[isTrouble ? 'warn' : 'info']({ camera, state, degraded, gear }, text);
}
