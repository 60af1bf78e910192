import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import Fastify from 'fastify';
import { messageOf, WeirError } from '../errors.ts';
import { hostName, isLoopback, requireLoopback } from '../loopback.ts';
import { apiRoutes, type Routes } from './api.ts';
import { isOwnOrigin } from './origin.ts';

export interface HttpParts {
  readonly host: string;
  readonly port: number;
  /** Prometheus text. */
  readonly metrics: () => Promise<{ readonly contentType: string; readonly text: string }>;
  /** Whether every camera is live or in a known state. */
  readonly ready: () => boolean;
  /** Paths that are upgraded to WebSocket, with what takes them over. */
  readonly upgrades: ReadonlyMap<string, (request: IncomingMessage, socket: Duplex, head: Buffer) => void>;
  /** Paths below `/api/`. */
  readonly api?: readonly Routes[];
  /** The dashboard: open to everyone, as it holds no data. */
  readonly pages?: Routes;
}

const HEADERS_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 15_000;

/** The daemon's HTTP side. */
export class HttpServer {
  readonly #app: FastifyInstance;
  readonly #parts: HttpParts;

  constructor(parts: HttpParts) {
    requireLoopback(parts.host);
    this.#parts = parts;
    this.#app = Fastify({ logger: false, forceCloseConnections: true, requestTimeout: REQUEST_TIMEOUT_MS });
    this.#app.server.headersTimeout = HEADERS_TIMEOUT_MS;
    this.#routes();
    this.#app.server.on('upgrade', (request, socket, head) => this.#onUpgrade(request, socket, head));
  }

  /**
   * @returns the address served, e.g. `http://127.0.0.1:8700`
   * @throws WeirError `port-in-use`, `port-forbidden`, `listen-failed`
   */
  async listen(): Promise<string> {
    const { host, port } = this.#parts;
    try {
      await this.#app.listen({ host, port });
    } catch (cause) {
      throw listenError(cause as NodeJS.ErrnoException, host, port);
    }
    const address = this.#app.server.address() as AddressInfo;
    const shown = address.family === 'IPv6' ? `[${address.address}]` : address.address;
    return `http://${shown}:${address.port}`;
  }

  /** Ends open requests and connections. Idempotent. */
  async close(): Promise<void> {
    await this.#app.close();
  }

  #routes(): void {
    const { metrics, ready } = this.#parts;
    // A page elsewhere whose name resolves to 127.0.0.1 (DNS rebinding) comes with its own name in Host.
    this.#app.addHook('onRequest', async (request, reply) => {
      if (!isLoopback(hostName(request.headers.host ?? ''))) return reply.code(421).send({ error: 'unknown host' });
      return undefined;
    });
    this.#app.get('/healthz', async () => ({ status: 'ok' }));
    this.#app.get('/readyz', async (_request, reply) => {
      const isReady = ready();
      return reply.code(isReady ? 200 : 503).send({ status: isReady ? 'ready' : 'not ready' });
    });
    this.#app.get('/metrics', async (_request, reply) => {
      const { contentType, text } = await metrics();
      return reply.type(contentType).send(text);
    });
    this.#parts.pages?.(this.#app);
    apiRoutes(this.#parts.api ?? [])(this.#app);
  }

  #onUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', () => socket.destroy());
    const path = (request.url ?? '').replace(/\?.*$/s, '');
    const accept = this.#parts.upgrades.get(path);
    if (!isLoopback(hostName(request.headers.host ?? ''))) return refuse(socket, '421 Misdirected Request');
    if (!isOwnOrigin(request)) return refuse(socket, '403 Forbidden');
    if (accept === undefined) return refuse(socket, '404 Not Found');
    accept(request, socket, head);
  }
}

function refuse(socket: Duplex, status: string): void {
  socket.once('finish', () => socket.destroy()); // whoever keeps it open must not keep a descriptor
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}

function listenError(cause: NodeJS.ErrnoException, host: string, port: number): WeirError {
  if (cause.code === 'EADDRINUSE') {
    return new WeirError('port-in-use', `port ${port} on ${host} is in use by another program (another Weir?)`, {
      remedy: 'stop it, or choose another port with --port N (0 picks a free one)',
      cause,
    });
  }
  if (cause.code === 'EACCES') {
    return new WeirError('port-forbidden', `port ${port} may not be opened by this user`, {
      remedy: 'choose a port above 1023 with --port N',
      cause,
    });
  }
  return new WeirError('listen-failed', `cannot serve on ${host}:${port}: ${messageOf(cause)}`, {
    remedy: 'check `server.host` and `server.port`',
    cause,
  });
}
