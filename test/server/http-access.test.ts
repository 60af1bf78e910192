import { connect } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { digestOf, newToken } from '../../src/access/token.ts';
import { TokenAccess } from '../../src/access/tokens.ts';
import { ANYONE, OPEN_ACCESS, type Scope } from '../../src/principal.ts';
import { hasTokenInUrl } from '../../src/server/authorise.ts';
import { ServedHosts } from '../../src/server/hosts.ts';
import { type HttpParts, HttpServer } from '../../src/server/http.ts';
import { isOwnOrigin } from '../../src/server/origin.ts';
import { needOf } from '../../src/server/permissions.ts';

const CLOCK = { unixMs: () => 1_000, monotonicMs: () => 1_000 };
const tokens = { reader: newToken(), admin: newToken(), gate: newToken(), gatekeeper: newToken() };

function entry(name: keyof typeof tokens, scope: Scope, cameras: 'all' | string[] = 'all') {
  const sha256 = digestOf(tokens[name]).toString('hex');
  return { id: sha256.slice(0, 8), name, scope, cameras, sha256, createdAtMs: 0, expiresAtMs: null };
}

const ALL = [
  entry('reader', 'read'),
  entry('admin', 'admin'),
  entry('gate', 'read', ['gate']),
  entry('gatekeeper', 'admin', ['gate']),
];

let http: HttpServer | undefined;
afterEach(async () => {
  await http?.close();
});

async function serve(parts: Partial<HttpParts> = {}): Promise<string> {
  http = new HttpServer({
    host: '127.0.0.1',
    port: 0,
    access: new TokenAccess(null, ALL, CLOCK),
    metrics: async () => ({ contentType: 'text/plain', text: 'x 1\n' }),
    ready: () => true,
    upgrades: new Map([['/v1/labels', (_request, socket) => void socket.end('HTTP/1.1 200 OK\r\n\r\n')]]),
    api: [
      (app) => {
        app.get('/api/cameras', async ({ principal }) => ({ who: principal.name, cameras: principal.cameras }));
        app.get('/api/cameras/:id', async () => ({}));
        app.get('/api/cameras/:id/examples', async () => ({}));
        app.post('/api/cameras/:id/teach', async () => ({}));
        app.delete('/api/cameras/:id', async () => ({}));
        app.post('/api/alerts/test', async () => ({}));
      },
    ],
    ...parts,
  });
  return await http.listen();
}

async function status(address: string, path: string, token?: string, method = 'GET'): Promise<number> {
  const headers: Record<string, string> = token === undefined ? {} : { Authorization: `Bearer ${token}` };
  const post =
    method === 'POST' ? { body: '{}', headers: { ...headers, 'Content-Type': 'application/json' } } : { headers };
  return (await fetch(`${address}${path}`, { method, ...post })).status;
}

/** What comes back for bytes sent, until the other side closes. */
function raw(address: string, text: string): Promise<string> {
  return new Promise((resolve) => {
    let got = '';
    const socket = connect(Number(new URL(address).port), '127.0.0.1', () => socket.write(text));
    socket.on('data', (data) => {
      got += data;
    });
    socket.on('error', () => {});
    socket.on('close', () => resolve(got));
  });
}

