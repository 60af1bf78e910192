import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import { isLoopback } from '../loopback.ts';
import { type Access, isRefusal, OPEN_ACCESS } from '../principal.ts';
import { apiRoutes, type Routes } from './api.ts';
import { addressOf, hasTokenInUrl, principalOf } from './authorise.ts';
import type { Certificate } from './certificates.ts';
import { guardRequests } from './guard.ts';
import { ServedHosts } from './hosts.ts';
import { DEFAULT_LIMITS, type Limits, type Patience } from './limits.ts';
import { listen, newApp, replaceCertificate } from './listen.ts';
import { isOwnOrigin } from './origin.ts';

export interface HttpParts {
  readonly host: string;
  readonly port: number;
  /** Default: nobody needs a token. Only loopback may be served so. */
  readonly access?: Access;
  /** Further names under which the daemon is reached. */
  readonly names?: readonly string[];
  /** Origins whose pages may ask, beside its own. */
  readonly origins?: readonly string[];
  readonly limits?: Limits;
  readonly patience?: Patience;
  /** `null`: plain HTTP. */
  readonly certificate?: Certificate | null;
  /** Prometheus text. */
  readonly metrics: () => Promise<{ readonly contentType: string; readonly text: string }>;
  /** Whether every camera is live or in a known state. */
  readonly ready: () => boolean;
  /** Paths that are upgraded to WebSocket, with what takes them over and asks who it is. */
  readonly upgrades: ReadonlyMap<string, (request: IncomingMessage, socket: Duplex, head: Buffer) => void>;
  /**
   * Whether what takes over upgrades asks itself who it is, also by a first message, and keeps to the cameras of a token. Else only a
   * token for all cameras in the request is let in.
   */
  readonly upgradesAuthenticate?: boolean;
  /** Paths below `/api/`. */
  readonly api?: readonly Routes[];
  /** Paths elsewhere: the dashboard's files. */
  readonly pages?: readonly Routes[];
}

/** The daemon's HTTP side. */
export class HttpServer {
  readonly #app: FastifyInstance;
  readonly #parts: HttpParts;
  readonly #hosts: ServedHosts;
  readonly #origins: ReadonlySet<string>;

  constructor(parts: HttpParts) {
    if (parts.access === undefined && !isLoopback(parts.host))
      throw new Error(`nothing says who may ask ${parts.host}`);
    this.#parts = parts;
    this.#hosts = new ServedHosts(parts.host, parts.names ?? []);
    this.#origins = new Set(parts.origins?.map((origin) => origin.toLowerCase()));
    const limits = parts.limits ?? DEFAULT_LIMITS;
    this.#app = newApp(parts.certificate ?? null, limits, parts.patience);
    guardRequests(this.#app, {
      access: parts.access ?? OPEN_ACCESS,
      hosts: this.#hosts,
      origins: this.#origins,
      requestsInFlight: limits.requestsInFlight,
    });
    this.#routes();
    this.#app.server.on('upgrade', (request, socket, head) => this.#onUpgrade(request, socket, head));
  }

  /**
   * @returns the address served, e.g. `http://127.0.0.1:8700`
   * @throws WeirError `port-in-use`, `port-forbidden`, `listen-failed`
   */
  async listen(): Promise<string> {
    const { host, port, certificate } = this.#parts;
    return await listen(this.#app, host, port, certificate ? 'https' : 'http');
  }

  /** Serves with another certificate from now on; connections that there are keep theirs. */
  replaceCertificate(certificate: Certificate): void {
    replaceCertificate(this.#app, certificate);
  }

  /** Ends open requests and connections. Idempotent. */
  async close(): Promise<void> {
    await this.#app.close();
  }

  #routes(): void {
    const { metrics, ready, api = [], pages = [] } = this.#parts;
    this.#app.get('/healthz', async () => ({ status: 'ok' }));
    this.#app.get('/readyz', async (_request, reply) => {
      const isReady = ready();
      return reply.code(isReady ? 200 : 503).send({ status: isReady ? 'ready' : 'not ready' });
    });
    this.#app.get('/metrics', async (_request, reply) => {
      const { contentType, text } = await metrics();
      return reply.type(contentType).send(text);
    });
    for (const add of pages) add(this.#app);
    apiRoutes(api, this.#origins)(this.#app);
  }

  #onUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', () => socket.destroy());
    const url = request.url ?? '';
    const accept = this.#parts.upgrades.get(url.replace(/\?.*$/s, ''));
    if (!this.#hosts.has(request.headers.host)) return refuse(socket, '421 Misdirected Request');
    if (hasTokenInUrl(url)) return refuse(socket, '400 Bad Request', 'a token must not stand in the URL\n');
    if (!isOwnOrigin(request, this.#origins)) return refuse(socket, '403 Forbidden');
    if (accept === undefined) return refuse(socket, '404 Not Found');
    if (tokenHeader(request) === undefined) {
      const blocked = (this.#parts.access ?? OPEN_ACCESS).isBlocked(addressOf(request));
      if (blocked !== null) {
        return refuse(socket, '429 Too Many Requests', `${blocked.message}\n`, blocked.retryAfterSeconds);
      }
    }
    if (this.#parts.upgradesAuthenticate !== true) {
      const principal = principalOf(withToken(request), addressOf(request), this.#parts.access ?? OPEN_ACCESS);
      if (isRefusal(principal)) return refuse(socket, '401 Unauthorized', `${principal.message}\n`);
      if (principal.cameras !== 'all')
        return refuse(socket, '403 Forbidden', 'this token is limited to some cameras\n');
    }
    accept(request, socket, head);
  }
}

/** The token of an upgrade as a header would hold it: browsers can set none, but offer it as a subprotocol. */
function tokenHeader({ headers }: IncomingMessage): string | undefined {
  const offered = /(?:^|[\s,])weir\.token\.([^\s,]+)/.exec(headers['sec-websocket-protocol'] ?? '')?.[1];
  return headers.authorization ?? (offered === undefined ? undefined : `Bearer ${offered}`);
}

function withToken(request: IncomingMessage): IncomingMessage['headers'] {
  const authorization = tokenHeader(request);
  return authorization === undefined ? request.headers : { ...request.headers, authorization };
}

function refuse(socket: Duplex, status: string, text = '', retryAfterSeconds?: number): void {
  socket.once('finish', () => socket.destroy()); // whoever keeps it open must not keep a descriptor
  const retry = retryAfterSeconds === undefined ? '' : `Retry-After: ${retryAfterSeconds}\r\n`;
  const length = `Content-Length: ${Buffer.byteLength(text)}`;
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\n${retry}${length}\r\n\r\n${text}`);
}
