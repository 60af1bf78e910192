import { afterEach, expect, test } from 'vitest';
import type { SequencedMessage } from '../../src/protocol/messages.ts';
import { CSV_HEADER, csvLine } from '../../src/server/csv.ts';
import { HttpServer } from '../../src/server/http.ts';
import { labelsRoutes } from '../../src/server/labels-api.ts';
import type { FileBounds } from '../../src/server/labels-file.ts';
import type { LabelArchive, LabelQuery } from '../../src/sinks/past.ts';

let http: HttpServer | undefined;
afterEach(() => http?.close());

const COUNT = 1_700;
const queries: LabelQuery[] = [];
/** Numbers 1 to `COUNT`, and one more that comes while they are read. */
const archive: LabelArchive = {
  labels: async (query) => {
    queries.push(query);
    const { order, limit } = query;
    const afterSeq = query.afterSeq ?? (order === 'oldest' ? 0 : COUNT + 2);
    const step = order === 'oldest' ? 1 : -1;
    const numbers = Array.from({ length: limit }, (_, i) => afterSeq + step * (i + 1));
    const own = numbers.filter((seq) => seq >= 1 && seq <= COUNT + 1);
    const items = own.map((seq) => ({ seq, text: JSON.stringify(event(seq)) }));
    return { items, next: own.length < limit ? null : (own.at(-1) ?? null) };
  },
};

function event(seq: number, label = 'car'): SequencedMessage {
  const common = { camera: 'gate', question: 'default', phase: 'begin', stream: 1, ptsSeconds: 1.5 } as const;
  return { type: 'event', epoch: 'e', seq, ...common, label, atMs: 1_700_000_000_000 };
}

async function serve(
  kept: LabelArchive | null = archive,
  bounds?: FileBounds,
): Promise<(query: string, init?: RequestInit) => Promise<Response>> {
  queries.length = 0;
  http = new HttpServer({
    host: '127.0.0.1',
    port: 0,
    metrics: async () => ({ contentType: '', text: '' }),
    ready: () => true,
    upgrades: new Map(),
    api: [labelsRoutes({ archive: () => kept, last: () => COUNT, cameras: () => ['gate', 'yard'] }, bounds)],
  });
  const address = await http.listen();
  return (query, init) => fetch(`${address}/api/labels?${query}`, init);
}

test('a page has its messages as they were sent, and where the next one goes on', async () => {
  const ask = await serve();
  const query = 'limit=2&cursor=5&camera=gate&camera=yard&types=event,camera&from=2026-03-01T00:00:00Z&to=9';
  expect(await (await ask(query)).json()).toEqual({ items: [event(6), event(7)], next: '7' });
  expect(queries).toEqual([
    {
      cameras: ['gate', 'yard'],
      fromMs: Date.UTC(2026, 2, 1),
      toMs: 9,
      every: 'frame',
      types: ['event', 'camera'],
      limit: 2,
      afterSeq: 5,
      order: 'oldest',
    },
  ]);
});

test.each([
  ['camera=Gate', /camera.*must be the id/],
  ['types=labels', /types.*must be label, event, camera/],
  ['limit=0', /^limit: must be a whole number from 1/],
  ['limit=1&limit=2', /^limit: must be given once/],
  ['from=yesterday', /^from: must be Unix milliseconds/],
  ['order=up', /^order: must be "oldest" or "newest"/],
  ['format=xml', /^format: must be/],
  ['cursor=-1', /^cursor: /],
  ['cameras=gate', /^cameras: unknown key \(did you mean "camera"\?\)/],
])('%s is refused in words', async (query, words) => {
  const response = await (await serve())(query);
  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({ code: 'request-invalid', detail: expect.stringMatching(words) });
});

