import type { CameraStatus, ViewTaken } from '../types.ts';

/** Something came into a camera's view, or left it; without a track: began to be the stable answer about all of it, or ended. */
export interface SceneEvent {
  readonly camera: string;
  readonly question: string;
  readonly label: string | null;
  readonly phase: 'begin' | 'end';
  readonly stream: number;
  /** Of the frame that showed it. */
  readonly ptsSeconds: number;
  /** When that frame arrived. */
  readonly atMs: number;
  readonly track?: number;
}

/** A question that a camera is asked, as its subscribers are told it. */
export interface QuestionListing {
  readonly id: string;
  readonly text?: string;
  /** Names of its answers; left out for the ladder's labels. */
  readonly classes?: readonly string[];
  /** What it is asked of, where that is one of several regions. */
  readonly view?: ViewTaken;
}

/** A camera as who connects is told of it. */
export interface ListedCamera extends CameraStatus {
  readonly questions: readonly QuestionListing[];
}

/** Whether there is nothing new to tell of a camera. */
export function isSameStatus(one: CameraStatus, other: CameraStatus): boolean {
  return (
    one.state === other.state &&
    one.reason === other.reason &&
    one.gear === other.gear &&
    one.agreement === other.agreement &&
    `${one.degraded}` === `${other.degraded}`
  );
}
