import { BACKOFF, type Backoff, retryDelayMs } from './backoff.ts';
import { type ConnectionEnd, converse, SINCE_FUTURE } from './connection.ts';
import { Iteration } from './iteration.ts';
import { type HelloMessage, type IteratedMessage, placeAfter, placeOfHello, type ServerMessage } from './messages.ts';
import { findWebSocket, type SocketConstructor } from './socket.ts';

export type * from './messages.ts';
export type { Backoff, SocketConstructor };

export interface WeirClientOptions {
  /** `ws://host:port/v1/labels` or `wss://…` */
  readonly url: string;
  /** All of them without. */
  readonly cameras?: readonly string[] | 'all';
  /** Labels of every frame, or those with which the stable answer changed (default). */
  readonly every?: 'frame' | 'change';
  /** Ids of questions; all of them without. */
  readonly questions?: readonly string[];
  /** Goes on behind this place, a former client's `lastSince`; without it, with what comes from now on. */
  readonly since?: string;
  /** An access token; sent as a subprotocol, since browsers can set no header. */
  readonly token?: string;
  /** Closes the client when it is aborted. */
  readonly signal?: AbortSignal;
  /** In place of the platform's. */
  readonly WebSocket?: SocketConstructor;
  readonly backoff?: Partial<Backoff>;
  /** Messages that wait for an iteration before the oldest are dropped and told as a gap (default: 1,000). */
  readonly buffer?: number;
  /** A connection that says nothing for this long is given up (default: 15,000; a daemon marks every 5,000 at least). */
  readonly silenceMs?: number;
}

/** Where a client is; see docs/client.md. */
export type ClientState =
  | { readonly name: 'idle' | 'connecting' | 'live' }
  | { readonly name: 'waiting'; readonly reason: string; readonly retryMs: number }
  | { readonly name: 'closed'; readonly reason: string; readonly error: WeirRefusal | null };

/** The daemon, or the platform, refuses what was asked for: trying again is of no use. */
export class WeirRefusal extends Error {
  override readonly name = 'WeirRefusal';
  /** Close code of the WebSocket protocol: 1008 of what the daemon refused. */
  readonly code: number;

  constructor(reason: string, code: number) {
    super(reason);
    this.code = code;
  }
}

/** What can be listened to; `message` is every message whatever its type. */
export type ClientEvents = { [M in ServerMessage as M['type']]: M } & { message: ServerMessage; state: ClientState };

type Listener = (value: never) => void;

const SUBPROTOCOL = 'weir.v1+json';
const BUFFER = 1_000;
const SILENCE_MS = 15_000;

/** Subscribes to a daemon's labels and stays subscribed over lost connections: of each message that it asked for it tells, or of a gap. */
export class WeirClient implements AsyncIterable<IteratedMessage> {
  readonly #options: WeirClientOptions;
  readonly #listeners = new Map<string, Set<Listener>>();
  readonly #onAbort = () => this.close();
  #state: ClientState = { name: 'idle' };
  #iteration: Iteration | null = null;
  #leave: (() => void) | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #received: string | undefined;
  #greeted: string | undefined;
  #failures = 0;

