import { once } from 'node:events';
import { connect } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { type Access, ANYONE } from '../../src/principal.ts';
import { HttpServer } from '../../src/server/http.ts';
import { labelsRoutes } from '../../src/server/labels-api.ts';
import { FILE_BOUNDS, type FileBounds } from '../../src/server/labels-file.ts';
import type { LabelArchive, LabelQuery } from '../../src/sinks/past.ts';

let http: HttpServer | undefined;
afterEach(() => http?.close());

/** As many messages as are asked for, each of a kilobyte: a file has no end. */
const endless: LabelArchive = {
  labels: async ({ limit, afterSeq = 0 }) => {
    const items = Array.from({ length: limit }, (_, at) => ({ seq: afterSeq + 1 + at, text: `"${'x'.repeat(1000)}"` }));
    return { items, next: afterSeq + limit };
  },
};

async function serve(archive: LabelArchive, bounds: Partial<FileBounds> = {}, access?: Access): Promise<URL> {
  http = new HttpServer({
    host: '127.0.0.1',
    port: 0,
    ...(access === undefined ? {} : { access }),
    metrics: async () => ({ contentType: '', text: '' }),
    ready: () => true,
    upgrades: new Map(),
    api: [
      labelsRoutes(
        { archive: () => archive, last: () => Number.MAX_SAFE_INTEGER, cameras: () => [] },
        { ...FILE_BOUNDS, ...bounds },
      ),
    ],
  });
  return new URL('/api/labels?format=jsonl', await http.listen());
}

const PATIENT = { atOnce: 2, stallMs: 60_000 };

test('so many files are written at once; the next is told to come again, until one is done or its reader has left', async () => {
  const address = await serve(endless, PATIENT);
  const readers = [new AbortController(), new AbortController()];
  for (const { signal } of readers) expect((await fetch(address, { signal })).status).toBe(200);
  const refused = await fetch(address);
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '5']);
  expect(await refused.json()).toMatchObject({ code: 'exports-busy', detail: expect.stringMatching(/^2 files/) });
  const page = await fetch(new URL('?limit=1', address));
  expect(page.status).toBe(200);
  readers[0]?.abort();
  await expect
    .poll(async () => {
      const answer = await fetch(new URL('?format=jsonl&limit=3', address));
      return [answer.status, (await answer.text()).split('\n').length];
    })
    .toEqual([200, 4]);
  // That one is done, so there is room again.
  expect((await fetch(new URL('?format=jsonl&limit=3', address))).status).toBe(200);
  for (const reader of readers) reader.abort();
});

test('who takes nothing is cut off, and its place is free again', async () => {
  const address = await serve(endless, { atOnce: 1, stallMs: 1_000 });
  const socket = connect(Number(address.port), address.hostname);
  socket.on('error', () => {}); // it is cut off
  socket.write(`GET ${address.pathname}${address.search} HTTP/1.1\r\nHost: ${address.host}\r\n\r\n`);
  await once(socket, 'readable'); // the file has begun, and nothing of it is read
  expect((await fetch(address)).status).toBe(503);
  await expect
    .poll(async () => (await fetch(new URL('?format=jsonl&limit=1', address))).status, { timeout: 10_000 })
    .toBe(200);
  socket.destroy();
});

test('who takes less than is wanted is cut off, though it always takes some, and its place is free again', async () => {
  const address = await serve(endless, { atOnce: 1, stallMs: 60_000, graceMs: 700, leastBytesPerSecond: 1e12 });
  const socket = connect(Number(address.port), address.hostname);
  socket.on('error', () => {}); // it is cut off
  socket.write(`GET ${address.pathname}${address.search} HTTP/1.1\r\nHost: ${address.host}\r\n\r\n`);
  await once(socket, 'data');
  socket.resume();
  expect((await fetch(address)).status).toBe(503);
  await expect
    .poll(async () => (await fetch(new URL('?format=jsonl&limit=1', address))).status, { timeout: 10_000 })
    .toBe(200);
  socket.destroy();
});

test('who reads well is not cut off, however long it takes', async () => {
  const address = await serve(endless, { atOnce: 1, graceMs: 1_500, leastBytesPerSecond: 1_000 });
  const { body } = await fetch(address);
  const beganMs = performance.now();
  let bytes = 0;
  for await (const part of body ?? []) {
    bytes += part.length;
    await new Promise((resolve) => setTimeout(resolve, 3));
    if (performance.now() - beganMs > 2_500) break;
  }
  expect(bytes).toBeGreaterThan(2_500);
});

test('one token has some of the places, so that others find one', async () => {
  const principal = (token: string) => ({ ...ANYONE, name: token, token });
  const access: Access = {
    open: null,
    check: principal,
    isBlocked: () => null,
    recheck: (who) => who,
    onChange: () => () => {},
  };
  const address = await serve(endless, { atOnce: 4, ofOneToken: 2 }, access);
  const left = new AbortController();
  const ask = async (token: string) =>
    await fetch(address, { signal: left.signal, headers: { Authorization: `Bearer ${token}` } });
  expect([(await ask('one')).status, (await ask('one')).status]).toEqual([200, 200]);
  const refused = await ask('one');
  expect(refused.status).toBe(503);
  expect(await refused.json()).toMatchObject({
    code: 'exports-busy',
    detail: '2 files of kept labels are being written for this token already',
  });
  expect([(await ask('two')).status, (await ask('two')).status]).toEqual([200, 200]);
  left.abort();
  await expect
    .poll(async () => {
      const headers = { Authorization: 'Bearer one' };
      return (await fetch(new URL('?format=jsonl&limit=1', address), { headers })).status;
    })
    .toBe(200);
});

test('nobody is cut off while it is looked for what is to be written', async () => {
  const slow: LabelArchive = {
    labels: async (query: LabelQuery) => {
      await new Promise((resolve) => setTimeout(resolve, 700));
      const { items, next } = await endless.labels({ ...query, limit: 100 });
      return { items, next: next !== null && next < 200 ? next : null };
    },
  };
  const address = await serve(slow, { atOnce: 1, stallMs: 400 });
  expect((await (await fetch(address)).text()).split('\n')).toHaveLength(201);
});

test('who asks for the head alone makes nobody read all that is kept', async () => {
  let pages = 0;
  const counted: LabelArchive = {
    labels: async (query) => {
      pages++;
      return await endless.labels(query);
    },
  };
  const answer = await fetch(await serve(counted), { method: 'HEAD' });
  expect(answer.headers.get('content-disposition')).toContain('weir-labels.jsonl');
  await fetch(new URL('/api/labels?limit=1', answer.url));
  expect(pages).toBe(2);
});

test('a file that could not begin takes no place', async () => {
  const address = await serve({ labels: () => Promise.reject(new Error('gone')) }, { atOnce: 1, stallMs: 60_000 });
  for (let tries = 0; tries < 3; tries++) {
    const answer = await fetch(address);
    await answer.text();
    expect(answer.status).toBe(500);
  }
});