describe('a daemon that asks for tokens', () => {
  // path, method, then the status without a token, for a reader, for an admin, and for a token limited to the camera gate
  test.each([
    ['/healthz', 'GET', 200, 200, 200, 200],
    ['/readyz', 'GET', 200, 200, 200, 200],
    ['/metrics', 'GET', 401, 200, 200, 403],
    ['/api/cameras', 'GET', 401, 200, 200, 200],
    ['/api/cameras', 'HEAD', 401, 200, 200, 200],
    ['/api/cameras/gate', 'GET', 401, 200, 200, 200],
    ['/api/cameras/yard', 'GET', 401, 200, 200, 404],
    ['/api/cameras/gate/examples', 'GET', 401, 403, 200, 403],
    ['/api/cameras/gate/teach', 'POST', 401, 403, 200, 403],
    ['/api/cameras/gate', 'DELETE', 401, 403, 200, 403],
    ['/api/nothing', 'GET', 401, 404, 404, 404],
    ['/nothing', 'GET', 404, 404, 404, 404],
  ])('%s %s', async (path, method, ...expected) => {
    const address = await serve();
    const got = [];
    for (const token of [undefined, tokens.reader, tokens.admin, tokens.gate]) {
      got.push(await status(address, path, token, method));
    }
    expect(got).toEqual(expected);
  });

  test('tells handlers who asks', async () => {
    const address = await serve();
    const answer = await fetch(`${address}/api/cameras`, { headers: { Authorization: `bearer ${tokens.gate}` } });
    expect(await answer.json()).toEqual({ who: 'gate', cameras: ['gate'] });
  });

  test('says how to come in, as a problem', async () => {
    const answer = await fetch(`${await serve()}/api/cameras`);
    expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer/);
    expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    expect(await answer.json()).toMatchObject({ status: 401, code: 'token-missing' });
  });

  test('takes no token from a URL, not even a valid one', async () => {
    const address = await serve();
    for (const query of [`token=${tokens.admin}`, `x=${tokens.admin}`, 'access_token=a']) {
      const answer = await fetch(`${address}/api/cameras?${query}`);
      expect(answer.status).toBe(400);
      const text = await answer.text();
      expect(text).toContain('token-in-url');
      expect(text).not.toContain(tokens.admin);
    }
    const upgrade = `GET /v1/labels?token=${tokens.admin} HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`;
    expect(await raw(address, upgrade)).toMatch(/^HTTP\/1\.1 400 /);
  });

  test('answers 429 to too many failures, and lets valid tokens in all the same', async () => {
    const address = await serve();
    let answer = await fetch(`${address}/api/cameras`, { headers: { Authorization: 'Bearer wrong' } });
    for (let n = 0; n < 20; n++) {
      answer = await fetch(`${address}/api/cameras`, { headers: { Authorization: 'Bearer wrong' } });
    }
    expect(answer.status).toBe(429);
    expect(answer.headers.get('retry-after')).toBe('3');
    expect(await status(address, '/api/cameras', tokens.reader)).toBe(200);
    const upgrade = 'GET /v1/labels HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n';
    expect(await raw(address, `${upgrade}\r\n`)).toMatch(/^HTTP\/1\.1 429 .*Retry-After: 3/s);
    const withToken = `${upgrade}Sec-WebSocket-Protocol: weir.v1+json, weir.token.${tokens.reader}\r\n\r\n`;
    expect(await raw(address, withToken)).toMatch(/^HTTP\/1\.1 200 /);
  });

  test.each([
    ['', 401],
    [`Authorization: Bearer ${newToken()}\r\n`, 401],
    [`Authorization: Bearer ${tokens.gate}\r\n`, 403],
    [`Authorization: Bearer ${tokens.reader}\r\n`, 200],
    [`Sec-WebSocket-Protocol: weir.v1+json, weir.token.${tokens.reader}\r\n`, 200],
  ])('lets nobody upgrade unasked where what takes it over does not ask: %s', async (header, expected) => {
    const upgrade = `GET /v1/labels HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n${header}\r\n`;
    expect(await raw(await serve(), upgrade)).toMatch(new RegExp(`^HTTP/1.1 ${expected} `));
  });

  test('leaves it to what takes over where that asks itself', async () => {
    const upgrade = 'GET /v1/labels HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n';
    expect(await raw(await serve({ upgradesAuthenticate: true }), upgrade)).toMatch(/^HTTP\/1\.1 200 /);
  });

  test('sends security headers with every answer', async () => {
    const address = await serve();
    for (const path of ['/healthz', '/nothing', '/api/cameras', '/metrics']) {
      const { headers } = await fetch(`${address}${path}`);
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('referrer-policy')).toBe('no-referrer');
      expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
    }
  });
});

