import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ffmpeg, temporaryFolder } from '../support/clips.ts';
import { Daemon, ROOT } from '../support/daemon.ts';
import { answerProblem } from '../support/openapi.ts';
import { waitFor } from '../support/processes.ts';

const PASSWORD = 'open-sesame';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let wide: string;
const daemons: Daemon[] = [];

beforeAll(async () => {
  folder = await temporaryFolder();
  wide = join(folder.path, 'wide.mp4');
  await ffmpeg(['-f', 'lavfi', '-i', 'testsrc=s=640x200:d=3:r=10', '-pix_fmt', 'yuv420p', wide]);
});
async function end(): Promise<void> {
  for (const daemon of daemons.splice(0)) await daemon.stop('SIGKILL');
}
afterAll(async () => {
  await end();
  await folder.remove();
});

const demo = (more = {}) => ({ id: 'demo', source: join(ROOT, 'fixtures/demo.mp4'), loop: true, ...more });
const gate = (more = {}) => ({ id: 'gate', source: wide, loop: true, fps: 10, budgetMs: 'none', ...more });
const QUICK = { mode: 'cascade', rungs: ['lite0@96-int8'] };

interface Setting {
  readonly name: string;
  readonly cameras?: readonly object[];
  readonly more?: object;
  readonly args?: readonly string[];
}

async function configure(name: string, cameras: readonly object[], more: object = QUICK): Promise<string> {
  const file = join(folder.path, `${name}.yaml`);
  await writeFile(file, JSON.stringify({ inference: { slots: 1 }, server: { port: 0 }, ...more, cameras }));
  return file;
}

/** A daemon of its own state directory; started again by the same name it finds what it kept. */
async function start({ name, cameras = [demo()], more = QUICK, args = [] }: Setting): Promise<Daemon> {
  const file = await configure(name, cameras, more);
  const daemon = new Daemon(['--config', file, '--state-dir', join(folder.path, name), ...args]);
  daemons.push(daemon);
  await daemon.subscribe();
  return daemon;
}

async function ask(daemon: Daemon, method: string, path: string, body?: object) {
  const content = body && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
  const response = await fetch(`${daemon.address}${path}`, { method, ...content });
  const text = await response.text();
  const type = response.headers.get('content-type') ?? '';
  const parsed: unknown = /json\b/.test(type) ? JSON.parse(text) : null;
  expect(answerProblem(method, path.replace(/\?.*/, ''), response.status, type, parsed)).toBeNull();
  // biome-ignore lint/suspicious/noExplicitAny: checked against the document just now
  return { status: response.status, headers: response.headers, text, body: (parsed ?? {}) as any };
}

/** Asks again while models are loaded. */
async function change(daemon: Daemon, method: string, path: string, body?: object) {
  let answer = await ask(daemon, method, path, body);
  await waitFor(async () => {
    if (answer.body.code === 'not-ready') answer = await ask(daemon, method, path, body);
    return answer.body.code !== 'not-ready';
  }, 'models to be loaded');
  return answer;
}

const labelsOf = (daemon: Daemon, camera: string) => daemon.labels.filter((label) => label.camera === camera);
async function untilLabelsOf(daemon: Daemon, camera: string, more = 3): Promise<void> {
  const before = labelsOf(daemon, camera).length;
  await waitFor(
    () => labelsOf(daemon, camera).length >= before + more,
    `labels of ${camera}; ${daemon.stderr.slice(-600)}`,
  );
}
const kept = (name: string) => readFile(join(folder.path, name, 'cameras.json'), 'utf8');

