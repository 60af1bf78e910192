import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { labelOf } from '../../bench/subscribers-label.ts';
import { type SocketConstructor, WeirClient } from '../../src/client/client.ts';
import { SYSTEM_CLOCK } from '../../src/service/clock.ts';
import { Hub } from '../../src/sinks/hub.ts';
import { WebSocketSink } from '../../src/sinks/websocket.ts';
import { waitFor } from '../support/processes.ts';

const COUNT = 60;
const SILENT = 6;

/** A subscriber that checks that what comes is one unbroken line of messages and gaps. */
class Counting {
  readonly client: WeirClient;
  socket: WebSocket | undefined;
  last = 0;
  lost = 0;
  doubled = 0;
  gaps = 0;
  ends: string[] = [];

  constructor(url: string) {
    const opened = (socket: WebSocket) => {
      this.socket = socket;
    };
    class Opened extends WebSocket {
      constructor(address: string, protocols: string[]) {
        super(address, protocols);
        opened(this);
      }
    }
    this.client = new WeirClient({
      url,
      every: 'frame',
      WebSocket: Opened as SocketConstructor,
      backoff: { firstMs: 100 },
    });
    this.client.on('message', (message) => {
      if (message.type === 'gap') this.#take(message.from, message.to);
      else if (message.type !== 'mark' && 'seq' in message) this.#take(message.seq, message.seq);
      if (message.type === 'gap') this.gaps++;
    });
    this.client.on('state', (state) => {
      if (state.name === 'waiting') this.ends.push(state.reason);
    });
    this.client.connect();
  }

  #take(from: number, to: number): void {
    if (from > this.last + 1) this.lost += from - this.last - 1;
    if (from <= this.last) this.doubled++;
    this.last = to;
  }
}

let hub: Hub;
let server: Server;
let members: Counting[];
let sent = 0;

beforeEach(async () => {
  hub = new Hub({ epoch: 'crowd', last: 0, clock: SYSTEM_CLOCK });
  const sink = new WebSocketSink({
    hub,
    clock: SYSTEM_CLOCK,
    cameras: () => [],
    maxSubscribers: COUNT,
    slowLimitMs: 500,
  });
  hub.add(sink);
  server = createServer();
  server.on('upgrade', (request, socket, head) => sink.accept(request, socket, head));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}/v1/labels`;
  members = Array.from({ length: COUNT }, () => new Counting(url));
  await waitFor(() => members.every(({ client }) => client.state.name === 'live'), 'all to be live', 10_000);
});
afterEach(async () => {
  for (const { client } of members) client.close();
  await hub.close();
  server.close();
});

function send(count: number): void {
  for (let n = 0; n < count; n++) hub.label(labelOf(sent++, SYSTEM_CLOCK.unixMs()));
}

/** Something large, so that a socket that is not read is full soon. */
async function flood(rounds: number): Promise<void> {
  for (let n = 0; n < rounds; n++) {
    hub.status({ camera: 'flood', state: 'live', reason: '~'.repeat(50_000), degraded: [] });
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

const sums = (which: readonly Counting[], figure: 'lost' | 'doubled' | 'gaps') =>
  which.reduce((sum, member) => sum + member[figure], 0);

test('when all are cut off at once, each comes back to every message', async () => {
  send(50);
  await waitFor(() => members.every(({ last }) => last >= hub.last), 'the first labels', 10_000);
  expect([sums(members, 'lost'), sums(members, 'doubled'), sums(members, 'gaps')]).toEqual([0, 0, 0]);
  for (const { socket } of members) socket?.terminate();
  send(50);
  await waitFor(() => members.every(({ ends }) => ends.length > 0), 'all to be cut off', 10_000);
  send(50);
  await waitFor(() => members.every(({ client }) => client.state.name === 'live'), 'all to be back', 20_000);
  send(50);
  await waitFor(() => members.every(({ last }) => last >= hub.last), 'the last label', 10_000);
  expect([sums(members, 'lost'), sums(members, 'doubled'), sums(members, 'gaps')]).toEqual([0, 0, 0]);
}, 60_000);

test('those that do not read are told what they missed, and the others notice nothing', async () => {
  const silent = members.slice(-SILENT);
  const others = members.slice(0, -SILENT);
  send(10);
  for (const { socket } of silent) socket?.pause();
  await flood(300);
  send(1_100);
  await waitFor(() => others.every(({ last }) => last >= hub.last), 'the others', 20_000);
  expect([sums(others, 'lost'), sums(others, 'doubled'), sums(others, 'gaps')]).toEqual([0, 0, 0]);
  for (const { socket } of silent) socket?.resume();
  const isBack = ({ client, last }: Counting) => client.state.name === 'live' && last >= hub.last;
  await waitFor(() => silent.every(isBack), 'those that were silent', 20_000);
  expect([sums(silent, 'lost'), sums(silent, 'doubled')]).toEqual([0, 0]);
  expect(silent.filter(({ gaps, ends }) => gaps === 0 && ends.length === 0)).toEqual([]);
  expect(others.every(({ ends }) => ends.length === 0)).toBe(true);
}, 60_000);
