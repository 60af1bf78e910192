import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WebSocketServer } from 'ws';
import { openHistory } from '../src/commands/run-history.ts';
import { history as historyConfig } from '../src/config/history.ts';
import { SYSTEM_CLOCK } from '../src/service/clock.ts';
import { Hub } from '../src/sinks/hub.ts';
import { SUBPROTOCOL, WebSocketSink } from '../src/sinks/websocket.ts';
import { CAMERAS, LABELS_PER_SECOND, labelOf } from './subscribers-label.ts';

/** What labels leave by: Weir's own way, or the rival's. */
export interface Outlets {
  readonly url: string;
  /** Sends the n-th label to all that subscribed. */
  readonly label: (n: number) => void;
  /** Sends something large that only subscribers of all cameras want. */
  readonly flood: (bytes: number) => void;
  readonly close: () => Promise<void>;
}

const MOST = 1_200;

/** The daemon's outlets: hub, history on disk, and sink. */
export async function weirOutlets(slowLimitMs: number): Promise<Outlets> {
  const stateDir = await mkdtemp(join(tmpdir(), 'weir-bench-'));
  const config = historyConfig.parse({});
  const history = await openHistory(config, { stateDir, onNotice: say, onFailure: say });
  const hub = new Hub({ epoch: history.epoch, last: history.last, clock: SYSTEM_CLOCK });
  const sink = new WebSocketSink({
    hub,
    clock: SYSTEM_CLOCK,
    cameras: () => [],
    maxSubscribers: MOST,
    slowLimitMs,
    past: history.past,
  });
  if (history.sink !== null) hub.add(history.sink);
  hub.add(sink);
  const server = createServer();
  server.on('upgrade', (request, socket, head) => sink.accept(request, socket, head));
  return {
    url: await listen(server),
    label: (n) => hub.label(labelOf(n, SYSTEM_CLOCK.unixMs())),
    flood: (bytes) => hub.status({ camera: 'flood', state: 'live', reason: 'x'.repeat(bytes), degraded: [] }),
    close: async () => {
      await hub.close();
      await history.close();
      await rm(stateDir, { recursive: true, force: true });
      server.close();
    },
  };
}

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

/** The same bytes by `ws` alone: every message to every client, nothing kept, bounded, marked or told. */
export async function bareOutlets(): Promise<Outlets> {
  const server = createServer();
  const clients = new WebSocketServer({ server, perMessageDeflate: false, handleProtocols: () => SUBPROTOCOL });
  clients.on('connection', (client) => {
    client.send(JSON.stringify({ type: 'hello', version: 1, epoch: 'bench', first: 1, last: 0, cameras: [] }));
    client.once('message', () => client.send(JSON.stringify({ type: 'subscribed' })));
  });
  let seq = 0;
  return {
    url: await listen(server),
    label: (n) => {
      const emittedAtMs = SYSTEM_CLOCK.unixMs();
      const message = { type: 'label', epoch: 'bench', seq: ++seq, ...labelOf(n, emittedAtMs), emittedAtMs };
      const text = JSON.stringify(message);
      for (const client of clients.clients) client.send(text);
    },
    flood: () => {},
    close: async () => {
      for (const client of clients.clients) client.terminate();
      clients.close();
      server.close();
    },
  };
}

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `ws://127.0.0.1:${(server.address() as AddressInfo).port}/v1/labels`;
}

/** Labels at their pace, one camera after the other; what came late is caught up with. */
export class Emission {
  readonly #timer: NodeJS.Timeout;
  /** Labels that were sent. */
  sent = 0;

  constructor(outlets: Outlets) {
    const everyMs = 1000 / LABELS_PER_SECOND;
    const begun = performance.now();
    this.#timer = setInterval(() => {
      while (this.sent * everyMs <= performance.now() - begun) outlets.label(this.sent++);
    }, everyMs / 2);
  }

  stop(): number {
    clearInterval(this.#timer);
    return this.sent;
  }
}

export const READ_BY_ALL: readonly string[] = CAMERAS;