describe('a daemon on loopback where tokens are needed only elsewhere', () => {
  const open = () => serve({ access: new TokenAccess(ANYONE, ALL, CLOCK) });

  test.each(['X-Forwarded-For: 192.0.2.7', 'forwarded: for=192.0.2.7', 'X-Real-IP: 192.0.2.7'])(
    'asks for one what a proxy passes on, also to upgrade: %s',
    async (header) => {
      const address = await open();
      const get = 'GET /api/cameras HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n';
      expect(await raw(address, `${get}\r\n`)).toMatch(/^HTTP\/1\.1 200 /);
      expect(await raw(address, `${get}${header}\r\n\r\n`)).toMatch(/^HTTP\/1\.1 401 .*a proxy passed this on/s);
      const bearer = `Authorization: Bearer ${tokens.reader}\r\n`;
      expect(await raw(address, `${get}${header}\r\n${bearer}\r\n`)).toMatch(/^HTTP\/1\.1 200 /);
      const upgrade = 'GET /v1/labels HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n';
      expect(await raw(address, `${upgrade}\r\n`)).toMatch(/^HTTP\/1\.1 200 /);
      expect(await raw(address, `${upgrade}${header}\r\n\r\n`)).toMatch(/^HTTP\/1\.1 401 /);
    },
  );

  test('asks for none where it was told to ask nobody', async () => {
    const answer = await fetch(`${await serve({ access: OPEN_ACCESS })}/api/cameras`, {
      headers: { 'X-Forwarded-For': '192.0.2.7' },
    });
    expect(answer.status).toBe(200);
  });
});

test('alerts by hand go to all with any picture: only an admin of all cameras sends them', async () => {
  const address = await serve();
  expect(await status(address, '/api/alerts/test', tokens.admin, 'POST')).toBe(200);
  expect(await status(address, '/api/alerts/test', tokens.gatekeeper, 'POST')).toBe(403);
  expect(await status(address, '/api/cameras/gate/teach', tokens.gatekeeper, 'POST')).toBe(200);
});

describe('permissions', () => {
  test('a path of which nobody says who may ask stops the start', () => {
    expect(() => serveRoute('/secret')).toThrow(/permissions\.ts/);
    expect(needOf('POST', '/healthz')).toBeNull();
    expect(needOf('GET', '/v2/x')).toBeNull();
  });

  function serveRoute(path: string): void {
    http = undefined;
    new HttpServer({
      host: '127.0.0.1',
      port: 0,
      metrics: async () => ({ contentType: '', text: '' }),
      ready: () => true,
      upgrades: new Map(),
      pages: [(app) => app.get(path, async () => '')],
    });
  }
});

test.each([
  ['/api/labels?camera=gate&from=1', false],
  ['/api/labels?token=x', true],
  [`/api/labels?q=${newToken()}`, true],
  [`/${newToken()}`, true],
])('a token in %s: %s', (url, expected) => expect(hasTokenInUrl(url)).toBe(expected));

test.each([
  ['127.0.0.1', 'localhost:8700', true],
  ['127.0.0.1', '192.0.2.7:8700', false],
  ['127.0.0.1', 'box', false],
  ['0.0.0.0', '192.0.2.7:8700', true],
  ['0.0.0.0', 'BOX', true],
  ['0.0.0.0', 'evil.example', false],
  ['0.0.0.0', 'proxy.example:443', true],
  ['0.0.0.0', '', false],
  ['::', '[2001:db8::1]:8700', true],
])('bound to %s, Host %s is served: %s', (bound, header, expected) => {
  const own = () => ['box', '192.0.2.7', '2001:db8::1'];
  expect(new ServedHosts(bound, ['proxy.example'], own).has(header)).toBe(expected);
});

test.each([
  ['localhost:8700', 'http://localhost:5173', {}, true],
  ['weir.lan:8700', 'https://weir.lan:8700', {}, true],
  ['weir.lan:8700', 'https://weir.lan:9999', {}, false],
  ['weir.lan:8700', 'http://localhost:5173', {}, false],
  ['weir.lan:8700', 'https://evil.example', {}, false],
  ['weir.lan:8700', 'https://wall.example', { 'sec-fetch-site': 'cross-site' }, true],
  ['weir.lan:8700', 'null', {}, false],
])('at %s, a page of %s may ask (%j): %s', (host, origin, more, expected) => {
  expect(isOwnOrigin({ headers: { host, origin, ...more } }, new Set(['https://wall.example']))).toBe(expected);
});
