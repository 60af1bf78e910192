import { setTimeout as sleep } from 'node:timers/promises';
import type { GapMessage } from '../protocol/messages.ts';
import { Outgoing } from './outgoing.ts';
import type { Past, PastItem } from './past.ts';
import type { Recent } from './recent.ts';
import type { Subscription } from './subscription.ts';

export interface ReplayParts {
  readonly hub: { readonly epoch: string; readonly last: number; readonly recent: Pick<Recent, 'first' | 'from'> };
  readonly past: Past;
  readonly subscription: Subscription;
  /** Sends one message, or moves on to its number where it is null. */
  readonly send: (seq: number, item: Outgoing | null) => void;
  readonly hasRoom: () => boolean;
  /** Waits for room. Resolves with false when the subscriber is gone or wants something else. */
  readonly room: () => Promise<boolean>;
  /** A past that cannot be read is asked so often before its messages are told as missed. */
  readonly pastTries: number;
}

/** So many messages until others have their turn. */
const CHUNK = 500;
/** What is read of the past at once waits in memory for each that catches up: about so much, however long messages are. */
const PAGE_BYTES = 256 * 1024;
/** Messages of the first page, before it is known how long they are. */
const FIRST_PAGE = 32;

/**
 * Sends what follows number `after`, from what is kept and then from memory, never more than the socket has room for. Nothing is queued
 * meanwhile: when this has caught up with the newest message it calls `live` in the same step.
 *
 * @param skip numbers from `after` up to here were seen before, though they may not be kept
 */
export async function replay(after: number, skip: number, parts: ReplayParts, live: () => void): Promise<void> {
  const { hub, past, subscription, send, hasRoom, room, pastTries } = parts;
  let place = after;
  let failures = 0;
  let limit = FIRST_PAGE;
  while (await room()) {
    const recent = hub.recent.from(place, CHUNK);
    if (recent !== null) {
      for (const { message, item } of recent) {
        send(item.seq, subscription.wants(message) ? item : null);
        place = item.seq;
        if (!hasRoom()) break;
      }
      if (place >= hub.last) return live();
      continue;
    }
    const page = await past.page({ after: place, wants: subscription.wish, limit }).catch(() => null);
    if (!(await room())) return;
    if (page === null && ++failures < pastTries) {
      await sleep(RETRY_MS); // its thread may be busy, or begin anew: what is on the disk is not lost
      continue;
    }
    failures = 0;
    const { items, to } = page ?? NOTHING;
    limit = pageLimit(items, limit);
    for (const item of items) {
      if (!hasRoom() && !(await room())) return;
      if (item.kind === 'message') send(item.seq, new Outgoing(item.seq, item.text));
      else tellGap(unseenFrom(item.from, item.to), item.to, item.reason);
    }
    // What is neither kept nor in memory is lost: it must be said, and must not be asked for again and again.
    const lostTo = hub.recent.first - 1;
    if (to > place) place = to;
    else if (lostTo > place) {
      tellGap(place + 1, lostTo, 'expired');
      place = lostTo;
    }
    send(place, null);
  }

  // Only the end of its own epoch may have been seen: that begins where it goes on. Where more was seen than is missing (an older
  // copy of what is kept was brought back), the numbers say nothing of what was: then all of them are told.
  function unseenFrom(from: number, to: number): number {
    return from === after + 1 && skip < to ? Math.max(from, skip + 1) : from;
  }

  function tellGap(from: number, to: number, reason: GapMessage['reason']): void {
    if (from > to) return;
    const gap: GapMessage = { type: 'gap', epoch: hub.epoch, from, to, missed: to - from + 1, reason };
    send(to, new Outgoing(to, JSON.stringify(gap)));
  }
}

/** How many messages the next page may hold, by those of the last; where it held none, as many as before. */
export function pageLimit(items: readonly PastItem[], before: number): number {
  const texts = items.flatMap((item) => (item.kind === 'message' ? [item.text.length] : []));
  if (texts.length === 0) return before;
  const mean = texts.reduce((sum, length) => sum + length, 0) / texts.length;
  return Math.max(1, Math.min(CHUNK, Math.floor(PAGE_BYTES / mean)));
}

const RETRY_MS = 250;
/** A past that cannot be read tells nothing. */
const NOTHING = { items: [], to: -1 } as const;
