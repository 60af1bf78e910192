import type { CameraPipeline } from '../pipeline/camera.ts';
import type { PipelineObserver } from '../pipeline/observer.ts';
import type { View } from '../pipeline/view.ts';
import type { Hub } from '../sinks/hub.ts';
import type { Engine } from './engine.ts';
import type { SettledCamera } from './settled.ts';

export interface RunningCamerasParts {
  readonly create: (camera: SettledCamera, streamsBefore: number) => CameraPipeline;
  /** How a camera's frames are looked at. */
  readonly view: (camera: SettledCamera) => View;
  readonly engine: Pick<Engine, 'questions' | 'ensureRungs'>;
  readonly hub: Pick<Hub, 'status'>;
  readonly observer: Pick<PipelineObserver, 'cameraState'>;
}

/** What a camera is to be asked from its next frame on, and how that is kept. */
export interface Relook {
  /** Called in turn with other changes. */
  readonly settle: () => Promise<SettledCamera>;
  /** Called when nothing but that can fail any more. */
  readonly keep: () => Promise<void>;
}

/** A camera that needs rungs which are not loaded. */
export interface LackingCamera {
  readonly camera: string;
  readonly rungs: readonly string[];
}
