import { once } from 'node:events';
import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import type { ListedCamera } from '../../src/pipeline/told.ts';
import { HttpServer } from '../../src/server/http.ts';
import { SYSTEM_CLOCK } from '../../src/service/clock.ts';
import { Hub } from '../../src/sinks/hub.ts';
import { LABELS_PATH, SUBPROTOCOL, WebSocketSink } from '../../src/sinks/websocket.ts';
import type { Label } from '../../src/types.ts';
import { openDescriptors, waitFor } from '../support/processes.ts';

let hub: Hub;
let sink: WebSocketSink;
let http: HttpServer;
let address: string;
const clients: WebSocket[] = [];
const STATUS: ListedCamera = {
  camera: 'gate',
  state: 'live',
  reason: '',
  degraded: [],
  questions: [{ id: 'default' }],
  gear: 1,
  agreement: { default: 0.98 },
};

async function serve(limits: { maxSubscribers?: number; slowLimitMs?: number } = {}): Promise<void> {
  hub = new Hub({ epoch: 'epoch-1', last: 0, clock: SYSTEM_CLOCK });
  sink = new WebSocketSink({ hub, cameras: () => [STATUS], maxSubscribers: 10, clock: SYSTEM_CLOCK, ...limits });
  hub.add(sink);
  http = new HttpServer({
    host: '127.0.0.1',
    port: 0,
    metrics: async () => ({ contentType: 'text/plain', text: 'x 1\n' }),
    ready: () => true,
    upgrades: new Map([[LABELS_PATH, (request, socket, head) => sink.accept(request, socket, head)]]),
  });
  address = await http.listen();
}

beforeEach(() => serve());
afterEach(async () => {
  for (const client of clients.splice(0)) client.terminate();
  await hub.close();
  await http.close();
});

interface Message {
  type: string;
  [field: string]: unknown;
}

/** A client with everything that it was sent. */
class Client {
  readonly socket: WebSocket;
  readonly messages: Message[] = [];

  constructor(options: { headers?: Record<string, string>; path?: string } = {}) {
    const url = `${address.replace('http', 'ws')}${options.path ?? LABELS_PATH}`;
    this.socket = new WebSocket(url, [SUBPROTOCOL], { headers: options.headers ?? {} });
    this.socket.on('message', (data) => this.messages.push(JSON.parse(String(data))));
    this.socket.on('error', () => {});
    clients.push(this.socket);
  }

  async until(type: string, count = 1): Promise<Message> {
    await waitFor(
      () => this.messages.filter((message) => message.type === type).length >= count,
      `${count} ${type}`,
      8000,
    );
    return this.messages.filter((message) => message.type === type)[count - 1] as Message;
  }

  async subscribe(fields: object = {}): Promise<void> {
    await this.until('hello');
    this.socket.send(JSON.stringify({ type: 'subscribe', cameras: 'all', every: 'frame', ...fields }));
    await this.until('subscribed');
  }
}

function label(fields: Partial<Label> = {}): Label {
  return {
    camera: 'gate',
    question: 'default',
    stream: 1,
    ptsSeconds: 0,
    arrivedAtMs: 0,
    decidedAtMs: 1,
    view: { kind: 'frame', box: [0, 0, 1, 1] },
    label: 'espresso',
    classId: 'n07920052',
    confidence: 0.9,
    top: [],
    stable: null,
    changed: true,
    path: [],
    stop: 'accepted',
    budgetMs: 100,
    spentMs: 1,
    operatingPoint: 'default',
    clock: { state: 'unreadable', source: 'none' },
    ...fields,
  };
}

