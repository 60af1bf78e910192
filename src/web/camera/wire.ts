/** What the daemon answers, as far as these pages read it (docs/protocol.md, docs/examples.md). Fields that are missing are not known. */

export type ClockName = 'pinned' | 'floating' | 'throttled' | 'mixed' | 'unreadable';

export interface Question {
  readonly id: string;
  readonly text?: string;
  readonly classes?: readonly string[];
}

export interface Camera {
  readonly id: string;
  readonly state: string;
  readonly reason: string;
  readonly degraded: readonly string[];
  readonly gear?: number;
  readonly agreement?: Readonly<Record<string, number>>;
  readonly questions: readonly Question[];
  readonly examples?: ExamplesSummary;
  readonly origin?: 'configuration' | 'command-line' | 'api';
  readonly paused?: boolean;
  readonly source?: string;
  readonly fps?: number | null;
  readonly budgetMs?: number | null;
  readonly view?: string;
  readonly mode?: string;
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
  readonly frames: { readonly in: number; readonly classified: number; readonly dropped: Readonly<Record<string, number>> };
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

/** A label as it is sent; of it what is shown. */
export interface LabelMessage {
  readonly type: 'label';
  readonly seq: number;
  readonly camera: string;
  readonly question: string;
  readonly stream: number;
  readonly ptsSeconds: number;
  readonly arrivedAtMs: number;
  readonly decidedAtMs: number;
  readonly view: { readonly kind: string; readonly track?: number };
  readonly label: string | null;
  readonly confidence: number | null;
  readonly stable: { readonly label: string; readonly sinceMs: number } | null;
  readonly changed: boolean;
  readonly path: readonly { readonly rung: string; readonly waitMs: number; readonly runMs: number; readonly confidence?: number }[];
  readonly stop: string;
  readonly reusedAgeMs?: number;
  readonly audit?: { readonly label: string | null; readonly agrees: boolean };
  readonly budgetMs: number | null;
  readonly spentMs: number;
  readonly operatingPoint: string;
  readonly clock: { readonly state: ClockName };
}

export interface EventMessage {
  readonly type: 'event';
  readonly seq: number;
  readonly camera: string;
  readonly question: string;
  readonly label: string | null;
  readonly phase: 'begin' | 'end';
  readonly atMs: number;
  readonly track?: number;
}

export type Message = LabelMessage | EventMessage | { readonly type: string; readonly seq?: number; readonly camera?: string };

export interface LabelsPage {
  readonly items: readonly Message[];
  readonly next: string | number | null;
}

/** What went wrong with a request, as problem+json tells it. */
export interface Problem {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  readonly remedy: string | null;
}

/** How a page reaches the daemon. Every call throws a `Problem` where the daemon refuses or is not there. */
export interface Api {
  get<T>(path: string, signal?: AbortSignal): Promise<T>;
  send<T>(method: 'POST' | 'PUT' | 'PATCH' | 'DELETE', path: string, body?: unknown): Promise<T>;
  /** For pictures and exports: the token goes in a header, never in an address. */
  blob(path: string, signal?: AbortSignal): Promise<Blob>;
}

/** What the shell hands to a page. */
export interface PageParts {
  readonly api: Api;
  /** Messages about a camera as they come, every label of every frame. @returns how to end it */
  readonly listen: (camera: string, listener: (message: Message) => void) => () => void;
}

export function isLabel(message: Message): message is LabelMessage {
  return message.type === 'label';
}

export function isEvent(message: Message): message is EventMessage {
  return message.type === 'event';
}

/** Something that was thrown, in the words of a problem. */
export function problemOf(error: unknown): Problem {
  if (typeof error === 'object' && error !== null && 'status' in error && 'code' in error) return error as unknown as Problem;
  const message = error instanceof Error ? error.message : String(error);
  return { status: 0, code: 'unreachable', message: `Weir could not be asked: ${message}`, remedy: 'is it running? This page tries again on its own' };
}
