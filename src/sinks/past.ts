/** What a subscriber asked for, as far as it chooses among kept messages. */
export interface Wish {
  readonly cameras: 'all' | readonly string[];
  readonly every: 'frame' | 'change';
  readonly questions?: readonly string[];
}

/** A kept message, or numbers that nothing is kept of: `expired` (retention, a disk that was full) or `epoch` (an end without a word). */
export type PastItem =
  | { readonly kind: 'message'; readonly seq: number; readonly text: string }
  | { readonly kind: 'gap'; readonly from: number; readonly to: number; readonly reason: 'expired' | 'epoch' };

/** What is kept of the daemon's one line of messages. */
export interface Past {
  /** The oldest number kept; the newest + 1 while there is none. */
  readonly first: number;
  /** What is known of the present epoch or an earlier one, as far as it is committed; `null`: unknown. */
  epoch(id: string): { readonly first: number; readonly last: number } | null;
  /** What follows `after`, oldest first; everything up to `to` is told by the items. */
  page(request: {
    readonly after: number;
    readonly wants: Wish;
    readonly limit: number;
  }): Promise<{ readonly items: readonly PastItem[]; readonly to: number }>;
}

export interface LabelQuery extends Wish {
  readonly fromMs?: number;
  readonly toMs?: number;
  readonly types: readonly ('label' | 'event' | 'camera')[];
  readonly limit: number;
  /** Goes on behind this number, in the direction of `order`. */
  readonly afterSeq?: number;
  readonly order: 'oldest' | 'newest';
}

/** Kept messages by camera and time. */
export interface LabelArchive {
  /** `next`: the number to go on behind; `null` at the end. */
  labels(query: LabelQuery): Promise<{
    readonly items: readonly { readonly seq: number; readonly text: string }[];
    readonly next: number | null;
  }>;
}

/** Where nothing is kept. */
export const NO_PAST: Past = {
  first: Number.MAX_SAFE_INTEGER,
  epoch: () => null,
  page: async ({ after }) => ({ items: [], to: after }),
};