describe('weir.v1+json', () => {
  test('greets, confirms a subscription, then sends labels and camera states in one line of numbers', async () => {
    const client = new Client();
    expect(await client.until('hello')).toEqual({
      type: 'hello',
      version: 1,
      epoch: 'epoch-1',
      first: 1,
      last: 0,
      cameras: [
        {
          id: 'gate',
          state: 'live',
          reason: '',
          questions: [{ id: 'default' }],
          degraded: [],
          gear: 1,
          agreement: { default: 0.98 },
        },
      ],
    });
    expect(client.socket.protocol).toBe(SUBPROTOCOL);
    hub.label(label()); // nothing flows before subscribe
    client.socket.send(JSON.stringify({ type: 'subscribe', cameras: ['gate'], every: 'frame' }));
    expect(await client.until('subscribed')).toEqual({
      type: 'subscribed',
      cameras: ['gate'],
      every: 'frame',
      questions: null,
      since: null,
    });
    hub.label(label({ changed: false }));
    hub.status(STATUS);
    expect(await client.until('label')).toMatchObject({
      epoch: 'epoch-1',
      seq: 2,
      label: 'espresso',
      emittedAtMs: expect.any(Number),
    });
    expect(await client.until('camera')).toEqual({
      type: 'camera',
      epoch: 'epoch-1',
      seq: 3,
      ...STATUS,
      atMs: expect.any(Number),
    });
    expect(client.messages.filter(({ type }) => type === 'label').length).toBe(1);
  });

  test('each subscription replaces the former', async () => {
    const client = new Client();
    await client.subscribe({ cameras: ['other'] });
    hub.label(label());
    client.socket.send(JSON.stringify({ type: 'subscribe', cameras: ['gate'], every: 'change' }));
    await client.until('subscribed', 2);
    hub.label(label({ changed: false }));
    hub.label(label());
    expect((await client.until('label')).seq).toBe(3);
  });

  test('sends events and labels of the questions that were asked for', async () => {
    const [all, one] = [new Client(), new Client()];
    await all.subscribe({ every: 'change' });
    await one.subscribe({ questions: ['gate'] });
    const event = { camera: 'gate', stream: 1, ptsSeconds: 2, atMs: 3, track: 4 } as const;
    hub.event({ ...event, question: 'default', label: 'vehicle', phase: 'begin' });
    hub.label({ ...label(), question: 'gate' });
    hub.event({ ...event, question: 'gate', label: 'open', phase: 'end' });
    await one.until('event');
    await all.until('event', 2);
    const seen = ({ messages }: Client) =>
      messages.filter(({ seq }) => seq !== undefined && seq !== 0).map(({ type, question }) => [type, question]);
    expect(seen(one).filter(([type]) => type !== 'mark')).toEqual([
      ['label', 'gate'],
      ['event', 'gate'],
    ]);
    expect(all.messages.find(({ type }) => type === 'event')).toEqual({
      type: 'event',
      epoch: 'epoch-1',
      seq: 1,
      ...event,
      question: 'default',
      label: 'vehicle',
      phase: 'begin',
    });
  });

  test('marks how far a subscriber has everything', async () => {
    const client = new Client();
    await client.subscribe({ cameras: ['other'] });
    hub.label(label());
    await hub.close();
    expect(await client.until('mark')).toEqual({ type: 'mark', epoch: 'epoch-1', seq: 1 });
    await waitFor(() => client.socket.readyState === WebSocket.CLOSED, 'the close');
  });

  test('closes with 1012 when the daemon stops', async () => {
    const client = new Client();
    await client.subscribe();
    const closed = once(client.socket, 'close');
    await hub.close();
    expect((await closed)[0]).toBe(1012);
  });

  test.each([
    ['older:77', { from: 1, to: 3, missed: 3, reason: 'epoch' }],
    ['epoch-1:3', null],
  ])('what was missed since %s is told as a gap', async (since, gap) => {
    for (let i = 0; i < 3; i++) hub.label(label());
    const client = new Client();
    await client.subscribe({ since });
    hub.label(label());
    await client.until('label');
    const gaps = client.messages.filter(({ type }) => type === 'gap');
    expect(gaps).toEqual(gap === null ? [] : [{ type: 'gap', epoch: 'epoch-1', ...gap }]);
  });

  test('answers malformed messages, and closes with 1008 when they do not end', async () => {
    const client = new Client();
    await client.until('hello');
    client.socket.send('{"type":');
    expect(await client.until('error')).toMatchObject({ code: 'bad-message', message: 'not JSON' });
    client.socket.send(Buffer.from([1, 2, 3]), { binary: true });
    expect(await client.until('error', 2)).toMatchObject({ message: expect.stringContaining('binary') });
    const closed = once(client.socket, 'close');
    for (let i = 0; i < 8; i++) client.socket.send('x');
    expect((await closed)[0]).toBe(1008);
  });

  test('refuses messages that are far too large', async () => {
    const client = new Client();
    await client.until('hello');
    const closed = once(client.socket, 'close');
    client.socket.send('x'.repeat(100_000));
    expect((await closed)[0]).toBe(1009);
  });

  test('a subscriber that does not read loses the oldest and is told so; another loses nothing', async () => {
    const [slow, quick] = [new Client(), new Client()];
    await slow.subscribe();
    await quick.subscribe();
    slow.socket.pause();
    const total = 20_000;
    const big = label({
      top: Array.from({ length: 5 }, (_, i) => ({ label: 'x'.repeat(200), classId: `${i}`, confidence: 0.1 })),
    });
    for (let i = 0; i < total; i++) {
      hub.label(big);
      if (i % 200 === 0) await new Promise(setImmediate);
    }
    await quick.until('label', total);
    expect(quick.messages.some(({ type }) => type === 'gap')).toBe(false);
    expect(sink.dropped).toBeGreaterThan(0);
    slow.socket.resume();
    await waitFor(() => slow.messages.some(({ seq }) => seq === total), 'the newest label');
    const got = new Set(slow.messages.filter(({ type }) => type === 'label').map(({ seq }) => seq as number));
    const gaps = slow.messages.filter(({ type }) => type === 'gap') as unknown as {
      from: number;
      to: number;
      missed: number;
    }[];
    for (let seq = 1; seq <= total; seq++)
      expect(got.has(seq) || gaps.some(({ from, to }) => from <= seq && seq <= to)).toBe(true);
    expect(gaps.reduce((sum, { missed }) => sum + missed, 0) + got.size).toBe(total);
  }, 60_000);

  /** As large as labels get. */
  const large = () =>
    label({
      top: Array.from({ length: 5 }, (_, i) => ({ label: 'x'.repeat(2000), classId: `${i}`, confidence: 0.1 })),
    });

  test('a subscriber that stays slow hears up to where it was sent everything, and is closed with 1013', async () => {
    await hub.close();
    await http.close();
    await serve({ slowLimitMs: 500 });
    const slow = new Client();
    await slow.subscribe();
    const closed = once(slow.socket, 'close');
    slow.socket.pause();
    for (let i = 0; i < 3000; i++) {
      hub.label(large());
      if (i % 50 === 0) await new Promise(setImmediate);
    }
    await new Promise((resolve) => setTimeout(resolve, 800));
    slow.socket.resume();
    expect((await closed)[0]).toBe(1013);
    const last = slow.messages.findLast(({ type }) => type === 'label');
    expect(slow.messages.at(-1)).toEqual({ type: 'mark', epoch: 'epoch-1', seq: last?.seq });
  }, 30_000);

  test('a subscriber that asks again and again and reads nothing costs no memory, and is closed with 1008', async () => {
    const client = new Client();
    await client.subscribe();
    client.socket.pause();
    const before = process.memoryUsage.rss();
    const request = JSON.stringify({
      type: 'subscribe',
      every: 'frame',
      cameras: Array(400).fill('a-camera-with-a-name'),
    });
    for (let i = 0; i < 20_000; i++) {
      client.socket.send(request);
      if (i % 100 === 0) await new Promise(setImmediate);
    }
    const waitingBytes = client.socket.bufferedAmount; // here, at the client
    expect(process.memoryUsage.rss() - before - waitingBytes).toBeLessThan(200e6);
    const closed = once(client.socket, 'close');
    client.socket.resume();
    expect((await closed)[0]).toBe(1008);
  }, 30_000);

  test('more subscribers than allowed are closed with 1013', async () => {
    await hub.close();
    await http.close();
    await serve({ maxSubscribers: 1 });
    const first = new Client();
    await first.until('hello');
    const second = new Client();
    expect((await once(second.socket, 'close'))[0]).toBe(1013);
  });
});