  constructor(options: WeirClientOptions) {
    this.#options = options;
    this.#received = options.since;
    options.signal?.addEventListener('abort', this.#onAbort);
  }

  get state(): ClientState {
    return this.#state;
  }

  /**
   * The place up to which everything was told, `epoch:seq`, to be kept and given as `since` to a later client; `undefined` before the first
   * greeting. Of an iteration: with the message that it gave last.
   */
  get lastSince(): string | undefined {
    return this.#iteration === null ? this.#received : this.#iteration.place;
  }

  /** @returns a function that takes the listener away again */
  on<T extends keyof ClientEvents>(type: T, listener: (value: ClientEvents[T]) => void): () => void {
    const listeners = this.#listeners.get(type) ?? new Set();
    this.#listeners.set(type, listeners.add(listener));
    return () => listeners.delete(listener);
  }

  /** Connects, once; listeners that are there by then miss nothing. An iteration does it by itself. */
  connect(): this {
    if (this.#options.signal?.aborted) this.close();
    if (this.#state.name === 'idle') void this.#connect();
    return this;
  }

  /** Ends for good; what waits for an iteration is let go, and is behind `lastSince`. */
  close(reason = 'closed'): void {
    this.#end(reason, null);
  }

  /**
   * The messages from here on, one at a time; leaving the loop closes the client.
   *
   * @throws Error when there was an iteration already
   * @throws WeirRefusal from the iteration, when the daemon refuses
   */
  [Symbol.asyncIterator](): AsyncIterator<IteratedMessage> {
    if (this.#iteration !== null) throw new Error('a client is iterated once: make another for a second reader');
    this.#iteration = new Iteration(this.#options.buffer ?? BUFFER, this.#received, () => this.close());
    this.connect();
    if (this.#state.name === 'closed') this.#iteration.end(this.#state.error);
    return this.#iteration;
  }

  async #connect(): Promise<void> {
    this.#become({ name: 'connecting' });
    const { url, token, silenceMs = SILENCE_MS } = this.#options;
    try {
      const Socket = this.#options.WebSocket ?? (await findWebSocket());
      if (this.#state.name === 'closed') return;
      const socket = new Socket(url, [SUBPROTOCOL, ...(token === undefined ? [] : [`weir.token.${token}`])]);
      this.#leave = converse(socket, {
        subscription: (hello) => this.#subscription(hello),
        onMessage: (message) => this.#onMessage(message),
        onEnd: (end) => this.#onEnd(end),
        silenceMs,
      });
    } catch (error) {
      // No WebSocket, or it does not take the address or the token.
      this.#end(...refusal(error instanceof Error ? error.message : String(error), 0));
    }
  }

  #subscription(hello: HelloMessage): object {
    this.#greeted = placeOfHello(hello);
    this.#received ??= this.#greeted;
    const { cameras = 'all', every = 'change', questions } = this.#options;
    return { type: 'subscribe', cameras, every, questions, since: this.#received };
  }

  #onMessage(message: ServerMessage): void {
    // Of a place that is still to come the daemon says so, and goes on from now.
    const isAhead = message.type === 'error' && message.code === SINCE_FUTURE;
    this.#received = isAhead ? this.#greeted : (placeAfter(message) ?? this.#received);
    if (message.type === 'mark') this.#failures = 0; // it has lived for a while
    if (message.type === 'subscribed') this.#become({ name: 'live' });
    this.#iteration?.take(message, this.#received);
    this.#tell(message.type, message);
    this.#tell('message', message);
  }

  #onEnd({ code, reason, isFinal }: ConnectionEnd): void {
    if (isFinal) return this.#end(...refusal(reason, code));
    const retryMs = retryDelayMs(this.#failures++, Math.random(), { ...BACKOFF, ...this.#options.backoff });
    this.#timer = setTimeout(() => void this.#connect(), retryMs);
    this.#become({ name: 'waiting', reason, retryMs });
  }

  #end(reason: string, error: WeirRefusal | null): void {
    if (this.#state.name === 'closed') return;
    clearTimeout(this.#timer);
    this.#leave?.();
    this.#options.signal?.removeEventListener('abort', this.#onAbort);
    this.#iteration?.end(error);
    this.#become({ name: 'closed', reason, error });
  }

  #become(state: ClientState): void {
    this.#state = state;
    this.#tell('state', state);
  }

  #tell(type: string, value: unknown): void {
    for (const listener of this.#listeners.get(type) ?? []) {
      try {
        listener(value as never);
      } catch (error) {
        // A listener's mistake is told as such; the others and the connection go on.
        queueMicrotask(() => {
          throw error;
        });
      }
    }
  }
}

function refusal(reason: string, code: number): [string, WeirRefusal] {
  return [reason, new WeirRefusal(reason, code)];
}
