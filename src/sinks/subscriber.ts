import { isRefusal, type Principal, type Refusal } from '../principal.ts';
import { parseClientMessage } from '../protocol/client-schemas.ts';
import { AUTH_WITHIN_MS, MAX_MISTAKES } from '../protocol/limits.ts';
import type { GapMessage, SequencedMessage, ServerMessage, SubscribeMessage } from '../protocol/messages.ts';
import { Allowance } from './admission.ts';
import { Outbox } from './outbox.ts';
import type { Outgoing } from './outgoing.ts';
import { replay } from './replay.ts';
import { resume } from './since.ts';
import type { SubscriberParts } from './subscriber-parts.ts';
import { Subscription } from './subscription.ts';
import type { Wire } from './wire.ts';

const OUTBOX_LIMITS = { messages: 1_000, bytes: 4 * 1024 * 1024 };
/** A subscriber whose socket and outbox are not read for this long is closed with 1013. */
export const SLOW_LIMIT_MS = 30_000;
/** How long one that is closed may take to read what is left in its socket, and the close behind it. */
const CLOSE_GRACE_MS = 10_000;
const DRAIN_EVERY_MS = 50;
const MISSED_PINGS = 2;

/** One WebSocket client: who it is, its subscription, and what waits for it. */
export class Subscriber {
  readonly #wire: Wire;
  readonly #parts: SubscriberParts;
  readonly #outbox = new Outbox(OUTBOX_LIMITS);
  readonly #allowance: Allowance;
  readonly #authTimer: NodeJS.Timeout;
  #principal: Principal | null = null;
  #subscription: Subscription | null = null;
  #isLive = false;
  #drain: NodeJS.Timeout | undefined;
  #slowTicks = 0;
  /** Told when there is room again. */
  #roomWanted: (() => void) | null = null;
  /** The newest message that was handed to the socket, or told as missed. */
  #sentSeq: number;
  #unansweredPings = 0;
  #mistakes = 0;
  #isClosing = false;

