import type { QuestionListing, SceneEvent } from '../pipeline/told.ts';
import type { CameraStatus, Label } from '../types.ts';

/** Messages of `weir.v1+json` that carry a number of the daemon's one `seq` line. */
export type SequencedMessage =
  | ({ readonly type: 'label'; readonly epoch: string; readonly seq: number; readonly emittedAtMs: number } & Label)
  | ({ readonly type: 'event'; readonly epoch: string; readonly seq: number } & SceneEvent)
  | ({ readonly type: 'camera'; readonly epoch: string; readonly seq: number; readonly atMs: number } & CameraStatus);

export interface HelloMessage {
  readonly type: 'hello';
  readonly version: 1;
  readonly epoch: string;
  /** The oldest message that can be sent again, and the newest that exists; `first` > `last` while there is none. */
  readonly first: number;
  readonly last: number;
  readonly cameras: readonly ({
    readonly id: string;
    readonly questions: readonly QuestionListing[];
  } & Omit<CameraStatus, 'camera'>)[];
}

export interface SubscribedMessage {
  readonly type: 'subscribed';
  readonly cameras: readonly string[] | 'all';
  readonly every: 'frame' | 'change';
  readonly questions: readonly string[] | null;
  readonly since: string | null;
}

export interface MarkMessage {
  readonly type: 'mark';
  readonly epoch: string;
  readonly seq: number;
}

export interface GapMessage {
  readonly type: 'gap';
  readonly epoch: string;
  readonly from: number;
  readonly to: number;
  readonly missed: number;
  readonly reason: 'slow' | 'expired' | 'epoch';
}

export interface ErrorMessage {
  readonly type: 'error';
  readonly code: string;
  readonly message: string;
}

export type ServerMessage =
  | SequencedMessage
  | HelloMessage
  | SubscribedMessage
  | MarkMessage
  | GapMessage
  | ErrorMessage;

/** What a client may send. */
export interface AuthMessage {
  readonly type: 'auth';
  readonly token: string;
}

export interface SubscribeMessage {
  readonly type: 'subscribe';
  readonly cameras: readonly string[] | 'all';
  readonly every: 'frame' | 'change';
  readonly questions?: readonly string[] | undefined;
  /** `epoch:seq` of the last message seen. */
  readonly since?: string | undefined;
}

export type ClientMessage = AuthMessage | SubscribeMessage;
