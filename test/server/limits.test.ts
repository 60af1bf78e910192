import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { type HttpParts, HttpServer } from '../../src/server/http.ts';

const QUICK = { headersMs: 300, requestMs: 600, idleMs: 200, checkEveryMs: 50 };
const HEALTH = 'GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n';

let http: HttpServer | undefined;
const held: Socket[] = [];
afterEach(async () => {
  for (const socket of held.splice(0)) socket.destroy();
  await http?.close();
});

/** @returns the port */
async function serve(parts: Partial<HttpParts> = {}): Promise<number> {
  http = new HttpServer({
    host: '127.0.0.1',
    port: 0,
    metrics: async () => ({ contentType: 'text/plain', text: 'x 1\n' }),
    ready: () => true,
    upgrades: new Map([['/v1/labels', () => {}]]),
    api: [(app) => void app.post('/api/cameras', async () => ({}))],
    ...parts,
  });
  return Number(new URL(await http.listen()).port);
}

async function open(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  held.push(socket.on('error', () => {}));
  await once(socket, 'connect');
  return socket;
}

/** All that comes back, until the other side closes. */
async function rest(socket: Socket): Promise<string> {
  let got = '';
  socket.on('data', (data) => {
    got += data;
  });
  if (!socket.closed) await once(socket, 'close');
  return got;
}

async function raw(port: number, text: string): Promise<string> {
  const socket = await open(port);
  socket.write(text);
  return await rest(socket);
}

test('1,200 connections of one address are held at once, and the last is answered', async () => {
  const port = await serve();
  const sockets = await Promise.all(Array.from({ length: 1_200 }, () => open(port)));
  expect(await raw(port, HEALTH)).toMatch(/^HTTP\/1\.1 200 /);
  const answers = sockets.map(rest);
  for (const socket of sockets) socket.write(HEALTH);
  for (const answer of await Promise.all(answers)) expect(answer).toMatch(/^HTTP\/1\.1 200 /);
});

test('connections of one address are bounded, and one that ends makes room', async () => {
  const port = await serve({ limits: { connections: 10, connectionsPerAddress: 2, requestsInFlight: 10 } });
  const [first] = [await open(port), await open(port)];
  expect(await raw(port, HEALTH)).toBe('');
  first?.destroy();
  await expect.poll(() => raw(port, HEALTH)).toMatch(/^HTTP\/1\.1 200/);
});

test('connections are bounded altogether', async () => {
  const port = await serve({ limits: { connections: 2, connectionsPerAddress: 10, requestsInFlight: 10 } });
  await open(port);
  await open(port);
  expect(await raw(port, HEALTH)).toBe('');
});

test('requests that are being answered are bounded, and whether the daemon lives is told all the same', async () => {
  let release = () => {};
  const waits = new Promise<void>((resolve) => {
    release = resolve;
  });
  const metrics = async () => {
    await waits;
    return { contentType: 'text/plain', text: '' };
  };
  const port = await serve({ limits: { connections: 10, connectionsPerAddress: 10, requestsInFlight: 1 }, metrics });
  const first = raw(port, HEALTH.replace('healthz', 'metrics'));
  const other = HEALTH.replace('healthz', 'nothing');
  await expect.poll(() => raw(port, other)).toMatch(/^HTTP\/1\.1 503 .*retry-after: 1.*too-busy/is);
  for (const probe of ['healthz', 'readyz']) {
    expect(await raw(port, HEALTH.replace('healthz', probe))).toMatch(/^HTTP\/1\.1 200 /);
  }
  // Probes that were answered have made no room either.
  expect(await raw(port, other)).toMatch(/^HTTP\/1\.1 503 /);
  release();
  expect(await first).toMatch(/^HTTP\/1\.1 200 /);
  await expect.poll(() => raw(port, other)).toMatch(/^HTTP\/1\.1 404 /);
});

test('the size of headers is bounded', async () => {
  const port = await serve();
  const long = `GET /healthz HTTP/1.1\r\nHost: localhost\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`;
  expect(await raw(port, long)).toMatch(/^HTTP\/1\.1 431 /);
});

test.each([
  ['says nothing', ''],
  ['lets its headers drip', 'GET /healthz HTTP/1.1\r\nHost: localhost\r\nX: '],
  [
    'stops in the middle of its body',
    'POST /api/cameras HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"id":',
  ],
  [
    'lets its headers for a WebSocket drip',
    'GET /v1/labels HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nX: ',
  ],
  ['has been answered and asks no more', 'GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n'],
])('whoever %s is cut off, 100 at once, while others are answered', async (_name, text) => {
  const port = await serve({ patience: QUICK });
  const sockets = await Promise.all(Array.from({ length: 100 }, () => open(port)));
  const drips = text.endsWith(': ');
  const timer = setInterval(() => {
    if (drips) for (const socket of sockets) if (!socket.destroyed) socket.write('x');
  }, 20);
  const ends = Promise.all(sockets.map(rest));
  for (const socket of sockets) socket.write(text);
  expect(await raw(port, HEALTH)).toMatch(/^HTTP\/1\.1 200 /);
  const answers = new Set((await ends).map((answer) => answer.slice(0, 12)));
  clearInterval(timer);
  // Where a request had begun it is told so.
  expect([...answers].every((answer) => /^(|HTTP\/1\.1 (408|200))$/.test(answer))).toBe(true);
});
