import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { daemonApi } from '../../src/commands/run-api.ts';
import { WeirError } from '../../src/errors.ts';
import { ExampleKeeper } from '../../src/examples/keeper.ts';
import { encodeLossless, readImageFile } from '../../src/image/file.ts';
import { HttpServer } from '../../src/server/http.ts';
import { grey, LIMITS, example as made } from '../examples/support.ts';
import { temporaryFolder } from '../support/clips.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let keeper: ExampleKeeper;
let http: HttpServer;
let address: string;
let isLoading = false;
let forgotten = 0;
const logged: string[] = [];
const ids: string[] = [];
const PIXELS = new Uint8Array(6 * 4 * 3).fill(90);

beforeAll(async () => {
  folder = await temporaryFolder();
  keeper = new ExampleKeeper({
    folder: folder.path,
    usualLimits: LIMITS,
    working: { aspect: 'stretch', width: 8, height: 8 },
    clock: { monotonicMs: () => 0, unixMs: () => Date.now() },
    random: () => 0,
    onNotice: () => {},
    onFailure: () => {},
  });
  await mkdir(`${folder.path}/yard`);
  await writeFile(`${folder.path}/yard/index.jsonl`, 'of another program');
  const limits = { ...LIMITS, maxFrames: 50, maxAgeMs: 1e9 };
  await keeper.apply([
    { id: 'gate', isKept: true, limits },
    { id: 'drive', isKept: false, limits },
    { id: 'yard', isKept: true, limits },
  ]);
  const store = keeper.store('gate');
  for (const reason of ['random', 'unsure', 'random'] as const) {
    const example = { ...made({ id: 'x' }), takenAtMs: Date.now() - 60_000, reason };
    await store.add({
      example,
      file: await encodeLossless({ width: 6, height: 4, pixels: PIXELS }),
      thumbnail: grey(9),
    });
  }
  ids.push(...store.set.examples.map(({ id }) => id));
  http = new HttpServer({
    host: '127.0.0.1',
    port: 0,
    metrics: async () => ({ contentType: 'text/plain', text: '' }),
    ready: () => true,
    upgrades: new Map(),
    api: daemonApi({
      cameras: () => [
        { camera: 'gate', state: 'live', reason: '', degraded: [], questions: [{ id: 'default' }] },
        { camera: 'drive', state: 'failed', reason: 'no route', degraded: [], questions: [] },
        { camera: 'yard', state: 'live', reason: '', degraded: [], questions: [] },
      ],
      isToBeKept: (camera) => camera !== 'drive',
      clock: () => ({ clock: { state: 'floating', source: 'linux' }, reasons: ['cpu0'] }),
      keeper: () => (isLoading ? null : keeper),
      teaching: () => ({
        begin: () => {
          throw new WeirError('teach-few-labels', 'too few', { remedy: 'label more' });
        },
        state: () => ({ state: 'none' }),
        forgetTables: async () => {
          forgotten++;
        },
      }),
      log: { info: (_fields, text) => logged.push(text) },
    }),
  });
  address = await http.listen();
});
afterAll(async () => {
  await http.close();
  await keeper.stop();
  await folder.remove();
});

/** The parts of answers that are read here. */
interface Answer {
  readonly examples: readonly { readonly id: string; readonly labels: object }[];
  readonly code: string;
  readonly detail: string;
  readonly remedy: string;
}
const read = async (response: Response) => (await response.json()) as Answer;
const JSON_TYPE = { 'content-type': 'application/json' };
const ask = (path: string, init: RequestInit = {}) => fetch(`${address}/api/cameras${path}`, init);
const post = (path: string, body: unknown, headers: Record<string, string> = JSON_TYPE) =>
  ask(path, { method: 'POST', headers, body: typeof body === 'string' ? body : JSON.stringify(body) });

test('cameras are told with their state, the clock, and whether pictures of them are kept', async () => {
  expect(await (await ask('')).json()).toEqual({
    clock: { state: 'floating', source: 'linux', reasons: ['cpu0'] },
    cameras: [
      {
        id: 'gate',
        state: 'live',
        reason: '',
        degraded: [],
        questions: [{ id: 'default' }],
        examples: expect.objectContaining({ keep: true, frames: 3, labelled: 0, unsure: 1, random: 2, questions: [] }),
      },
      { id: 'drive', state: 'failed', reason: 'no route', degraded: [], questions: [], examples: { keep: false } },
      {
        ...{ id: 'yard', state: 'live', reason: '', degraded: [], questions: [] },
        examples: {
          keep: true,
          problem: expect.stringMatching(/^the examples in .*yard cannot be read: index.jsonl is not/),
        },
      },
    ],
  });
});