describe('a camera over REST', () => {
  let daemon: Daemon;
  beforeAll(async () => {
    daemon = await start({ name: 'shared', args: ['--source', `clip=${wide}`, '--loop'] });
  }, 30_000);
  afterAll(() => end());

  test('of the configuration or the command line is read-only, and its id is taken', async () => {
    const { body } = await ask(daemon, 'GET', '/api/cameras');
    expect(body.cameras).toMatchObject([
      { id: 'demo', origin: 'configuration' },
      { id: 'clip', origin: 'command-line' },
    ]);
    for (const id of ['demo', 'clip']) {
      for (const [method, path, sent] of [
        ['PATCH', '', { fps: 1 }],
        ['DELETE', '', undefined],
        ['POST', '/pause', undefined],
        ['POST', '/resume', undefined],
      ] as const) {
        const refused = await change(daemon, method, `/api/cameras/${id}${path}`, sent);
        expect(refused, `${method} ${path}`).toMatchObject({ status: 409, body: { code: 'camera-read-only' } });
        expect(refused.headers.get('content-type')).toMatch(/^application\/problem\+json/);
      }
    }
    const twice = await ask(daemon, 'POST', '/api/cameras', gate({ id: 'demo' }));
    expect(twice).toMatchObject({ status: 409, body: { code: 'camera-exists' } });
  }, 30_000);

  test('is added, answers, is changed, paused, resumed and removed', async () => {
    const added = await change(daemon, 'POST', '/api/cameras', gate());
    expect(added.status, added.text).toBe(201);
    expect(added.headers.get('location')).toBe('/api/cameras/gate');
    expect(added.body).toMatchObject({ id: 'gate', origin: 'api', paused: false, fps: 10, budgetMs: null });
    await untilLabelsOf(daemon, 'gate');

    const changed = await ask(daemon, 'PATCH', '/api/cameras/gate', { fps: 5, priority: 2 });
    expect(changed.body, changed.text).toMatchObject({ fps: 5, priority: 2, source: wide });
    await untilLabelsOf(daemon, 'gate');
    expect(labelsOf(daemon, 'gate').at(-1)?.stream).toBe(2);

    expect((await ask(daemon, 'POST', '/api/cameras/gate/pause')).body).toMatchObject({
      state: 'paused',
      paused: true,
    });
    expect(daemon.states('gate').at(-1)).toBe('paused');
    expect((await ask(daemon, 'POST', '/api/cameras/gate/resume')).body.paused).toBe(false);
    await untilLabelsOf(daemon, 'gate');

    const figures = await ask(daemon, 'GET', '/api/cameras/gate/figures');
    expect(figures.body.frames.classified).toBeGreaterThan(3);
    expect(figures.body.latency[0].p95Ms).toBeGreaterThanOrEqual(figures.body.latency[0].p50Ms);
    expect(figures.body.rungs).toMatchObject([{ rung: 'lite0@96-int8' }]);

    expect((await ask(daemon, 'DELETE', '/api/cameras/gate')).status).toBe(204);
    expect(await ask(daemon, 'GET', '/api/cameras/gate')).toMatchObject({
      status: 404,
      body: { code: 'camera-unknown' },
    });
    expect((await ask(daemon, 'GET', '/api/cameras/gate/snapshot.jpg')).status).toBe(404);
    await waitFor(() => daemon.states('gate').at(-1) === 'removed', 'its end to be told');
    expect(daemon.states('demo')).toEqual(['connecting', 'live']);
    expect(JSON.parse(await kept('shared')).cameras).toEqual([]);
  }, 60_000);

  test('its picture has the source’s shape, in the width that is asked for', async () => {
    await untilLabelsOf(daemon, 'clip', 1);
    const sizeOf = async (query: string) => {
      const response = await fetch(`${daemon.address}/api/cameras/clip/snapshot.jpg${query}`);
      expect(response.headers.get('content-type')).toBe('image/jpeg');
      expect(Number(response.headers.get('x-weir-pts-seconds'))).toBeGreaterThanOrEqual(0);
      return jpegSize(new Uint8Array(await response.arrayBuffer()));
    };
    // Until the first has come, it is made of a frame, which is smaller.
    await waitFor(async () => (await sizeOf('')).width === 640, 'a picture that ffmpeg made');
    expect(await sizeOf('')).toEqual({ width: 640, height: 200 });
    expect(await sizeOf('?width=1000')).toEqual({ width: 640, height: 200 });
    expect(await sizeOf('?width=320')).toEqual({ width: 320, height: 100 });
    const refused = await ask(daemon, 'GET', '/api/cameras/clip/snapshot.jpg?width=1e9&size=3');
    expect(refused).toMatchObject({ status: 400, body: { code: 'request-invalid' } });
    expect(refused.body.detail).toMatch(/width: must be a whole number/);
    expect(refused.body.detail).toMatch(/size: unknown key/);
  }, 30_000);

  test('without pictures of its own, its snapshot is made of the frames that are looked at', async () => {
    const plain = gate({ id: 'plain', picture: { enabled: false } });
    expect((await change(daemon, 'POST', '/api/cameras', plain)).status).toBe(201);
    await untilLabelsOf(daemon, 'plain', 6);
    const response = await fetch(`${daemon.address}/api/cameras/plain/snapshot.jpg`);
    const jpeg = Buffer.from(await response.arrayBuffer());
    expect([response.status, jpegSize(jpeg).width, jpeg.includes('Lavc')]).toEqual([200, 640, false]);
    expect((await ask(daemon, 'DELETE', '/api/cameras/plain')).status).toBe(204);
  }, 30_000);

  test('what is wrong with it is told at once, and nothing of it is done', async () => {
    const wrong = gate({ id: 'Gate', fsp: 5, passwordFile: '/etc/shadow', heads: '/etc/passwd', fps: 0 });
    const { status, body } = await change(daemon, 'POST', '/api/cameras', wrong);
    expect(status).toBe(422);
    for (const words of [
      /id: /,
      /fsp: unknown key \(did you mean "fps"\?\)/,
      /passwordFile: is not taken/,
      /heads: is not/,
      /fps: /,
    ]) {
      expect(body.detail).toMatch(words);
    }
    const near = await ask(daemon, 'POST', '/api/cameras', gate({ passwordFil: 'x' }));
    expect(near.body.detail).not.toContain('passwordFile"');
    const environment = await ask(daemon, 'POST', '/api/cameras', gate({ source: 'rtsp://here/${HOME}' }));
    expect(environment.body.detail).toMatch(/the environment is not read over the API/);
    const text = await ask(daemon, 'POST', '/api/cameras', gate({ source: '/home/weir/.gnupg/key.asc' }));
    expect(text).toMatchObject({ status: 422, body: { detail: expect.stringMatching(/named as a video/) } });
    expect((await ask(daemon, 'GET', '/api/cameras')).body.cameras).toHaveLength(2);
  }, 30_000);

  test('its password is in no answer and in no log', async () => {
    const source = 'rtsp://127.0.0.1:9/x';
    const added = await change(daemon, 'POST', '/api/cameras', {
      id: 'hidden',
      source,
      username: 'guard',
      password: PASSWORD,
    });
    expect(added.status, added.text).toBe(201);
    await waitFor(() => daemon.states('hidden').includes('failed'), 'that it is not reached');
    const answers = [added.text];
    for (const path of ['cameras', 'cameras/hidden', 'cameras/hidden/figures', 'status', 'labels?types=camera']) {
      answers.push((await ask(daemon, 'GET', `/api/${path}`)).text);
    }
    const within = await ask(daemon, 'POST', '/api/cameras', {
      id: 'shed',
      source: `rtsp://u:${PASSWORD}@[bad/`,
      fps: 'x',
    });
    answers.push(within.text, await fetch(`${daemon.address}/metrics`).then((metrics) => metrics.text()));
    expect(answers.join('\n')).not.toContain(PASSWORD);
    expect(daemon.stderr + JSON.stringify(daemon.messages)).not.toContain(PASSWORD);
    expect(await kept('shared')).toContain(PASSWORD);
  }, 30_000);

  test('what it said before is read a page at a time or as a file', async () => {
    await untilLabelsOf(daemon, 'demo', 10);
    const first = await ask(daemon, 'GET', '/api/labels?camera=demo&limit=4');
    expect(first.body.items).toEqual(labelsOf(daemon, 'demo').slice(0, 4));
    const second = await ask(daemon, 'GET', `/api/labels?camera=demo&limit=4&cursor=${first.body.next}`);
    expect(second.body.items).toEqual(labelsOf(daemon, 'demo').slice(4, 8));
    const newest = await ask(daemon, 'GET', '/api/labels?order=newest&limit=1');
    expect(newest.body.items[0].seq).toBeGreaterThanOrEqual(daemon.labels[9]?.seq ?? Infinity);
    const lines = await ask(daemon, 'GET', '/api/labels?format=jsonl&types=label,camera');
    const numbers = lines.text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).seq);
    expect(numbers.length).toBeGreaterThan(10);
    expect(numbers).toEqual([...numbers].sort((a, b) => a - b));
    const csv = await ask(daemon, 'GET', '/api/labels?format=csv&limit=3');
    expect(csv.headers.get('content-disposition')).toBe('attachment; filename="weir-labels.csv"');
    expect(csv.text.split('\r\n')).toHaveLength(1 + 3 + 1);
    expect(await ask(daemon, 'GET', '/api/labels?camera=shed')).toMatchObject({
      status: 404,
      body: { code: 'camera-unknown' },
    });
  }, 30_000);
});