  constructor(wire: Wire, parts: SubscriberParts) {
    this.#wire = wire;
    this.#parts = parts;
    this.#sentSeq = parts.hub.last;
    this.#allowance = new Allowance(parts.clock.monotonicMs());
    const { client } = wire;
    client.on('message', (data, isBinary) => this.#onMessage(isBinary ? null : data.toString()));
    client.on('pong', () => {
      this.#unansweredPings = 0;
    });
    // Whoever pings and does not read must not fill its socket with answers.
    client.on('ping', (data) => (wire.hasRoom ? wire.isOpen && client.pong(data) : this.#waitForRoom()));
    client.on('error', () => client.terminate());
    client.once('close', () => this.#gone());
    this.#authTimer = setTimeout(() => this.refuse(NO_AUTH), parts.authWithinMs ?? AUTH_WITHIN_MS);
  }

  get dropped(): number {
    return this.#outbox.droppedTotal;
  }

  wants(message: SequencedMessage): boolean {
    return this.#isLive && this.#subscription?.wants(message) === true;
  }

  /** Lets in, or not. A second time it only changes what may be seen. */
  admit(answer: Principal | Refusal): void {
    if (isRefusal(answer)) return this.refuse(answer);
    clearTimeout(this.#authTimer);
    const isFirst = this.#principal === null;
    this.#principal = answer;
    if (this.#subscription !== null) this.#subscription = new Subscription(this.#subscription.asked, answer);
    if (isFirst) this.#tell(this.#parts.hello(answer));
  }

  /** Tokens may have been revoked, changed or have expired. */
  recheck(): void {
    const principal = this.#principal;
    if (principal === null || this.#isClosing) return;
    const answer = this.#parts.access.recheck(principal);
    if (answer !== principal) this.admit(answer);
  }

  refuse({ code, message }: { readonly code: string; readonly message: string }): void {
    if (this.#isClosing) return;
    this.#tell({ type: 'error', code, message });
    void this.close(1008, code, CLOSE_GRACE_MS);
  }

  /** Sends in order; waits in the bounded outbox while the socket is full. */
  send(item: Outgoing): void {
    if (this.#outbox.isEmpty && this.#wire.hasRoom) {
      this.#wire.send(item);
      this.#sentSeq = item.seq;
      return;
    }
    this.#outbox.push(item);
    this.#waitForRoom();
  }

  /** Tells up to where everything that was asked for has been sent. */
  mark(): void {
    if (this.#subscription === null || this.#isClosing) return;
    const { epoch, last } = this.#parts.hub;
    this.#tell({ type: 'mark', epoch, seq: this.#isLive && this.#outbox.isEmpty ? last : this.#sentSeq });
  }

  ping(): void {
    if (this.#drain !== undefined || this.#isClosing) return; // it is not heard now; who stays slow is closed anyway
    if (this.#unansweredPings++ >= MISSED_PINGS) return this.#wire.client.terminate();
    this.#wire.client.ping();
  }

  /** Marks and closes. Resolves when the connection is gone. */
  close(code: number, reason: string, graceMs: number): Promise<void> {
    this.mark();
    this.#isClosing = true;
    this.#stop();
    return this.#wire.close(code, reason, graceMs);
  }

  #tell(message: ServerMessage): void {
    this.#wire.tell(message);
    if (!this.#wire.hasRoom) this.#waitForRoom();
  }

  #stop(): void {
    clearInterval(this.#drain);
    clearTimeout(this.#authTimer);
    this.#subscription = null;
    this.#isLive = false;
    this.#outbox.clear();
    this.#roomWanted?.();
  }

  #gone(): void {
    this.#isClosing = true;
    this.#stop();
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
      this.#wire.client.resume();
      this.#roomWanted?.();
    } else if (++this.#slowTicks * DRAIN_EVERY_MS >= this.#parts.slowLimitMs) {
      void this.close(1013, 'too slow', CLOSE_GRACE_MS);
    }
  }

  /** Sends what waits when there is room; until then nothing more is read: its answers would have no room either. */
  #waitForRoom(): void {
    if (this.#drain !== undefined || this.#isClosing) return;
    this.#wire.client.pause();
    this.#drain = setInterval(() => this.#onDrain(), DRAIN_EVERY_MS);
  }

  #onMessage(text: string | null): void {
    if (this.#isClosing) return;
    this.#unansweredPings = 0;
    const message = text === null ? 'binary messages are not understood' : parseClientMessage(text);
    if (typeof message === 'string') return this.#complain('bad-message', message);
    if (message.type === 'auth') return this.admit(this.#parts.access.check(message.token, this.#parts.address));
    const principal = this.#principal;
    if (principal === null)
      return this.#complain('token-missing', 'a token is needed before anything else: {"type":"auth","token"}');
    if (!this.#allowance.take(this.#parts.clock.monotonicMs()))
      return this.#complain('too-many', 'too many subscriptions');
    this.#subscribe(message, principal);
  }

  #subscribe(asked: SubscribeMessage, principal: Principal): void {
    const { hub, past } = this.#parts;
    const { cameras, every, questions, since } = asked;
    this.#tell({ type: 'subscribed', cameras, every, questions: questions ?? null, since: since ?? null });
    const subscription = new Subscription(asked, principal);
    this.#subscription = subscription;
    if (since === undefined) return this.#live();
    const from = resume(since, hub, past);
    if (from.kind === 'future') {
      this.#tell({
        type: 'error',
        code: 'since-future',
        message: `${since} is newer than anything sent: the newest is ${hub.last}`,
      });
      return this.#live();
    }
    if (from.kind === 'lost') {
      const { to, reason } = from;
      if (to >= from.from) this.#tellGap({ from: from.from, to, reason });
      return this.#live();
    }
    this.#isLive = false;
    this.#outbox.clear(); // what waits there is newer than `since`, or was seen
    this.#sentSeq = from.after;
    const parts = {
      hub,
      past,
      subscription,
      send: (seq: number, item: Outgoing | null) => {
        if (item !== null) this.#wire.send(item);
        this.#sentSeq = seq;
      },
      room: async () => {
        await this.#room();
        return this.#subscription === subscription && this.#wire.isOpen;
      },
    };
    void replay(from.after, from.skip, parts, () => this.#live());
  }

  #live(): void {
    this.#isLive = true;
    if (this.#outbox.isEmpty) this.#sentSeq = this.#parts.hub.last;
  }

  #tellGap(gap: Pick<GapMessage, 'from' | 'to' | 'reason'>): void {
    this.#tell({ type: 'gap', epoch: this.#parts.hub.epoch, ...gap, missed: gap.to - gap.from + 1 });
  }

  async #room(): Promise<void> {
    await new Promise(setImmediate); // others have their turn
    if (this.#wire.hasRoom || this.#isClosing) return;
    this.#waitForRoom();
    await new Promise<void>((resolve) => {
      this.#roomWanted = resolve;
    });
  }

  #complain(code: string, message: string): void {
    this.#tell({ type: 'error', code, message });
    if (++this.#mistakes >= MAX_MISTAKES) void this.close(1008, 'too many malformed messages', CLOSE_GRACE_MS);
  }
}

const NO_AUTH = { code: 'token-missing', message: 'no token came in time' };
