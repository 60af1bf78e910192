import { afterAll, beforeAll, expect, test } from 'vitest';
import { digestOf, newToken } from '../../src/access/token.ts';
import { TokenAccess } from '../../src/access/tokens.ts';
import type { Scope } from '../../src/principal.ts';
import { HttpServer } from '../../src/server/http.ts';
import { needOf } from '../../src/server/permissions.ts';
import { daemonParts, type ServedRoute } from '../support/routes.ts';

const CLOCK = { unixMs: () => 1_000, monotonicMs: () => 1_000 };
const tokens = { reader: newToken(), admin: newToken(), gateReader: newToken(), gateAdmin: newToken() };

function entry(name: keyof typeof tokens, scope: Scope, cameras: 'all' | string[]) {
  const sha256 = digestOf(tokens[name]).toString('hex');
  return { id: sha256.slice(0, 8), name, scope, cameras, sha256, createdAtMs: 0, expiresAtMs: null };
}

const ALL = [
  entry('reader', 'read', 'all'),
  entry('admin', 'admin', 'all'),
  entry('gateReader', 'read', ['gate']),
  entry('gateAdmin', 'admin', ['gate']),
];

let http: HttpServer;
let address = '';
let served: readonly ServedRoute[] = [];

beforeAll(async () => {
  const parts = daemonParts();
  http = new HttpServer({
    host: '127.0.0.1',
    port: 0,
    access: new TokenAccess(null, ALL, CLOCK),
    metrics: async () => ({ contentType: 'text/plain', text: 'x 1\n' }),
    ready: () => true,
    upgrades: new Map(),
    ...parts,
  });
  address = await http.listen();
  served = parts.served;
});
afterAll(() => http.close());

async function ask({ method, url }: ServedRoute, camera: string, token: keyof typeof tokens | null): Promise<Response> {
  const path = url.replace(':id', camera).replaceAll(/:\w+/g, 'x').replace('*', 'x');
  const headers: Record<string, string> = token === null ? {} : { Authorization: `Bearer ${tokens[token]}` };
  const hasBody = method === 'POST' || method === 'PUT' || method === 'PATCH';
  if (hasBody) headers['Content-Type'] = 'application/json';
  return await fetch(`${address}${path}`, {
    method,
    headers,
    ...(hasBody ? { body: JSON.stringify({ id: camera }) } : {}),
  });
}

/** Those for which something is not as it should be. */
async function wrong(
  routes: readonly ServedRoute[],
  isWrong: (route: ServedRoute) => Promise<boolean>,
): Promise<string[]> {
  const found: string[] = [];
  for (const route of routes) if (await isWrong(route)) found.push(`${route.method} ${route.url}`);
  return found;
}

test('every path of the daemon says who may ask it, and whatever changes something is for admins', async () => {
  expect(served.length).toBeGreaterThan(20);
  for (const { method, url } of served) {
    const need = needOf(method, url);
    expect(need, `${method} ${url}`).not.toBeNull();
    if (method !== 'GET' && method !== 'HEAD') expect(need, `${method} ${url}`).toBe('admin');
    if (url.startsWith('/api/')) expect(need, `${method} ${url}`).not.toBe('open');
  }
});

test('without a token only open paths are answered', async () => {
  const closed = served.filter(({ method, url }) => needOf(method, url) !== 'open');
  expect(await wrong(closed, async (route) => (await ask(route, 'gate', null)).status !== 401)).toEqual([]);
  const open = served.filter(({ method, url }) => needOf(method, url) === 'open');
  expect(await wrong(open, async (route) => (await ask(route, 'gate', null)).status >= 400)).toEqual([]);
});

test('a token that may only read changes nothing, and an admin’s is not refused', async () => {
  const admins = served.filter(({ method, url }) => needOf(method, url) === 'admin');
  expect(await wrong(admins, async (route) => (await ask(route, 'gate', 'reader')).status !== 403)).toEqual([]);
  expect(await wrong(served, async (route) => [401, 403].includes((await ask(route, 'gate', 'admin')).status))).toEqual(
    [],
  );
});

test('for a token limited to a camera there is no other, whatever is asked of it', async () => {
  const ofCamera = served.filter(({ url }) => url.startsWith('/api/cameras/:id'));
  expect(ofCamera.length).toBeGreaterThan(10);
  const isTold = async (route: ServedRoute) => {
    const [other, none] = [await ask(route, 'yard', 'gateAdmin'), await ask(route, 'nowhere', 'gateAdmin')];
    const [text, words] = [await other.text(), await none.text()];
    return other.status !== 404 || none.status !== 404 || text.replaceAll('yard', 'nowhere') !== words;
  };
  expect(await wrong(ofCamera, isTold)).toEqual([]);
  const readable = ofCamera.filter(({ method, url }) => needOf(method, url) === 'read');
  expect(await wrong(readable, async (route) => (await ask(route, 'yard', 'gateReader')).status !== 404)).toEqual([]);
  // Nor can it be added.
  expect((await ask({ method: 'POST', url: '/api/cameras' }, 'yard', 'gateAdmin')).status).toBe(404);
  // Lists hold its own alone.
  const lists = served.filter(
    ({ method, url }) => method === 'GET' && needOf(method, url) === 'read' && !url.includes(':id'),
  );
  const tells = async (route: ServedRoute) => (await (await ask(route, 'gate', 'gateReader')).text()).includes('yard');
  expect(await wrong(lists, tells)).toEqual([]);
});
