import type { GapMessage, SequencedMessage, ServerMessage } from '../protocol/messages.ts';
import type { Hub } from './hub.ts';
import { Outbox } from './outbox.ts';
import type { Outgoing } from './outgoing.ts';
import type { Past } from './past.ts';
import { replay } from './replay.ts';
import { resume } from './since.ts';
import type { Subscription } from './subscription.ts';
import type { Way } from './wire.ts';

const OUTBOX_LIMITS = { messages: 1_000, bytes: 4 * 1024 * 1024 };
const DRAIN_EVERY_MS = 50;

const PAST_TRIES = 40;

export interface DeliveryParts {
  readonly hub: Pick<Hub, 'epoch' | 'last' | 'recent'>;
  readonly past: Past;
  readonly slowLimitMs: number;
  /** The socket was not read for `slowLimitMs`. */
  readonly onSlow: () => void;
  /** How often a past that cannot be read is asked (default: for about ten seconds). */
  readonly pastTries?: number;
}

/** What one subscriber is sent: what it missed, then what comes, in order and as fast as it reads. */
export class Delivery {
  readonly #wire: Way;
  readonly #parts: DeliveryParts;
  readonly #outbox = new Outbox(OUTBOX_LIMITS);
  #subscription: Subscription | null = null;
  /** It has all that came before, so what is published is for it. */
  #isLive = false;
  /** It saw up to here what may not be kept. */
  #skip = 0;
  #drain: NodeJS.Timeout | undefined;
  #slowTicks = 0;
  /** Told when there is room again. */
  #roomWanted: (() => void) | null = null;
  /** The newest message that was handed to the socket, or told as missed, or passed over. */
  #sentSeq: number;
  #isOver = false;

  constructor(wire: Way, parts: DeliveryParts) {
    this.#wire = wire;
    this.#parts = parts;
    this.#sentSeq = parts.hub.last;
  }

  get subscription(): Subscription | null {
    return this.#subscription;
  }

  get dropped(): number {
    return this.#outbox.droppedTotal;
  }

  /** The socket is full: until it has room, nothing more is read either. */
  get isHeldUp(): boolean {
    return this.#drain !== undefined;
  }

  wants(message: SequencedMessage): boolean {
    return this.#isLive && this.#subscription?.wants(message) === true;
  }

  /** Sends in order; waits in the bounded outbox while the socket is full. */
  send(item: Outgoing): void {
    if (this.#outbox.isEmpty && this.#wire.hasRoom) {
      this.#wire.send(item);
      this.#sentSeq = item.seq;
      return;
    }
    this.#outbox.push(item);
    this.waitForRoom();
  }

  /** Sends at once what has no place in the line. */
  tell(message: ServerMessage): void {
    this.#wire.tell(message);
    if (!this.#wire.hasRoom) this.waitForRoom();
  }

  /** Tells up to where everything that was asked for has been sent. */
  mark(): void {
    if (this.#subscription === null) return;
    const { epoch, last } = this.#parts.hub;
    this.tell({ type: 'mark', epoch, seq: this.#isLive && this.#outbox.isEmpty ? last : this.#sentSeq });
  }

  /** Takes the place of whatever was asked for before. */
  begin(subscription: Subscription): void {
    const { hub, past } = this.#parts;
    const { since } = subscription.asked;
    const isBehind = this.#subscription !== null && !this.#isLive;
    this.#subscription = subscription;
    if (since === undefined) return this.#live();
    const from = resume(since, hub, past);
    if (from.kind === 'future') {
      this.#tellFuture(since);
      // What is on its way still comes: the client cannot have seen it.
      return isBehind ? this.#replay(this.#sentSeq, this.#skip, subscription) : this.#live();
    }
    this.#outbox.clear(); // what waits there is newer than `since`, or was seen, or is told as missed
    if (from.kind === 'after') return this.#replay(from.after, from.skip, subscription);
    if (from.to >= from.from) this.#tellGap(from);
    this.#live();
  }

  /** The same is asked for, but other cameras may be seen from now on: what was sent stays sent. */
  replaceBy(subscription: Subscription): void {
    this.#subscription = subscription;
    if (!this.#isLive) this.#replay(this.#sentSeq, this.#skip, subscription);
  }

  /** Sends what waits when there is room; until then nothing more is read: its answers would have no room either. */
  waitForRoom(): void {
    if (this.#drain !== undefined || this.#isOver) return;
    this.#wire.pause();
    this.#drain = setInterval(() => this.#onDrain(), DRAIN_EVERY_MS);
  }

  stop(): void {
    this.#isOver = true;
    clearInterval(this.#drain);
    this.#drain = undefined;
    this.#subscription = null;
    this.#isLive = false;
    this.#outbox.clear();
    this.#roomWanted?.();
  }

  #replay(after: number, skip: number, subscription: Subscription): void {
    this.#isLive = false;
    this.#sentSeq = after;
    this.#skip = skip;
    const { hub, past, pastTries = PAST_TRIES } = this.#parts;
    const isWanted = () => this.#subscription === subscription && this.#wire.isOpen;
    const parts = {
      hub,
      past,
      pastTries,
      subscription,
      send: (seq: number, item: Outgoing | null) => {
        if (item !== null) this.#wire.send(item);
        this.#sentSeq = seq;
      },
      hasRoom: () => this.#wire.hasRoom,
      room: async () => {
        await this.#room();
        return isWanted();
      },
    };
    void replay(after, skip, parts, () => this.#live());
  }

  #live(): void {
    this.#isLive = true;
    if (this.#outbox.isEmpty) this.#sentSeq = this.#parts.hub.last;
  }

  #onDrain(): void {
    while (!this.#outbox.isEmpty && this.#wire.hasRoom) {
      const item = this.#outbox.shift(this.#parts.hub.epoch);
      if (item === undefined) continue;
      this.#wire.send(item);
      this.#sentSeq = item.seq;
    }
    if (this.#outbox.isEmpty && this.#wire.hasRoom) {
      clearInterval(this.#drain);
      this.#drain = undefined;
      this.#slowTicks = 0;
      this.#wire.resume();
      this.#roomWanted?.();
    } else if (++this.#slowTicks * DRAIN_EVERY_MS >= this.#parts.slowLimitMs) this.#parts.onSlow();
  }

  async #room(): Promise<void> {
    await new Promise(setImmediate); // others have their turn
    if (this.#wire.hasRoom || this.#isOver) return;
    this.waitForRoom();
    this.#roomWanted?.(); // of a replay that another took the place of
    await new Promise<void>((resolve) => {
      this.#roomWanted = resolve;
    });
  }

  #tellFuture(since: string): void {
    const { last } = this.#parts.hub;
    const message = `${since} is newer than anything sent: the newest is ${last}`;
    this.tell({ type: 'error', code: 'since-future', message });
  }

  #tellGap({ from, to, reason }: Pick<GapMessage, 'from' | 'to' | 'reason'>): void {
    this.tell({ type: 'gap', epoch: this.#parts.hub.epoch, from, to, missed: to - from + 1, reason });
  }
}
