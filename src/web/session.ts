import { createApi } from './api.ts';
import { openLive } from './live.ts';
import { askLately, askPast } from './past.ts';
import { Drawing } from './store/drawing.ts';
import { Fleet } from './store/fleet.ts';
import { Listeners } from './store/listeners.ts';
import { PAGE_TIME } from './store/page-time.ts';
import type { Api, CamerasAnswer, PageParts, Problem, ServerMessage } from './wire.ts';

/** How the page is connected. */
export type Connection =
  | { readonly kind: 'starting' }
  | { readonly kind: 'live' }
  | { readonly kind: 'waiting'; readonly untilMs: number; readonly reason: string }
  | { readonly kind: 'token'; readonly problem: Problem | null };

export const CONNECTION = '*connection';
export const ANNOUNCEMENT = '*announcement';

const TOKEN_KEY = 'weir.token';
const DRAW_GAP_MS = 300;
const DESCRIBE_GAP_MS = 400;

/** What the whole page shares: the connection, what was told over it, and the token. */
export class Session {
  readonly drawing = new Drawing(PAGE_TIME, DRAW_GAP_MS);
  readonly api: Api;
  readonly fleet: Fleet;
  readonly parts: PageParts;
  connection: Connection = { kind: 'starting' };
  announcement = '';
  readonly #listeners = new Listeners();
  #token = sessionStorage.getItem(TOKEN_KEY);
  #isPastKnown = false;
  #starts = 0;
  #end: (() => void) | null = null;
  #describing: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    this.api = createApi(
      () => this.#token,
      (problem) => this.#refused(problem),
    );
    this.fleet = new Fleet({
      changed: (key) => this.drawing.changed(key),
      announce: (sentence) => this.announce(sentence),
    });
    this.parts = { api: this.api, listen: (camera, listener) => this.#listeners.listen(camera, listener) };
  }

  get hasToken(): boolean {
    return this.#token !== null;
  }

  /** Asks whether a token is needed, then listens. */
  async start(): Promise<void> {
    this.#end?.();
    this.#end = null;
    const start = ++this.#starts;
    try {
      this.fleet.describe(await this.api.get<CamerasAnswer>('/api/cameras'));
    } catch {
      // Refused: a token is asked for. Not reached: the live connection tries again on its own.
      if (this.connection.kind === 'token') return;
    }
    // Another token was given meanwhile.
    if (start !== this.#starts) return;
    this.#isPastKnown = false;
    this.#end = openLive({
      token: this.#token,
      onMessage: (message) => this.#take(message),
      onLost: (reason, retryMs) => this.#lost(reason, retryMs),
      onAfresh: () => {
        this.#isPastKnown = false;
        this.fleet.forgetStrips();
      },
      onRefused: (message) => this.#refused({ status: 401, code: 'refused', message, remedy: null }),
    });
  }

  /** Keeps a token for this tab alone, and connects with it. */
  useToken(token: string | null): void {
    this.#token = token;
    if (token === null) sessionStorage.removeItem(TOKEN_KEY);
    else sessionStorage.setItem(TOKEN_KEY, token);
    this.#become({ kind: 'starting' });
    void this.start();
  }

  announce(sentence: string): void {
    this.announcement = sentence;
    this.drawing.changed(ANNOUNCEMENT);
  }

  /** What REST knows of cameras, asked for anew; several wishes at once are one request. */
  describeSoon(afterMs = DESCRIBE_GAP_MS): void {
    if (this.#describing !== undefined) return;
    this.#describing = setTimeout(async () => {
      this.#describing = undefined;
      try {
        this.fleet.describe(await this.api.get<CamerasAnswer>('/api/cameras'));
      } catch {
        // The connection says what is wrong.
      }
    }, afterMs);
  }

  #take(message: ServerMessage): void {
    if (message.type === 'hello') {
      if (this.connection.kind === 'waiting') this.announce('Connected again.');
      this.#become({ kind: 'live' });
      this.#askPast();
    }
    if ('seq' in message && message.type !== 'mark') this.#listeners.tell(message);
    if (this.fleet.take(message)) this.describeSoon();
  }

  #askPast(): void {
    if (this.#isPastKnown) return;
    this.#isPastKnown = true;
    void askPast(this.api).then((pasts) => this.fleet.remember(pasts));
    void askLately(this.api).then((messages) => this.fleet.recall(messages));
  }

  #lost(reason: string, retryMs: number): void {
    if (this.connection.kind === 'live') this.announce('The connection is lost. It is tried again.');
    this.#become({ kind: 'waiting', untilMs: Date.now() + retryMs, reason });
    // A browser is not told why a WebSocket was refused: where it is for want of a token, this request is told so.
    this.describeSoon(0);
  }

  #refused(problem: Problem): void {
    this.#end?.();
    this.#end = null;
    this.#become({ kind: 'token', problem: this.#token === null ? null : problem });
  }

  #become(connection: Connection): void {
    this.connection = connection;
    this.drawing.changed(CONNECTION);
  }
}
