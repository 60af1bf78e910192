import type { PastItem } from '../sinks/past.ts';

/** How types of messages are stored. */
export const TYPES = ['label', 'event', 'camera'] as const;

/** A message on its way to the disk. */
export interface Entry {
  readonly seq: number;
  /** Unix ms. */
  readonly at: number;
  /** Index in `TYPES`. */
  readonly type: number;
  readonly camera: string;
  /** Empty where it is of no question. */
  readonly question: string;
  readonly changed: boolean;
  readonly text: string;
}

export interface Limits {
  readonly retentionDays: number;
  readonly maxMegabytes: number;
}

export interface StoreSetup {
  /** `history/` in the state directory. */
  readonly folder: string;
  readonly limits: Limits;
  /** An epoch that is running already goes on in whatever database there is. */
  readonly adopt: { readonly epoch: string; readonly last: number } | null;
}

/** What messages are looked for. */
export interface Filter {
  readonly cameras: 'all' | readonly string[];
  readonly questions: readonly string[] | null;
  /** Whether labels that did not change are left out. */
  readonly changesOnly: boolean;
  /** Indices in `TYPES`. */
  readonly types: readonly number[];
  readonly fromMs: number | null;
  readonly toMs: number | null;
}

export interface ScanRequest {
  readonly filter: Filter;
  /** Goes on behind this number; `null`: from the beginning of the order. */
  readonly after: number | null;
  readonly descending: boolean;
  readonly limit: number;
  readonly withGaps: boolean;
}

export interface ScanAnswer {
  readonly items: readonly PastItem[];
  /** Everything up to here, in the direction of the order, is told by the items. */
  readonly to: number;
  readonly isEnd: boolean;
}

export interface EpochRange {
  readonly epoch: string;
  readonly first: number;
  readonly last: number;
}

export interface StoreStatus {
  readonly state: 'ok' | 'failing';
  readonly reason: string;
  readonly first: number;
  /** The newest committed. */
  readonly last: number;
  readonly bytes: number;
  readonly written: number;
  readonly dropped: number;
  /** Bytes that wait to be written. */
  readonly waitingBytes: number;
  readonly batchP95Ms: number;
  readonly epochs: readonly EpochRange[];
  readonly quarantined: readonly string[];
}

export type Order =
  | { readonly type: 'batch'; readonly entries: readonly Entry[]; readonly dropped: readonly Range[] }
  | { readonly type: 'scan'; readonly id: number; readonly request: ScanRequest }
  | { readonly type: 'close' };

export interface Range {
  readonly first: number;
  readonly last: number;
}

export type Report =
  | { readonly type: 'open'; readonly epoch: string; readonly last: number; readonly status: StoreStatus }
  | { readonly type: 'unusable'; readonly code: string; readonly message: string; readonly remedy: string }
  | { readonly type: 'notice'; readonly text: string }
  /** A batch was looked at: the next may come. */
  | { readonly type: 'taken' }
  | { readonly type: 'status'; readonly status: StoreStatus }
  | { readonly type: 'scanned'; readonly id: number; readonly answer: ScanAnswer | null; readonly reason: string }
  | { readonly type: 'closed' };
