/** What the daemon says, as far as the dashboard reads it (docs/protocol.md). Fields that may be missing are not known. */

import type { HelloMessage, SequencedMessage, ServerMessage } from '../protocol/messages.ts';
import type { CameraStatus, ClockStateName } from '../types.ts';

export type { CameraState, ClockStateName, StopReason } from '../types.ts';
export type { ServerMessage };

export type LabelMessage = Extract<SequencedMessage, { type: 'label' }>;
export type EventMessage = Extract<SequencedMessage, { type: 'event' }>;
export type CameraMessage = Extract<SequencedMessage, { type: 'camera' }>;
export type Hello = HelloMessage;
export type Question = HelloMessage['cameras'][number]['questions'][number];

/** A camera of `GET /api/cameras`. */
export interface CameraInfo extends Omit<CameraStatus, 'camera'> {
  readonly id: string;
  readonly questions: readonly Question[];
  readonly origin?: 'configuration' | 'command-line' | 'api';
  readonly paused?: boolean;
  /** Without its password. */
  readonly source?: string;
  readonly fps?: number | null;
  readonly budgetMs?: number | null;
  readonly mode?: string;
  /** The part of the picture that is looked at and shown: x, y, width, height in ratios of it. */
  readonly region?: readonly number[];
}

export interface ClockInfo {
  readonly state: ClockStateName;
  readonly source: string;
  readonly reasons: readonly string[];
}

export interface CamerasAnswer {
  readonly clock?: ClockInfo;
  readonly cameras: readonly CameraInfo[];
}

/** `GET /api/cameras/:id/figures`: what is shown in a tile. */
export interface FiguresAnswer {
  readonly frames: { readonly in: number; readonly dropped: Readonly<Record<string, number>> };
  /** Questions and objects of classified frames that got no answer. */
  readonly unanswered?: number;
}

/** What went wrong with a request, as problem+json tells it; `status` 0: the daemon was not reached. */
export interface Problem {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  readonly remedy: string | null;
  /** When it is worth another try, where that is known. */
  readonly retryAfterSeconds?: number;
}

/** How a page reaches the daemon. Every call throws a `Problem` where the daemon refuses or is not there. */
export interface Api {
  get<T>(path: string, signal?: AbortSignal): Promise<T>;
  send<T>(method: 'POST' | 'PUT' | 'PATCH' | 'DELETE', path: string, body?: unknown): Promise<T>;
  /** For pictures and exports: the token goes in a header, never in an address. */
  blob(path: string, signal?: AbortSignal): Promise<Blob>;
  /** A picture of a camera, with how old it is. */
  picture(path: string, signal?: AbortSignal): Promise<{ readonly blob: Blob; readonly ageMs: number }>;
}

/** What the shell hands to a page. */
export interface PageParts {
  readonly api: Api;
  /** Messages about a camera as they come, every label of every frame. @returns how to end it */
  readonly listen: (camera: string, listener: (message: SequencedMessage) => void) => () => void;
}
