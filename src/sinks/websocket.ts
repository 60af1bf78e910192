import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import type { ListedCamera } from '../pipeline/told.ts';
import { type Access, isRefusal, mayRead, OPEN_ACCESS, openTo, type Principal, type Refusal } from '../principal.ts';
import { MAX_FRAGMENTS, MAX_PAYLOAD_BYTES } from '../protocol/limits.ts';
import type { HelloMessage, SequencedMessage } from '../protocol/messages.ts';
import type { Clock } from '../types.ts';
import { SUBPROTOCOL, tokenOf } from './admission.ts';
import type { Hub } from './hub.ts';
import { Outgoing } from './outgoing.ts';
import { NO_PAST, type Past } from './past.ts';
import type { Sink } from './sink.ts';
import { SLOW_LIMIT_MS, Subscriber, TOO_MANY } from './subscriber.ts';
import { Wire } from './wire.ts';

export { SUBPROTOCOL } from './admission.ts';
export const LABELS_PATH = '/v1/labels';

/** The protocol says every 5 s at least; a busy moment must not make it later. */
const MARK_EVERY_MS = 4_000;
const PING_EVERY_MS = 25_000;
/** A token that is no longer valid ends its connections within a minute. */
const RECHECK_EVERY_MS = 30_000;
/** Of those who have not said who they are, which takes 5 s at most: they must not keep out who has. */
const MAX_STRANGERS = 200;
/** How long a subscriber may take to answer the close. */
const CLOSE_GRACE_MS = 1_000;
/** Small messages are not worth compressing; no window is kept between messages, so an idle subscriber costs no memory for it. */
const DEFLATE = {
  threshold: 1024,
  serverNoContextTakeover: true,
  clientNoContextTakeover: true,
  concurrencyLimit: 2,
  zlibDeflateOptions: { level: 1, memLevel: 7 },
};

export interface WebSocketSinkParts {
  readonly hub: Hub;
  /** State and questions of every camera, for `hello`. */
  readonly cameras: () => readonly ListedCamera[];
  readonly maxSubscribers: number;
  /** Connections at once that have not said who they are, beside the subscribers. Other than usual, in tests. */
  readonly maxStrangers?: number;
  readonly clock: Clock;
  /** Everybody may come, without it. */
  readonly access?: Access;
  /** What is kept beyond memory; nothing without it. */
  readonly past?: Past;
  /** Whether to compress for clients that offer it. */
  readonly deflate?: boolean;
  /** Other than usual, in tests. */
  readonly slowLimitMs?: number;
  readonly authWithinMs?: number;
  readonly markEveryMs?: number;
  readonly pingEveryMs?: number;
  readonly recheckEveryMs?: number;
}

/** Labels for any number of subscribers over WebSocket, subprotocol `weir.v1+json`. */
export class WebSocketSink implements Sink {
  readonly #parts: WebSocketSinkParts;
  readonly #access: Access;
  readonly #past: Past;
  readonly #server: WebSocketServer;
  readonly #subscribers = new Set<Subscriber>();
  readonly #timers: NodeJS.Timeout[];
  readonly #unwatch: () => void;
  #droppedByGone = 0;