describe('who may connect', () => {
  const refused = async (options: ConstructorParameters<typeof Client>[0]) => {
    const client = new Client(options);
    const [, response] = (await once(client.socket, 'unexpected-response')) as [unknown, { statusCode: number }];
    return response.statusCode;
  };

  test('a page of another site is refused', async () => {
    expect(await refused({ headers: { Origin: 'https://evil.example' } })).toBe(403);
  });

  test('a name that is not this machine’s is refused (DNS rebinding)', async () => {
    expect(await refused({ headers: { Host: 'evil.example' } })).toBe(421);
  });

  test('another path is not found, and whoever keeps that connection is cut off', async () => {
    expect(await refused({ path: '/v2/labels' })).toBe(404);
    const { port, hostname } = new URL(address);
    const sockets = () => openDescriptors().filter((name) => name.startsWith('socket:')).length;
    const before = sockets();
    const socket = connect({ port: Number(port), host: hostname, allowHalfOpen: true });
    socket.on('error', () => {});
    socket.write('GET /v2/labels HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n');
    await once(socket, 'data');
    await waitFor(() => sockets() <= before + 1, 'the daemon’s end to be closed'); // ours stays open
    socket.destroy();
  });

  test('a page of this machine is let in', async () => {
    const client = new Client({ headers: { Origin: 'http://localhost:8700' } });
    await client.until('hello');
  });

  test('a half-open connection does no harm', async () => {
    const { port, hostname } = new URL(address);
    const socket = connect(Number(port), hostname);
    await once(socket, 'connect');
    socket.write('GET /v1/labels HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n');
    socket.destroy();
    const client = new Client();
    await client.subscribe();
  });
});
