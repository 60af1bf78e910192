import type { GapMessage, SequencedMessage, ServerMessage, SubscribeMessage } from '../../src/protocol/messages.ts';
import { Delivery } from '../../src/sinks/delivery.ts';
import { Outgoing } from '../../src/sinks/outgoing.ts';
import type { Past, PastItem } from '../../src/sinks/past.ts';
import { Recent } from '../../src/sinks/recent.ts';
import { Subscription } from '../../src/sinks/subscription.ts';
import type { Way } from '../../src/sinks/wire.ts';

export const EPOCH = 'now';
/** The epoch before: 1 to 20 of which the last 8 were never committed; the present one begins behind a leap. */
export const BEFORE = { id: 'before', committed: 12, sent: 20 };
export const BEGIN = 31;

export type Told = SequencedMessage | GapMessage;

export interface LineOptions {
  readonly ring?: number;
  /** Numbers up to here are kept no more. */
  readonly expired?: number;
}

/** A hub with an older epoch behind it, all that was ever published, and one subscriber whose socket the test opens and shuts. */
export class Line {
  readonly all = new Map<number, SequencedMessage>();
  readonly sent: ServerMessage[] = [];
  readonly hub: { epoch: string; last: number; recent: Recent };
  readonly delivery: Delivery;
  expired: number;
  isFailing = false;
  /** So many reads of the disk fail. */
  failures = 0;
  room = true;
  /** So many messages fill the socket, until the client has read them at its next look. */
  burst = Number.POSITIVE_INFINITY;
  #unread = 0;
  isPaused = false;
  tooSlow = 0;

  constructor({ ring = 5, expired = 0 }: LineOptions = {}) {
    this.expired = expired;
    this.hub = { epoch: EPOCH, last: BEGIN - 1, recent: new Recent(BEGIN - 1, ring, 1e6) };
    for (let seq = 1; seq <= BEFORE.committed; seq++) this.#keep(seq, seq % 3 === 0 ? 'yard' : 'gate', BEFORE.id);
    const way: Way = {
      isOpen: true,
      hasRoom: true,
      send: ({ text }) => {
        this.sent.push(JSON.parse(text));
        this.#unread++;
      },
      tell: (message) => void this.sent.push(message as ServerMessage),
      pause: () => {
        this.isPaused = true;
      },
      resume: () => {
        this.isPaused = false;
      },
    };
    Object.defineProperty(way, 'hasRoom', { get: () => this.room && this.#unread < this.burst });
    this.delivery = new Delivery(way, {
      hub: this.hub,
      past: this.#past(),
      slowLimitMs: 30_000,
      pastTries: 2,
      onSlow: () => this.tooSlow++,
    });
  }

  /** The client looks every few milliseconds, with timers of the test's. */
  read(): void {
    this.#unread = 0;
  }

  publish(camera = 'gate'): void {
    const message = this.#keep(++this.hub.last, camera, EPOCH);
    const text = JSON.stringify(message);
    const item = new Outgoing(message.seq, text);
    this.hub.recent.push({ message, item });
    if (this.delivery.wants(message)) this.delivery.send(item);
  }

  subscribe(asked: Partial<SubscribeMessage> = {}, cameras: 'all' | readonly string[] = 'all'): Subscription {
    const full = { type: 'subscribe', cameras: 'all', every: 'frame', ...asked } as const;
    const subscription = new Subscription(full, { cameras });
    this.delivery.begin(subscription);
    return subscription;
  }

  /** What was sent that has a place in the line. */
  get told(): Told[] {
    return this.sent.filter((message) => message.type === 'gap' || message.type === 'camera') as Told[];
  }

  get seqs(): (number | string)[] {
    return this.told.map((one) => (one.type === 'gap' ? `${one.from}-${one.to} ${one.reason}` : one.seq));
  }

  #keep(seq: number, camera: string, epoch: string): SequencedMessage {
    const message = {
      type: 'camera',
      epoch,
      seq,
      camera,
      state: 'live',
      reason: '',
      degraded: [],
      atMs: 1_700_000_000_000,
    } as const;
    this.all.set(seq, message);
    return message;
  }

  #past(): Past {
    return {
      first: 1,
      epoch: (id) => {
        if (id === BEFORE.id) return { first: 1, last: BEFORE.committed };
        return id === EPOCH ? { first: BEGIN, last: this.hub.last } : null;
      },
      page: async ({ after, wants, limit }) => {
        await Promise.resolve();
        if (this.isFailing || this.failures-- > 0) throw new Error('a disk');
        const items: PastItem[] = [];
        let to = after;
        while (to < this.hub.last && items.length < Math.min(limit, 4)) {
          const seq = to + 1;
          const message = this.all.get(seq);
          if (seq <= this.expired) {
            items.push({ kind: 'gap', from: seq, to: this.expired, reason: 'expired' });
            to = this.expired;
          } else if (message === undefined) {
            items.push({ kind: 'gap', from: seq, to: BEGIN - 1, reason: 'epoch' });
            to = BEGIN - 1;
          } else {
            to = seq;
            if (new Subscription({ type: 'subscribe', ...wants }, { cameras: 'all' }).wants(message))
              items.push({ kind: 'message', seq, text: JSON.stringify(message) });
          }
        }
        return { items, to };
      },
    };
  }
}
