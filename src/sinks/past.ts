/** What is looked for among the messages that are kept. Times are Unix milliseconds. */
export interface LabelQuery {
  readonly cameras: 'all' | readonly string[];
  readonly questions?: readonly string[];
  readonly fromMs?: number;
  readonly toMs?: number;
  readonly every: 'frame' | 'change';
  readonly types: readonly ('label' | 'event' | 'camera')[];
  readonly limit: number;
  /** Only what comes after it in the order asked for. */
  readonly afterSeq?: number;
  readonly order: 'oldest' | 'newest';
}

/** Answers about labels of before. */
export interface LabelArchive {
  /** @returns messages as they were sent; `next`: the `afterSeq` of the next page, `null` where this is the last */
  labels(query: LabelQuery): Promise<{
    readonly items: readonly { readonly seq: number; readonly text: string }[];
    readonly next: number | null;
  }>;
}
