import { isRefusal, type Principal, type Refusal } from '../principal.ts';
import { parseClientMessage } from '../protocol/client-schemas.ts';
import { AUTH_WITHIN_MS, MAX_MISTAKES } from '../protocol/limits.ts';
import type { SequencedMessage, SubscribeMessage } from '../protocol/messages.ts';
import { Allowance } from './admission.ts';
import { Delivery } from './delivery.ts';
import type { Outgoing } from './outgoing.ts';
import type { SubscriberParts } from './subscriber-parts.ts';
import { Subscription } from './subscription.ts';
import type { Wire } from './wire.ts';

/** A subscriber whose socket and outbox are not read for this long is closed with 1013. */
export const SLOW_LIMIT_MS = 30_000;
/** How long one that is closed may take to read what is left in its socket, and the close behind it. */
const CLOSE_GRACE_MS = 10_000;
const MISSED_PINGS = 2;
/** Why one is closed with 1013 before its first message. */
export const TOO_MANY = 'too many subscribers';

/** One WebSocket client: who it is and what it says. */
export class Subscriber {
  readonly #wire: Wire;
  readonly #parts: SubscriberParts;
  readonly #delivery: Delivery;
  readonly #allowance: Allowance;
  readonly #authTimer: NodeJS.Timeout;
  #principal: Principal | null = null;
  #unansweredPings = 0;
  #mistakes = 0;
  #isClosing = false;

  constructor(wire: Wire, parts: SubscriberParts) {
    const { hub, past, slowLimitMs } = parts;
    this.#wire = wire;
    this.#parts = parts;
    const onSlow = () => void this.close(1013, 'too slow', CLOSE_GRACE_MS);
    this.#delivery = new Delivery(wire, { hub, past, slowLimitMs, onSlow });
    this.#allowance = new Allowance(parts.clock.monotonicMs());
    const { client } = wire;
    client.on('message', (data, isBinary) => this.#onMessage(isBinary ? null : data.toString()));
    client.on('pong', () => {
      this.#unansweredPings = 0;
    });
    client.on('ping', (data) => this.#onPing(data));
    client.on('error', () => client.terminate());
    client.once('close', () => this.#stop());
    this.#authTimer = setTimeout(() => this.refuse(NO_AUTH), parts.authWithinMs ?? AUTH_WITHIN_MS);
  }

  /** Whether it has said who it is, and was let in. */
  get isAdmitted(): boolean {
    return this.#principal !== null;
  }

  get dropped(): number {
    return this.#delivery.dropped;
  }

  wants(message: SequencedMessage): boolean {
    return this.#delivery.wants(message);
  }

  send(item: Outgoing): void {
    this.#delivery.send(item);
  }

  mark(): void {
    if (!this.#isClosing) this.#delivery.mark();
  }

  /** Lets in, or not. A second time it only changes what may be seen. */
  admit(answer: Principal | Refusal): void {
    if (isRefusal(answer)) return this.refuse(answer);
    clearTimeout(this.#authTimer);
    const isFirst = this.#principal === null;
    if (isFirst && this.#parts.isFull()) return void this.close(1013, TOO_MANY, CLOSE_GRACE_MS);
    this.#principal = answer;
    const { subscription } = this.#delivery;
    if (subscription !== null) this.#delivery.replaceBy(new Subscription(subscription.asked, answer));
    if (isFirst) this.#delivery.tell(this.#parts.hello(answer));
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
    this.#delivery.tell({ type: 'error', code, message });
    void this.close(1008, code, CLOSE_GRACE_MS);
  }

  ping(): void {
    if (this.#delivery.isHeldUp || this.#isClosing) return; // it is not heard now; who stays slow is closed anyway
    if (this.#unansweredPings++ >= MISSED_PINGS) return this.#wire.client.terminate();
    this.#wire.client.ping();
  }

  /** Marks and closes. Resolves when the connection is gone. */
  close(code: number, reason: string, graceMs: number): Promise<void> {
    this.mark();
    this.#stop();
    return this.#wire.close(code, reason, graceMs);
  }

  #stop(): void {
    this.#isClosing = true;
    clearTimeout(this.#authTimer);
    this.#delivery.stop();
  }

  #onPing(data: Buffer): void {
    // Whoever pings and does not read must not fill its socket with answers.
    if (!this.#wire.hasRoom) this.#delivery.waitForRoom();
    else if (this.#wire.isOpen) this.#wire.client.pong(data);
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
    const { cameras, every, questions, since } = asked;
    this.#delivery.tell({ type: 'subscribed', cameras, every, questions: questions ?? null, since: since ?? null });
    this.#delivery.begin(new Subscription(asked, principal));
  }

  #complain(code: string, message: string): void {
    this.#delivery.tell({ type: 'error', code, message });
    if (++this.#mistakes >= MAX_MISTAKES) void this.close(1008, 'too many malformed messages', CLOSE_GRACE_MS);
  }
}

const NO_AUTH = { code: 'token-missing', message: 'no token came in time' };
