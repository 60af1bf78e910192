/** What the daemon answers, as far as these pages read it (docs/protocol.md, docs/examples.md). Fields that are missing are not known. */

import type { SequencedMessage } from '../../protocol/messages.ts';
import type { CameraInfo, ClockStateName, EventMessage, LabelMessage } from '../wire.ts';

export type { Api, EventMessage, LabelMessage, PageParts, Problem, Question } from '../wire.ts';
export type ClockName = ClockStateName;
export type Message = SequencedMessage;

export interface Camera extends CameraInfo {
  readonly examples?: ExamplesSummary;
}

export interface ExamplesSummary {
  readonly keep: boolean;
  readonly problem?: string;
  readonly left?: number;
  readonly frames?: number;
  readonly labelled?: number;
}

export interface Figures {
  readonly sinceMs: number;
  readonly frames: {
    readonly in: number;
    readonly classified: number;
    readonly dropped: Readonly<Record<string, number>>;
  };
  readonly unanswered?: number;
  readonly latency: readonly LatencyRow[];
  readonly rungs: readonly { readonly rung: string; readonly runs: number; readonly meanRunMs: number | null }[];
  readonly stops: Readonly<Record<string, number>>;
}

export interface LatencyRow {
  readonly clock: ClockName;
  readonly n: number;
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
  readonly p99Ms: number | null;
}

export interface LabelsPage {
  readonly items: readonly Message[];
  readonly next: string | number | null;
}

export function isLabel(message: Message): message is LabelMessage {
  return message.type === 'label';
}

export function isEvent(message: Message): message is EventMessage {
  return message.type === 'event';
}