  constructor(parts: WebSocketSinkParts) {
    this.#parts = parts;
    this.#access = parts.access ?? OPEN_ACCESS;
    this.#past = parts.past ?? NO_PAST;
    this.#server = new WebSocketServer({
      noServer: true,
      maxPayload: MAX_PAYLOAD_BYTES,
      maxFragments: MAX_FRAGMENTS,
      autoPong: false,
      perMessageDeflate: parts.deflate === true ? DEFLATE : false,
      handleProtocols: (offered) => (offered.has(SUBPROTOCOL) ? SUBPROTOCOL : false),
    });
    const every = (ms: number, action: (subscriber: Subscriber) => void) => setInterval(() => this.#each(action), ms);
    this.#timers = [
      every(parts.markEveryMs ?? MARK_EVERY_MS, (subscriber) => subscriber.mark()),
      every(parts.pingEveryMs ?? PING_EVERY_MS, (subscriber) => subscriber.ping()),
      every(parts.recheckEveryMs ?? RECHECK_EVERY_MS, (subscriber) => subscriber.recheck()),
    ];
    this.#unwatch = this.#access.onChange(() => this.#each((subscriber) => subscriber.recheck()));
  }

  /** Those that were let in. */
  get subscribers(): number {
    let count = 0;
    for (const { isAdmitted } of this.#subscribers) if (isAdmitted) count++;
    return count;
  }

  /** Messages that slow subscribers did not get. */
  get dropped(): number {
    let dropped = this.#droppedByGone;
    for (const subscriber of this.#subscribers) dropped += subscriber.dropped;
    return dropped;
  }

  /** Takes over an HTTP upgrade that was found to be allowed. */
  accept(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const address = request.socket.remoteAddress ?? '';
    const token = tokenOf(request);
    const open = openTo(request.headers, this.#access);
    const blocked = token === null && open === null ? this.#access.isBlocked(address) : null;
    if (blocked !== null) return refuseBlocked(socket, blocked.retryAfterSeconds);
    this.#server.handleUpgrade(request, socket, head, (client) => {
      const answer = token === null ? open : this.#access.check(token, address);
      if (this.#isFullFor(answer)) {
        client.on('error', () => client.terminate());
        return client.close(1013, TOO_MANY);
      }
      this.#welcome(client, address, answer);
    });
  }

  publish(message: SequencedMessage, text: string): void {
    let item: Outgoing | null = null;
    for (const subscriber of this.#subscribers) {
      if (!subscriber.wants(message)) continue;
      item ??= new Outgoing(message.seq, text);
      subscriber.send(item);
    }
  }

  async close(): Promise<void> {
    this.#unwatch();
    for (const timer of this.#timers) clearInterval(timer);
    const closing = [...this.#subscribers].map((subscriber) =>
      subscriber.close(1012, 'the daemon stops', CLOSE_GRACE_MS),
    );
    await Promise.all(closing);
    this.#server.close();
  }

  /** @param answer `null`: it is still to say who it is */
  #isFullFor(answer: Principal | Refusal | null): boolean {
    const { maxSubscribers, maxStrangers = MAX_STRANGERS } = this.#parts;
    const admitted = this.subscribers;
    const isStranger = answer === null || isRefusal(answer);
    return isStranger ? this.#subscribers.size - admitted >= maxStrangers : admitted >= maxSubscribers;
  }

  #welcome(client: WebSocket, address: string, answer: Principal | Refusal | null): void {
    const { hub, clock, authWithinMs, maxSubscribers, slowLimitMs = SLOW_LIMIT_MS } = this.#parts;
    const subscriber = new Subscriber(new Wire(client), {
      hub,
      past: this.#past,
      access: this.#access,
      clock,
      hello: (principal) => this.#hello(principal),
      isFull: () => this.subscribers >= maxSubscribers,
      address,
      slowLimitMs,
      ...(authWithinMs === undefined ? {} : { authWithinMs }),
    });
    this.#subscribers.add(subscriber);
    client.once('close', () => {
      this.#subscribers.delete(subscriber);
      this.#droppedByGone += subscriber.dropped;
    });
    if (answer !== null) subscriber.admit(answer);
  }

  #hello(principal: Principal): HelloMessage {
    const { hub, cameras } = this.#parts;
    return {
      type: 'hello',
      version: 1,
      epoch: hub.epoch,
      first: Math.min(this.#past.first, hub.recent.first),
      last: hub.last,
      cameras: cameras()
        .filter(({ camera }) => mayRead(principal, camera))
        .map(({ camera, ...known }) => ({ id: camera, ...known })),
    };
  }

  #each(action: (subscriber: Subscriber) => void): void {
    for (const subscriber of this.#subscribers) action(subscriber);
  }
}

function refuseBlocked(socket: Duplex, retryAfterSeconds = 60): void {
  socket.once('finish', () => socket.destroy());
  socket.end(
    `HTTP/1.1 429 Too Many Requests\r\nRetry-After: ${retryAfterSeconds}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`,
  );
}
