import { afterEach, expect, test } from 'vitest';
import { digestOf, newToken } from '../../src/access/token.ts';
import { TokenAccess } from '../../src/access/tokens.ts';
import { alertsRoutes } from '../../src/server/alerts-api.ts';
import { HttpServer } from '../../src/server/http.ts';
import { statusRoutes } from '../../src/server/status-api.ts';

const CLOCK = { unixMs: () => 1_000, monotonicMs: () => 1_000 };
const tokens = { all: newToken(), gate: newToken() };
const entry = (name: 'all' | 'gate', cameras: 'all' | string[]) => {
  const sha256 = digestOf(tokens[name]).toString('hex');
  return { id: sha256.slice(0, 8), name, scope: 'admin' as const, cameras, sha256, createdAtMs: 0, expiresAtMs: null };
};

const rule = (id: string, cameras: string[] | null) => {
  return { id, when: `about ${id}`, to: ['guard'], raised: 1, lastAtMs: 5, cameras };
};
const service = {
  timeZone: () => 'UTC',
  rules: () => [rule('gate', ['gate']), rule('both', ['gate', 'yard']), rule('any', null)],
  targets: () => [{ id: 'guard', waiting: 2, delivered: 0, failed: 3, dropped: 1 }],
  recent: () =>
    ['gate', ...Array<string>(60).fill('yard'), 'gate'].map((camera) => ({ camera, outcomes: { guard: 'delivered' } })),
  test: async () => [],
};
const alerts = alertsRoutes(service);
const status = statusRoutes({
  status: () => ({ notices: ['camera yard is left out'] }),
  alerts: () => service,
  cameras: () => ['gate', 'yard'].map((id) => ({ id, state: 'live' })),
});

let http: HttpServer;
afterEach(() => http.close());

async function asked(path: string, token: string): Promise<unknown> {
  http = new HttpServer({
    host: '127.0.0.1',
    port: 0,
    access: new TokenAccess(null, [entry('all', 'all'), entry('gate', ['gate'])], CLOCK),
    metrics: async () => ({ contentType: '', text: '' }),
    ready: () => true,
    upgrades: new Map(),
    api: [alerts, status],
  });
  const answer = await fetch(`${await http.listen()}${path}`, { headers: { Authorization: `Bearer ${token}` } });
  return await answer.json();
}

const told = ({ cameras: _, ...told }: ReturnType<typeof rule>) => told;

test('a token for all cameras sees all of alerts and all notices', async () => {
  expect(await asked('/api/alerts', tokens.all)).toEqual({
    timeZone: 'UTC',
    rules: [rule('gate', []), rule('both', []), rule('any', null)].map(told),
    targets: [expect.objectContaining({ id: 'guard' })],
    recent: ['gate', ...Array<string>(49).fill('yard')].map((camera) => {
      return { camera, outcomes: { guard: 'delivered' } };
    }),
  });
  await http.close();
  expect(await asked('/api/status', tokens.all)).toMatchObject({
    notices: [expect.any(String)],
    alerts: { rules: 3, waiting: 2, failed: 4 },
    cameras: { total: 2 },
  });
});

test('one for some sees of alerts what is about these alone, no targets and no notices, and these are not counted', async () => {
  expect(await asked('/api/alerts', tokens.gate)).toEqual({
    timeZone: 'UTC',
    rules: [told(rule('gate', []))],
    targets: [],
    recent: [{ camera: 'gate' }, { camera: 'gate' }],
  });
  await http.close();
  expect(await asked('/api/status', tokens.gate)).toEqual({
    notices: [],
    alerts: { rules: 1, waiting: 0, failed: 0 },
    cameras: { total: 1, live: 1 },
  });
});