test('while models are loaded, cameras are told with what is wanted', async () => {
  isLoading = true;
  const { cameras } = (await (await ask('')).json()) as { cameras: { examples: object }[] };
  isLoading = false;
  const loading = { keep: true, problem: 'models are still being loaded' };
  expect(cameras.map(({ examples }) => examples)).toEqual([loading, { keep: false }, loading]);
});

test('examples are listed with their limits, those that help most first', async () => {
  const response = await ask('/gate/examples');
  expect(response.headers.get('cache-control')).toBe('no-store');
  expect(response.headers.get('cross-origin-resource-policy')).toBe('same-origin');
  const listing = await read(response);
  expect(listing).toMatchObject({ camera: 'gate', keep: true, totals: { frames: 3 }, settings: { maxFrames: 50 } });
  expect(listing.examples.map(({ id }) => id)).toEqual([ids[1], ids[2], ids[0]]);
  expect(listing.examples[0]).toMatchObject({
    reason: 'unsure',
    takenAt: expect.stringMatching(/^\d{4}-.*Z$/),
    picture: `/api/cameras/gate/examples/${ids[1]}.jpg`,
  });
  expect((await read(await ask('/gate/examples?limit=1'))).examples).toHaveLength(1);
});

test('a picture is shown as JPEG, and given as it was classified', async () => {
  const jpeg = await ask(`/gate/examples/${ids[0]}.jpg`);
  expect(jpeg.headers.get('content-type')).toBe('image/jpeg');
  expect([...new Uint8Array(await jpeg.arrayBuffer()).subarray(0, 3)]).toEqual([0xff, 0xd8, 0xff]);
  const webp = Buffer.from(await (await ask(`/gate/examples/${ids[0]}.webp`)).arrayBuffer());
  await writeFile(`${folder.path}/a.webp`, webp);
  expect(Buffer.from((await readImageFile(`${folder.path}/a.webp`)).pixels)).toEqual(Buffer.from(PIXELS));
});

test('labels are given to single examples and to spans, and are listed', async () => {
  const minutes = (ago: number) => new Date(Date.now() - ago * 60_000).toISOString();
  const response = await post('/gate/examples/labels', {
    labels: [{ example: ids[0], label: 'open' }],
    spans: [{ from: minutes(3), to: minutes(0), question: 'drive', label: 'empty' }],
  });
  expect(response.status).toBe(200);
  expect(await response.json()).toMatchObject({
    changed: 4,
    spans: [{ examples: 3 }],
    questions: [
      { id: 'default', classes: [{ name: 'open', examples: 1 }], unclear: 0, unlabelled: 2 },
      { id: 'drive', classes: [{ name: 'empty', examples: 3 }], unclear: 0, unlabelled: 0 },
    ],
  });
  const { examples } = await read(await ask('/gate/examples'));
  expect(examples.find(({ id }) => id === ids[0])?.labels).toEqual({ default: 'open', drive: 'empty' });
});

const LABELS = '/gate/examples/labels';
test.each([
  ['an unknown camera', () => ask('/shed/examples'), 404, 'camera-unknown', /"shed"/],
  ['a camera of which nothing is kept', () => ask('/drive/examples'), 409, 'examples-off', /drive.*keep: true/],
  [
    'a camera of which what is kept cannot be read',
    () => ask('/yard/examples'),
    500,
    'examples-broken',
    /yard.*mend it/,
  ],
  ['an unknown example', () => ask('/gate/examples/zz.jpg'), 404, 'example-unknown', /zz/],
  ['a path out of the folder', () => ask('/gate/examples/..%2Findex.jpg'), 404, 'example-unknown', /index/],
  ['another format', () => ask(`/gate/examples/${ids[0]}.png`), 405, 'method-unknown', /GET.*DELETE/],
  ['a limit of none', () => ask('/gate/examples?limit=0'), 400, 'request-invalid', /limit: must be a whole number/],
  [
    'a body that is no JSON',
    () => post(LABELS, '{'),
    400,
    'request-invalid',
    /^the body is not JSON: line 1, character 2: it ends/,
  ],
  [
    'a body with a key that every object has',
    () => post(LABELS, '{"__proto__": {}}'),
    400,
    'request-invalid',
    /"__proto__"/,
  ],
  ['a form', () => post(LABELS, 'a=b', { 'content-type': 'text/plain' }), 415, 'request-not-json', /must be JSON/],
  ['nothing at all', () => ask(LABELS, { method: 'POST' }), 400, 'request-invalid', /names no label/],
  ['an empty wish', () => post(LABELS, {}), 400, 'request-invalid', /names no label/],
  [
    'a label of what is gone',
    () => post(LABELS, { labels: [{ example: 'zz', label: 'x' }] }),
    400,
    'request-invalid',
    /zz/,
  ],
  ['a body too large', () => post(LABELS, ' '.repeat(3_000_000)), 413, 'request-too-large', /too large/],
  ['what cannot be taught', () => post('/gate/teach', {}), 422, 'teach-few-labels', /too few/],
  [
    'a page of another site',
    () => post(LABELS, {}, { ...JSON_TYPE, origin: 'https://evil.example' }),
    403,
    'cross-site',
    /sites/,
  ],
  [
    'a picture within another site',
    () => ask(`/gate/examples/${ids[0]}.jpg`, { headers: { origin: 'http://evil.example' } }),
    403,
    'cross-site',
    /sites/,
  ],
  [
    'an opaque page',
    () => ask('/gate/examples', { method: 'DELETE', headers: { origin: 'null' } }),
    403,
    'cross-site',
    /sites/,
  ],
] as const)('%s is refused in words', async (_what, send, status, code, words) => {
  const response = await send();
  const error = await read(response);
  expect({ status: response.status, code: error.code }).toEqual({ status, code });
  expect(`${error.detail} ${error.remedy}`.replaceAll('\n', ' ')).toMatch(words);
  expect(error.remedy).not.toBe('');
});

