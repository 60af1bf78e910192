import type { GapMessage } from '../protocol/messages.ts';
import type { Past } from './past.ts';

export interface Line {
  readonly epoch: string;
  /** Number of the newest message. */
  readonly last: number;
}

/**
 * Where a subscriber that comes back goes on. `after`: everything that follows this number is to be sent; a gap told first covers
 * what cannot be. `skip`: numbers up to here were seen already, though nothing is kept of them.
 */
export type Resumption =
  | { readonly kind: 'after'; readonly after: number; readonly skip: number }
  | { readonly kind: 'lost'; readonly from: number; readonly to: number; readonly reason: GapMessage['reason'] }
  | { readonly kind: 'future' };

/** @param since `epoch:seq`, its form checked */
export function resume(since: string, { epoch, last }: Line, past: Pick<Past, 'epoch'>): Resumption {
  const colon = since.lastIndexOf(':');
  const seq = Number(since.slice(colon + 1));
  const name = since.slice(0, colon);
  if (name === epoch) return seq > last ? { kind: 'future' } : { kind: 'after', after: seq, skip: seq };
  const earlier = past.epoch(name);
  if (earlier === null) return { kind: 'lost', from: 1, to: last, reason: 'epoch' };
  // It may have been sent more than was committed: that is no gap for it. Of an epoch whose end is not known here (an older copy
  // of what is kept was brought back) its numbers are others' now: it goes on where what is known ends.
  return { kind: 'after', after: Math.min(seq, earlier.last), skip: seq };
}
