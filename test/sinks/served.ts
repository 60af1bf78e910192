import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocket } from 'ws';
import type { ListedCamera } from '../../src/pipeline/told.ts';
import type { Access, Principal, Refusal } from '../../src/principal.ts';
import { SYSTEM_CLOCK } from '../../src/service/clock.ts';
import { Hub } from '../../src/sinks/hub.ts';
import { LABELS_PATH, SUBPROTOCOL, WebSocketSink, type WebSocketSinkParts } from '../../src/sinks/websocket.ts';
import { waitFor } from '../support/processes.ts';

export const CAMERAS: readonly ListedCamera[] = ['gate', 'yard'].map((camera) => ({
  camera,
  state: 'live',
  reason: '',
  degraded: [],
  questions: [{ id: 'default' }],
}));

export interface Message {
  readonly type: string;
  readonly [field: string]: unknown;
}

/** Tokens that the test gives and takes. */
export class Tokens implements Access {
  open: Principal | null = null;
  isOpenToDirectOnly = false;
  readonly #known = new Map<string, Principal>();
  readonly #listeners = new Set<() => void>();

  allow(token: string, cameras: Principal['cameras'] = 'all'): void {
    this.#known.set(token, { name: token, scope: 'read', cameras, token });
    for (const listener of this.#listeners) listener();
  }

  revoke(token: string): void {
    this.#known.delete(token);
    for (const listener of this.#listeners) listener();
  }

  check(token: string): Principal | Refusal {
    return this.#known.get(token) ?? { code: 'token-invalid', message: 'no such token', remedy: 'make one' };
  }

  isBlocked(): null {
    return null;
  }

  recheck(principal: Principal): Principal | Refusal {
    return principal.token === undefined ? principal : this.check(principal.token);
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}

/** Sockets at a port of their own, with a hub behind. */
export class Served {
  readonly hub: Hub;
  readonly sink: WebSocketSink;
  readonly #server: Server;
  readonly #clients: WebSocket[] = [];

  constructor(parts: Partial<WebSocketSinkParts> = {}, line = { epoch: 'now', last: 0 }) {
    this.hub = new Hub({ ...line, clock: SYSTEM_CLOCK });
    const { hub } = this;
    this.sink = new WebSocketSink({ hub, cameras: () => CAMERAS, maxSubscribers: 10, clock: SYSTEM_CLOCK, ...parts });
    hub.add(this.sink);
    this.#server = createServer();
    this.#server.on('upgrade', (request, socket, head) => this.sink.accept(request, socket, head));
  }

  async listen(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return this;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  client(options: ClientOptions = {}): Client {
    const client = new Client(`ws://127.0.0.1:${this.port}${LABELS_PATH}`, options);
    this.#clients.push(client.socket);
    return client;
  }

  /** One message of a camera. */
  say(camera = 'gate', reason = ''): void {
    this.hub.status({ camera, state: 'live', reason, degraded: [] });
  }

  async close(): Promise<void> {
    for (const client of this.#clients.splice(0)) client.terminate();
    await this.hub.close();
    this.#server.close();
  }
}

interface ClientOptions {
  readonly token?: string;
  readonly headers?: Record<string, string>;
  readonly deflate?: boolean;
  readonly autoPong?: boolean;
}

/** A client with everything that it was sent. */
export class Client {
  readonly socket: WebSocket;
  readonly messages: Message[] = [];
  closed: { readonly code: number; readonly reason: string } | null = null;

  constructor(url: string, { token, headers = {}, deflate = false, autoPong = true }: ClientOptions) {
    const protocols = token === undefined ? [SUBPROTOCOL] : [SUBPROTOCOL, `weir.token.${token}`];
    this.socket = new WebSocket(url, protocols, { headers, perMessageDeflate: deflate, autoPong });
    this.socket.on('message', (data) => this.messages.push(JSON.parse(String(data))));
    this.socket.on('error', () => {});
    this.socket.on('close', (code, reason) => {
      this.closed = { code, reason: String(reason) };
    });
  }

  of(type: string): Message[] {
    return this.messages.filter((message) => message.type === type);
  }

  async until(type: string, count = 1): Promise<Message> {
    await waitFor(() => this.of(type).length >= count, `${count} ${type}`, 8000);
    return this.of(type)[count - 1] as Message;
  }

  async untilClosed(): Promise<{ readonly code: number; readonly reason: string }> {
    await waitFor(() => this.closed !== null, 'the close', 8000);
    return this.closed ?? { code: 0, reason: '' };
  }

  say(message: object): void {
    this.socket.send(JSON.stringify(message));
  }

  async subscribe(fields: object = {}): Promise<void> {
    await this.until('hello');
    const count = this.of('subscribed').length;
    this.say({ type: 'subscribe', cameras: 'all', every: 'frame', ...fields });
    await this.until('subscribed', count + 1);
  }
}