test('a page of this machine may ask', async () => {
  expect((await ask('/gate/examples', { headers: { origin: 'http://localhost:8700' } })).status).toBe(200);
});

test('a name that merely resolves to this machine may not', async () => {
  const status = await new Promise((resolve) => {
    const headers = { Host: 'evil.example' };
    request(`${address}/api/cameras/gate/examples`, { headers }, ({ statusCode }) => resolve(statusCode)).end();
  });
  expect(status).toBe(421);
});

test('while models are loaded, that is said', async () => {
  isLoading = true;
  const response = await ask('/gate/examples');
  isLoading = false;
  expect(response.status).toBe(503);
  expect((await read(response)).code).toBe('not-ready');
});

test('an example, and all of them, can be taken away, with what was measured of them', async () => {
  expect(await (await ask(`/gate/examples/${ids[0]}`, { method: 'DELETE' })).json()).toEqual({ removed: 1 });
  expect(forgotten).toBe(1);
  expect((await ask(`/gate/examples/${ids[0]}.jpg`)).status).toBe(404);
  const all = { method: 'DELETE', headers: JSON_TYPE };
  expect(await (await ask('/gate/examples', all)).json()).toEqual({ removed: 2 });
  expect(forgotten).toBe(2);
  expect(logged).toEqual([
    `examples of camera gate were taken away on demand: ${ids[0]}`,
    'examples of camera gate were taken away on demand: all 2',
  ]);
});

test.each([
  ['of which nothing is kept any more', 'gate', [{ id: 'gate', isKept: false, limits: { ...LIMITS, maxAgeMs: 1e9 } }]],
  ['that left the configuration', 'gate', []],
])('pictures of a camera %s can be seen, and taken away at once', async (_what, id, cameras) => {
  const limits = { ...LIMITS, maxAgeMs: 1e9 };
  await keeper.apply([{ id, isKept: true, limits }]);
  const picture = { ...made({ id: 'x' }), takenAtMs: Date.now() };
  for (const thumbnail of [grey(5), grey(90)])
    await keeper
      .store(id)
      .add({ example: picture, file: await encodeLossless({ width: 6, height: 4, pixels: PIXELS }), thumbnail });
  await keeper.apply(cameras);
  const listing = await read(await ask(`/${id}/examples`));
  expect(listing).toMatchObject({ keep: false, totals: { frames: 2 } });
  const { cameras: told } = (await (await ask('')).json()) as { cameras: { id: string; examples: object }[] };
  expect(told.find((camera) => camera.id === id)?.examples).toEqual({ keep: false, left: 2 });
  expect((await ask(`/${id}/examples/${listing.examples[0]?.id}.jpg`)).status).toBe(200);
  const one = await ask(`/${id}/examples/${listing.examples[0]?.id}`, { method: 'DELETE' });
  expect(await one.json()).toEqual({ removed: 1 });
  expect(await (await ask(`/${id}/examples`, { method: 'DELETE' })).json()).toEqual({ removed: 1 });
  expect(await readdir(folder.path)).not.toContain(id);
  expect((await ask(`/${id}/examples`, { method: 'DELETE' })).status).toBe(cameras.length === 0 ? 404 : 409);
});

test.each(['..', '%2e%2e', '..%2f..', '.'])('%s leads out of no folder', async (name) => {
  expect((await ask(`/x%2f${name}/examples`, { method: 'DELETE' })).status).toBe(404);
  expect(await readdir(folder.path)).toContain('yard');
});
