import type { CameraState, ClockState, Label } from '../types.ts';
import type { RungRun } from './asking.ts';
import type { AuditTold, ReuseState } from './reuse.ts';
import type { SceneEvent } from './told.ts';

/** Why a frame got no label. */
export type LossReason = 'displaced' | 'budget' | 'failed' | 'skipped';

/** Told what happens in the pipelines: counters and histograms stand behind it. */
export interface PipelineObserver {
  frameArrived(camera: string): void;
  frameLost(camera: string, reason: LossReason): void;
  /** A rung ran for a frame, whatever became of that. */
  rungRan(run: RungRun, clock: ClockState): void;
  /**
   * A frame was answered, each question of it with a label; at least one. `decideMs` is the time in the loop of the climb that is
   * neither waiting nor running; `dropped` questions had no answer, for want of time.
   */
  answered(labels: readonly Label[], decideMs: number, dropped: number): void;
  /** Answers were held against the top rung's. */
  audited(camera: string, audits: readonly AuditTold[]): void;
  /** What is known of questions whose answers may be told again; they go on changing. */
  reused(camera: string, states: readonly ReuseState[]): void;
  /** Things that moved and were not looked at, for want of time. */
  regionsLeftOut(camera: string, count: number): void;
  /** Something came into view or left it. */
  happened(event: SceneEvent): void;
  cameraState(camera: string, state: CameraState): void;
}