test('a camera that neither is there nor has left a message is told to be unknown; one that is gone, or quiet, is not', async () => {
  const left = ['shed'];
  const ask = await serve({
    labels: async ({ cameras }) => {
      const own = cameras === 'all' ? left : left.filter((id) => cameras.includes(id));
      return { items: own.map((_, at) => ({ seq: at + 1, text: JSON.stringify(event(at + 1)) })), next: null };
    },
  });
  for (const format of ['json', 'csv']) {
    const refused = await ask(`camera=gate&camera=gaet&format=${format}`);
    expect(refused.status).toBe(404);
    expect(await refused.json()).toMatchObject({ code: 'camera-unknown', detail: 'there is no camera "gaet"' });
    expect((await ask(`camera=gate&camera=shed&format=${format}`)).status).toBe(200);
    expect((await ask(`camera=yard&format=${format}`)).status).toBe(200);
  }
});

test('where nothing is kept that is said', async () => {
  const response = await (await serve(null))('');
  expect(response.status).toBe(409);
  expect(await response.json()).toMatchObject({
    code: 'history-off',
    remedy: expect.stringMatching(/history\.enabled/),
  });
});

test.each(['oldest', 'newest'])('a file has everything up to the moment it was asked for, %s first', async (order) => {
  const response = await (await serve())(`format=jsonl&order=${order}`);
  expect(response.headers.get('content-disposition')).toBe('attachment; filename="weir-labels.jsonl"');
  const lines = (await response.text()).trim().split('\n');
  const all = Array.from({ length: COUNT }, (_, i) => i + 1);
  expect(lines.map((line) => (JSON.parse(line) as { seq: number }).seq)).toEqual(
    order === 'oldest' ? all : all.reverse(),
  );
  expect(queries.length).toBeGreaterThan(3);
});

test('a file ends at its limit', async () => {
  const response = await (await serve())('format=csv&limit=600');
  const lines = (await response.text()).trim().split('\r\n');
  expect(lines[0]).toBe(CSV_HEADER.trim());
  expect(lines).toHaveLength(601);
});

test('what cannot be read is told before a file begins', async () => {
  const ask = await serve({ labels: () => Promise.reject(new Error('gone')) });
  const response = await ask('format=csv');
  expect(response.status).toBe(500);
  expect(response.headers.get('content-type')).toMatch(/problem\+json/);
});

test('of a file that is not read no more is made', async () => {
  let pages = 0;
  const text = JSON.stringify(event(0, 'x'.repeat(4_000)));
  const endless: LabelArchive = {
    labels: async ({ limit }) => {
      pages++;
      return { items: Array.from({ length: limit }, () => ({ seq: 0, text })), next: 1 };
    },
  };
  const response = await (await serve(endless))('format=jsonl');
  const reader = response.body?.getReader();
  await reader?.read();
  let before = -1;
  for (let still = 0; still < 5; before = pages) {
    await new Promise((resolve) => setTimeout(resolve, 40));
    still = pages === before ? still + 1 : 0;
    expect(pages).toBeLessThan(100);
  }
  await reader?.cancel();
});

test.each([
  ['a,b', '"a,b"'],
  ['say "no"', '"say ""no"""'],
  ['two\nlines', '"two\nlines"'],
  ['=HYPERLINK("x")', `"'=HYPERLINK(""x"")"`],
  ['+1', "'+1"],
  ['@x', "'@x"],
  ['-1', "'-1"],
])('in CSV %j is written so that no program misreads it', (label, cell) => {
  expect(csvLine(JSON.stringify(event(3, label)))).toContain(`,default,${cell},`);
});

test('a state of a camera has its time in a table, its gear, and how often it agrees', () => {
  const status = { camera: 'gate', state: 'live', reason: '', degraded: ['drift'], gear: 2 } as const;
  const message = { type: 'camera', epoch: 'e', seq: 4, ...status, agreement: { default: 0.98, car: 0.7 } } as const;
  const line = csvLine(JSON.stringify({ ...message, atMs: 1_700_000_000_000 } satisfies SequencedMessage));
  const cells = Object.fromEntries(
    CSV_HEADER.trim()
      .split(',')
      .map((name, i) => [name, line.trim().split(',')[i]]),
  );
  expect(cells).toMatchObject({ time: '2023-11-14T22:13:20.000Z', state: 'live', degraded: 'drift', gear: '2' });
  expect(cells.agreement).toBe('default=0.98 car=0.7');
});
