import type { WebSocket } from 'ws';
import type { Hub } from './hub.ts';
import type { GapMessage, SequencedMessage, ServerMessage } from './messages.ts';
import { Outbox, type OutboxItem } from './outbox.ts';
import { parseClientMessage, type Subscription, wants } from './subscription.ts';

/** Above this many bytes in the socket's own buffer, messages wait in the outbox. */
const SOCKET_HIGH_WATER_BYTES = 256 * 1024;
/** Messages that wait for one subscriber before the oldest are dropped. */
const OUTBOX_LIMIT = 1_000;
/** A subscriber whose outbox is not empty for this long is closed with 1013. */
export const SLOW_LIMIT_MS = 30_000;
/** How long a slow subscriber may take to read what is left in its socket, and the close behind it. */
const SLOW_CLOSE_GRACE_MS = 10_000;
const DRAIN_EVERY_MS = 50;
/** Malformed messages before the connection is closed with 1008. */
const MAX_MISTAKES = 10;

/** One WebSocket client: its subscription, and what waits for it. */
export class Subscriber {
  readonly #client: WebSocket;
  readonly #hub: Pick<Hub, 'epoch' | 'last'>;
  readonly #outbox = new Outbox(OUTBOX_LIMIT);
  readonly #slowLimitMs: number;
  #subscription: Subscription | null = null;
  #drain: NodeJS.Timeout | undefined;
  #slowTicks = 0;
  /** The newest message that was handed to the socket, or told as missed. */
  #sentSeq: number;
  #unansweredPings = 0;
  #mistakes = 0;

  constructor(client: WebSocket, hub: Pick<Hub, 'epoch' | 'last'>, slowLimitMs = SLOW_LIMIT_MS) {
    this.#client = client;
    this.#hub = hub;
    this.#slowLimitMs = slowLimitMs;
    this.#sentSeq = hub.last;
    client.on('message', (data, isBinary) => this.#onMessage(isBinary ? null : data.toString()));
    client.on('pong', () => {
      this.#unansweredPings = 0;
    });
    client.on('error', () => client.terminate());
    client.once('close', () => clearInterval(this.#drain));
  }

  get dropped(): number {
    return this.#outbox.droppedTotal;
  }

  wants(message: SequencedMessage): boolean {
    return this.#subscription !== null && wants(this.#subscription, message);
  }

  /** Sends in order; waits in the bounded outbox while the socket is full. */
  send(item: OutboxItem): void {
    if (this.#outbox.isEmpty && this.#client.bufferedAmount < SOCKET_HIGH_WATER_BYTES) {
      this.#client.send(item.text);
      this.#sentSeq = item.seq;
      return;
    }
    this.#outbox.push(item);
    this.#waitForRoom();
  }

  /** Sends something that has no place in the line of numbers. */
  tell(message: ServerMessage): void {
    this.#client.send(JSON.stringify(message));
    if (this.#client.bufferedAmount >= SOCKET_HIGH_WATER_BYTES) this.#waitForRoom();
  }

  /** Tells up to where everything that was asked for has been sent. */
  mark(): void {
    if (this.#subscription === null) return;
    this.tell({ type: 'mark', epoch: this.#hub.epoch, seq: this.#outbox.isEmpty ? this.#hub.last : this.#sentSeq });
  }

  ping(): void {
    if (this.#unansweredPings++ >= 2) return this.#client.terminate();
    this.#client.ping();
  }

  /** Marks, closes, and cuts off who does not answer in time. Resolves when the connection is gone. */
  close(code: number, reason: string, graceMs: number): Promise<void> {
    this.mark();
    this.#client.resume(); // to hear the answer
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#client.terminate(), graceMs);
      this.#client.once('close', () => {
        clearTimeout(timer);
        resolve();
      });
      this.#client.close(code, reason);
    });
  }

  #onDrain(): void {
    while (!this.#outbox.isEmpty && this.#client.bufferedAmount < SOCKET_HIGH_WATER_BYTES) {
      const item = this.#outbox.shift(this.#hub.epoch);
      if (item === undefined) continue;
      this.#client.send(item.text);
      this.#sentSeq = item.seq;
    }
    if (this.#outbox.isEmpty && this.#client.bufferedAmount < SOCKET_HIGH_WATER_BYTES) {
      clearInterval(this.#drain);
      this.#drain = undefined;
      this.#slowTicks = 0;
      this.#client.resume();
    } else if (++this.#slowTicks * DRAIN_EVERY_MS >= this.#slowLimitMs) {
      clearInterval(this.#drain);
      void this.close(1013, 'too slow', SLOW_CLOSE_GRACE_MS);
    }
  }

  /** Sends what waits when there is room; until then nothing more is read: its answers would have no room either. */
  #waitForRoom(): void {
    if (this.#drain !== undefined) return;
    this.#client.pause();
    this.#drain = setInterval(() => this.#onDrain(), DRAIN_EVERY_MS);
  }

  #onMessage(text: string | null): void {
    const message = text === null ? 'binary messages are not understood' : parseClientMessage(text);
    if (typeof message === 'string') return this.#complain('bad-message', message);
    if (message.type === 'auth') return; // loopback needs no token
    this.#subscription = message;
    const { cameras, every, questions, since } = message;
    this.tell({ type: 'subscribed', cameras, every, questions: questions ?? null, since: since ?? null });
    if (since !== undefined) this.#tellMissed(since);
  }

  /** Nothing is kept to be sent again yet: what was missed is told as a gap. */
  #tellMissed(since: string): void {
    const colon = since.lastIndexOf(':');
    const seq = Number(since.slice(colon + 1));
    const { epoch, last } = this.#hub;
    const from = since.slice(0, colon) === epoch ? seq + 1 : 1;
    if (from > last) return;
    const reason: GapMessage['reason'] = since.slice(0, colon) === epoch ? 'expired' : 'epoch';
    this.tell({ type: 'gap', epoch, from, to: last, missed: last - from + 1, reason });
    this.#sentSeq = last;
  }

  #complain(code: string, message: string): void {
    this.tell({ type: 'error', code, message });
    if (++this.#mistakes >= MAX_MISTAKES) void this.close(1008, 'too many malformed messages', SLOW_CLOSE_GRACE_MS);
  }
}
