import { findWebSocket, type SocketConstructor, type SocketLike } from './socket.ts';

/** A message of the daemon; fields that this version does not know may be there. */
export interface ServerMessage {
  readonly type: string;
  readonly [field: string]: unknown;
}

export interface WeirClientOptions {
  /** `ws://host:port/v1/labels` */
  readonly url: string;
  readonly cameras: readonly string[] | 'all';
  readonly every: 'frame' | 'change';
  /** Ids of questions; all of them without. */
  readonly questions?: readonly string[];
  /** `epoch:seq` of the last message seen earlier. */
  readonly since?: string;
  readonly onMessage: (message: ServerMessage) => void;
  /** The connection was lost or refused; the client tries again after `retryMs`. */
  readonly onDisconnect?: (reason: string, retryMs: number) => void;
  readonly WebSocket?: SocketConstructor;
}

const SUBPROTOCOL = 'weir.v1+json';
const RETRY_FIRST_MS = 500;
const RETRY_MAX_MS = 15_000;

/** Subscribes to a daemon's labels and stays subscribed over lost connections. */
export class WeirClient {
  readonly #options: WeirClientOptions;
  #socket: SocketLike | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #since: string | undefined;
  #failures = 0;
  #closed = false;
  /** Why the connection broke off, as far as is known. */
  #problem = '';

  constructor(options: WeirClientOptions) {
    this.#options = options;
    this.#since = options.since;
  }

  async connect(): Promise<void> {
    const Socket = this.#options.WebSocket ?? (await findWebSocket());
    if (this.#closed) return;
    const socket = new Socket(this.#options.url, [SUBPROTOCOL]);
    this.#socket = socket;
    this.#problem = '';
    socket.addEventListener('error', (event) => {
      this.#problem ||= event.message ?? 'connection failed';
    });
    socket.addEventListener('message', (event) => this.#onMessage(socket, String(event.data)));
    socket.addEventListener('close', (event) =>
      this.#onClose(this.#problem || event.reason || `closed with ${event.code}`),
    );
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#socket?.close(1000);
  }

  #onMessage(socket: SocketLike, text: string): void {
    const message = parse(text);
    if (message === null) {
      this.#problem = 'it does not speak weir.v1+json';
      return socket.close(1002);
    }
    if (message.type === 'hello') {
      this.#failures = 0;
      const { cameras, every, questions } = this.#options;
      const since = this.#since === undefined ? {} : { since: this.#since };
      socket.send(JSON.stringify({ type: 'subscribe', cameras, every, questions, ...since }));
    }
    if (typeof message.seq === 'number') this.#since = `${message.epoch}:${message.seq}`;
    this.#options.onMessage(message);
  }

  #onClose(reason: string): void {
    if (this.#closed) return;
    const retryMs = Math.min(RETRY_MAX_MS, RETRY_FIRST_MS * 2 ** this.#failures++);
    this.#options.onDisconnect?.(reason, retryMs);
    this.#timer = setTimeout(() => void this.connect(), retryMs);
  }
}

function parse(text: string): ServerMessage | null {
  try {
    const message = JSON.parse(text) as ServerMessage | null;
    return typeof message?.type === 'string' ? message : null;
  } catch {
    return null;
  }
}