describe('cameras of the API', () => {
  test('outlast a daemon that is killed, and a reload; one that the configuration has too gives way', async () => {
    const before = await start({ name: 'killed' });
    expect((await change(before, 'POST', '/api/cameras', gate({ fps: 7 }))).status).toBe(201);
    expect((await ask(before, 'POST', '/api/cameras', gate({ id: 'still' }))).status).toBe(201);
    expect((await ask(before, 'POST', '/api/cameras', gate({ id: 'twice', fps: 9 }))).status).toBe(201);
    expect((await ask(before, 'POST', '/api/cameras/still/pause')).status).toBe(200);
    await before.stop('SIGKILL');
    // As other versions may have left them: one that this one does not know, and one that it takes otherwise.
    const left = JSON.parse(await kept('killed'));
    left.cameras.push({ entry: { id: 'later', source: wide, lens: 2 }, isPaused: false });
    left.cameras.push({ entry: { id: 'far', source: 'rtsps://127.0.0.1:1/x', transport: 'udp' }, isPaused: false });
    await writeFile(join(folder.path, 'killed', 'cameras.json'), JSON.stringify(left));
    const daemon = await start({ name: 'killed', cameras: [demo(), demo({ id: 'twice' })] });
    const atOnce = (await ask(daemon, 'GET', '/api/cameras')).body.cameras.map(({ id }: { id: string }) => id);
    expect(atOnce).toEqual(expect.arrayContaining(['demo', 'gate', 'still', 'twice'])); // also while models are loaded
    await untilLabelsOf(daemon, 'gate');
    const told = async (id: string) => (await ask(daemon, 'GET', `/api/cameras/${id}`)).body;
    expect(await told('gate')).toMatchObject({ origin: 'api', fps: 7 });
    expect(await told('still')).toMatchObject({ origin: 'api', state: 'paused', paused: true });
    expect(await told('twice')).toMatchObject({ origin: 'configuration', fps: 5 });
    const clash = /camera twice is in the configuration and was added over the API too: the configuration counts/;
    const leftOut = /camera later, added over the API, is left out: lens: unknown key/;
    const notices = (await ask(daemon, 'GET', '/api/status')).body.notices.join(' ');
    for (const words of [clash, leftOut]) {
      expect(daemon.stderr).toMatch(words);
      expect(notices).toMatch(words);
    }
    expect(daemon.stderr).toContain('camera far comes over TCP');
    expect((await ask(daemon, 'DELETE', '/api/cameras/far')).status).toBe(204);
    expect(JSON.parse(await kept('killed')).cameras.at(-1).entry).toEqual({ id: 'later', source: wide, lens: 2 });
    await configure('killed', [demo({ fps: 3 })]);
    daemon.child.kill('SIGHUP');
    await waitFor(() => daemon.stderr.includes('the configuration is reloaded: '), 'the reload');
    await untilLabelsOf(daemon, 'gate');
    expect(labelsOf(daemon, 'gate').at(-1)?.stream).toBe(1);
    expect(await told('twice')).toMatchObject({ origin: 'api', fps: 9 });
    expect((await stat(join(folder.path, 'killed', 'cameras.json'))).mode & 0o777).toBe(0o600);
    await end();
  }, 60_000);
});

