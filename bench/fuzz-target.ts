import { WebSocket } from 'ws';
import { HttpServer } from '../src/server/http.ts';
import { SYSTEM_CLOCK } from '../src/service/clock.ts';
import { Hub } from '../src/sinks/hub.ts';
import { LABELS_PATH, SUBPROTOCOL, WebSocketSink } from '../src/sinks/websocket.ts';

const SAY_EVERY_MS = 10;

/** The daemon's HTTP side and sockets in this process, with one subscriber that does nothing wrong. */
export class FuzzTarget {
  readonly hub = new Hub({ epoch: 'now', last: 0, clock: SYSTEM_CLOCK });
  readonly #sockets = new WebSocketSink({ hub: this.hub, cameras: () => [], maxSubscribers: 200, clock: SYSTEM_CLOCK });
  readonly #http: HttpServer;
  readonly seen: number[] = [];
  port = 0;
  #timer: NodeJS.Timeout | undefined;
  #witness: WebSocket | undefined;

  constructor() {
    this.hub.add(this.#sockets);
    this.#http = new HttpServer({
      host: '127.0.0.1',
      port: 0,
      metrics: async () => ({ contentType: 'text/plain', text: '' }),
      ready: () => true,
      upgrades: new Map([[LABELS_PATH, (request, socket, head) => this.#sockets.accept(request, socket, head)]]),
      api: [(app) => void app.get('/api/cameras', async () => [])],
    });
  }

  get subscribers(): number {
    return this.#sockets.subscribers;
  }

  async open(): Promise<void> {
    const address = await this.#http.listen();
    this.port = Number(new URL(address).port);
    const witness = new WebSocket(`${address.replace('http', 'ws')}${LABELS_PATH}`, [SUBPROTOCOL]);
    this.#witness = witness;
    await new Promise<void>((resolve, reject) => {
      witness.on('error', reject);
      witness.on('message', (data) => {
        const { type, seq } = JSON.parse(String(data));
        if (type === 'hello') witness.send('{"type":"subscribe","cameras":"all","every":"frame"}');
        if (type === 'subscribed') resolve();
        if (type === 'camera') this.seen.push(seq);
      });
    });
    this.#timer = setInterval(() => this.say(), SAY_EVERY_MS);
  }

  say(): void {
    this.hub.status({ camera: 'gate', state: 'live', reason: '', degraded: [] });
  }

  /** Stops publishing and waits until the witness has all of it. @returns the numbers that it does not have */
  async missing(): Promise<number[]> {
    clearInterval(this.#timer);
    const end = performance.now() + 5_000;
    while (this.seen.length < this.hub.last && performance.now() < end)
      await new Promise((done) => setTimeout(done, 10));
    const seen = new Set(this.seen);
    return Array.from({ length: this.hub.last }, (_, index) => index + 1).filter((seq) => !seen.has(seq));
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    this.#witness?.terminate();
    await this.hub.close();
    await this.#http.close();
  }
}
