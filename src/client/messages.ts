import type {
  GapMessage,
  HelloMessage,
  MarkMessage,
  SequencedMessage,
  ServerMessage,
  SubscribedMessage,
} from '../protocol/messages.ts';

export type * from '../protocol/messages.ts';

export type LabelMessage = Extract<SequencedMessage, { type: 'label' }>;
export type EventMessage = Extract<SequencedMessage, { type: 'event' }>;
export type CameraMessage = Extract<SequencedMessage, { type: 'camera' }>;

/** What an iteration gives: everything but marks and what confirms the subscription. */
export type IteratedMessage = Exclude<ServerMessage, MarkMessage | SubscribedMessage>;

/**
 * Where a subscriber stands once it has a message, `epoch:seq`: it has all up to there, or was told that it misses it.
 *
 * @returns `null` of messages that say nothing about that
 */
export function placeAfter(message: ServerMessage): string | null {
  if (message.type === 'gap') return `${message.epoch}:${message.to}`;
  // Also of types that this version does not know.
  return 'seq' in message && typeof message.seq === 'number' ? `${message.epoch}:${message.seq}` : null;
}

/** Where one that was greeted stands who asks for all that comes from then on: nothing may be lost before its subscription stands. */
export function placeOfHello({ epoch, last }: HelloMessage): string {
  return `${epoch}:${last}`;
}

/**
 * Joins a message that is given up to those that were before.
 *
 * @returns the gap over all of them
 */
export function widenGap(gap: GapMessage | null, lost: SequencedMessage | GapMessage): GapMessage {
  const [from, to, missed] = lost.type === 'gap' ? [lost.from, lost.to, lost.missed] : [lost.seq, lost.seq, 1];
  return {
    type: 'gap',
    epoch: lost.epoch,
    from: gap?.from ?? from,
    to,
    missed: (gap?.missed ?? 0) + missed,
    reason: 'slow',
  };
}

/** @returns the message, or `null` of what is none of Weir's */
export function parseMessage(data: unknown): ServerMessage | null {
  try {
    const message = typeof data === 'string' ? (JSON.parse(data) as ServerMessage | null) : null;
    return typeof message?.type === 'string' ? message : null;
  } catch {
    return null;
  }
}