describe('the operating point of a camera', () => {
  test('is moved while it runs: for one of the API for good, for one of the configuration until the restart', async () => {
    const more = { operatingPoint: 'fast' };
    const daemon = await start({ name: 'point', cameras: [demo({ gears: false, budgetMs: 'none' })], more });
    await untilLabelsOf(daemon, 'demo', 1);
    expect((await change(daemon, 'POST', '/api/cameras', gate({ gears: false }))).status).toBe(201);
    const before = await ask(daemon, 'GET', '/api/cameras/demo/operating-points');
    expect(before.body).toMatchObject({ current: { name: 'fast' }, configured: 'fast', until: null, mode: 'hybrid' });
    const [front] = before.body.questions;
    expect(front.points.length).toBeGreaterThan(2);
    expect(front.points[before.body.current.index]).toMatchObject({ name: 'fast', costMs: expect.any(Number) });
    for (const camera of ['demo', 'gate']) {
      const moved = await ask(daemon, 'PUT', `/api/cameras/${camera}/operating-point`, { operatingPoint: 'balanced' });
      expect(moved.body, moved.text).toMatchObject({ current: { name: 'balanced' } });
      await waitFor(() => labelsOf(daemon, camera).at(-1)?.operatingPoint === 'balanced', 'a label of it');
      expect(labelsOf(daemon, camera).at(-1)?.stream).toBe(1);
    }
    const described = (id: string) => ask(daemon, 'GET', `/api/cameras/${id}`).then(({ body }) => body.operatingPoint);
    expect(await described('demo')).toMatchObject({
      current: { name: 'balanced' },
      configured: 'fast',
      until: 'restart',
    });
    expect(await described('gate')).toMatchObject({ configured: 'balanced', until: null });
    // Another camera's coming does not move it back, nor open it anew.
    expect((await ask(daemon, 'POST', '/api/cameras', gate({ id: 'third' }))).status).toBe(201);
    await untilLabelsOf(daemon, 'demo', 2);
    expect(labelsOf(daemon, 'demo').at(-1)).toMatchObject({ operatingPoint: 'balanced', stream: 1 });
    const wrong = await ask(daemon, 'PUT', '/api/cameras/gate/operating-point', { operatingPoint: 'quick' });
    expect(wrong).toMatchObject({ status: 422, body: { code: 'operating-point-unknown' } });
    expect((await ask(daemon, 'PUT', '/api/cameras/gate/operating-point', { point: 1 })).status).toBe(400);
    const byNumber = await ask(daemon, 'PUT', '/api/cameras/third/operating-point', { operatingPoint: 0 });
    expect(byNumber).toMatchObject({ status: 200, body: { current: { index: 0 }, configured: '0' } });
    expect(await kept('point')).toContain('"operatingPoint": "balanced"');
    daemon.child.kill('SIGHUP');
    await waitFor(async () => (await described('demo')).until === null, 'the reload to move it back');
    await waitFor(() => labelsOf(daemon, 'demo').at(-1)?.operatingPoint === 'fast', 'a label of it');

    expect((await ask(daemon, 'PATCH', '/api/cameras/third', { mode: 'fixed:lite0@96-int8' })).status).toBe(200);
    expect((await ask(daemon, 'GET', '/api/cameras/third/operating-points')).body.questions).toEqual([]);
    const none = await ask(daemon, 'PUT', '/api/cameras/third/operating-point', { operatingPoint: 'fast' });
    expect(none).toMatchObject({ status: 409, body: { code: 'operating-points-none' } });
    await end();
  }, 90_000);
});

/** Width and height from a JPEG's frame header. */
function jpegSize(bytes: Uint8Array): { width: number; height: number } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 2; at < bytes.length; at += 2 + view.getUint16(at + 2)) {
    const marker = bytes[at + 1] ?? 0;
    if (marker >= 0xc0 && marker <= 0xc2) return { height: view.getUint16(at + 5), width: view.getUint16(at + 7) };
  }
  throw new Error('no JPEG');
}
