import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import type { ListedCamera } from '../pipeline/told.ts';
import type { Hub } from './hub.ts';
import type { HelloMessage, SequencedMessage, ServerMessage, Sink } from './messages.ts';
import { Subscriber } from './subscriber.ts';

export const LABELS_PATH = '/v1/labels';
export const SUBPROTOCOL = 'weir.v1+json';

/** Larger messages from clients are refused; a subscription is far smaller. */
const MAX_PAYLOAD_BYTES = 16 * 1024;
/** The protocol says every 5 s at least; a busy moment must not make it later. */
const MARK_EVERY_MS = 4_000;
const PING_EVERY_MS = 25_000;
/** How long a subscriber may take to answer the close. */
const CLOSE_GRACE_MS = 1_000;

export interface WebSocketSinkParts {
  readonly hub: Hub;
  /** State and questions of every camera, for `hello`. */
  readonly cameras: () => readonly ListedCamera[];
  readonly maxSubscribers: number;
  /** Other than usual, in tests. */
  readonly slowLimitMs?: number;
}

/** Labels for any number of subscribers over WebSocket, subprotocol `weir.v1+json`. */
export class WebSocketSink implements Sink {
  readonly #parts: WebSocketSinkParts;
  readonly #server: WebSocketServer;
  readonly #subscribers = new Set<Subscriber>();
  readonly #timers: NodeJS.Timeout[];
  #droppedByGone = 0;

  constructor(parts: WebSocketSinkParts) {
    this.#parts = parts;
    this.#server = new WebSocketServer({
      noServer: true,
      maxPayload: MAX_PAYLOAD_BYTES,
      perMessageDeflate: false,
      handleProtocols: (offered) => (offered.has(SUBPROTOCOL) ? SUBPROTOCOL : false),
    });
    this.#timers = [
      setInterval(() => this.#each((subscriber) => subscriber.mark()), MARK_EVERY_MS),
      setInterval(() => this.#each((subscriber) => subscriber.ping()), PING_EVERY_MS),
    ];
  }

  get subscribers(): number {
    return this.#subscribers.size;
  }

  /** Messages that slow subscribers did not get. */
  get dropped(): number {
    let dropped = this.#droppedByGone;
    for (const subscriber of this.#subscribers) dropped += subscriber.dropped;
    return dropped;
  }

  /** Takes over an HTTP upgrade that was found to be allowed. */
  accept(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    this.#server.handleUpgrade(request, socket, head, (client) => {
      if (this.#subscribers.size >= this.#parts.maxSubscribers) return client.close(1013, 'too many subscribers');
      this.#welcome(client);
    });
  }

  publish(message: SequencedMessage): void {
    let text: string | null = null;
    for (const subscriber of this.#subscribers) {
      if (!subscriber.wants(message)) continue;
      text ??= JSON.stringify(message);
      subscriber.send({ seq: message.seq, text });
    }
  }

  async close(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    const closing = [...this.#subscribers].map((subscriber) =>
      subscriber.close(1012, 'the daemon stops', CLOSE_GRACE_MS),
    );
    await Promise.all(closing);
    this.#server.close();
  }

  #welcome(client: WebSocket): void {
    const { hub } = this.#parts;
    const subscriber = new Subscriber(client, hub, this.#parts.slowLimitMs);
    this.#subscribers.add(subscriber);
    client.once('close', () => {
      this.#subscribers.delete(subscriber);
      this.#droppedByGone += subscriber.dropped;
    });
    subscriber.tell(this.#hello());
  }

  #hello(): HelloMessage & ServerMessage {
    const { hub, cameras } = this.#parts;
    return {
      type: 'hello',
      version: 1,
      epoch: hub.epoch,
      first: hub.last + 1,
      last: hub.last,
      cameras: cameras().map(({ camera, ...known }) => ({ id: camera, ...known })),
    };
  }

  #each(action: (subscriber: Subscriber) => void): void {
    for (const subscriber of this.#subscribers) action(subscriber);
  }
}
