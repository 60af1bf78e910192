import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { type WebSocket, WebSocketServer } from 'ws';
import { DaemonApi } from '../../src/commands/daemon-api.ts';
import { watch } from '../../src/commands/watch.ts';
import { cameraLine, gapLine, helloLines } from '../../src/commands/watch-words.ts';
import { OPEN_ACCESS } from '../../src/principal.ts';
import { HttpServer } from '../../src/server/http.ts';
import { makeCertificate } from '../support/certificates.ts';

test('who connects is told what a camera suffers from already', () => {
  const cameras = [
    { id: 'gate', state: 'live' as const, reason: '', degraded: ['moved', 'too-slow'] },
    { id: 'yard', state: 'stalled' as const, reason: 'no frame', degraded: [] },
  ];
  expect(helloLines('ws://x', ['gate', 'yard', 'shed'], { cameras })).toEqual([
    'connected to ws://x: gate is live (degraded: moved, too-slow), yard is stalled (no frame)',
    'it has no camera shed; it has gate, yard: one that is added later is shown',
  ]);
});

test('the end of a trouble is told as that', () => {
  const troubled = new Set<string>();
  const live = { camera: 'gate', state: 'live' as const, reason: '' };
  expect(cameraLine({ ...live, degraded: [] }, troubled)).toBe('camera gate is live');
  expect(cameraLine({ ...live, degraded: ['moved'] }, troubled)).toBe('camera gate is live (degraded: moved)');
  expect(cameraLine({ ...live, degraded: [] }, troubled)).toBe('camera gate is live (no longer degraded)');
  expect(cameraLine({ ...live, degraded: [] }, troubled)).toBe('camera gate is live');
});

test('a gap is told with what is missing and why', () => {
  const gap = { type: 'gap', epoch: 'e', from: 7, to: 9, missed: 1 } as const;
  expect(gapLine({ ...gap, reason: 'expired' })).toBe('missed 1 message, 7 to 9: they are no longer kept');
});

/** A daemon that does to each connection what the test says; with what it was offered. */
async function daemon(answer: (socket: WebSocket) => void): Promise<{ url: string; offered: string[] }> {
  const offered: string[] = [];
  const server = new WebSocketServer({
    port: 0,
    host: '127.0.0.1',
    handleProtocols: (protocols) => {
      offered.push(...protocols);
      return 'weir.v1+json';
    },
  });
  server.on('connection', answer);
  await once(server, 'listening');
  onTestFinished(() => {
    for (const client of server.clients) client.terminate();
    server.close();
  });
  return { url: `127.0.0.1:${(server.address() as AddressInfo).port}`, offered };
}

function listen(): () => string {
  const spy = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  onTestFinished(() => spy.mockRestore());
  return () => spy.mock.calls.map(([text]) => String(text)).join('');
}

const OUTPUT = { closed: new AbortController().signal, exitCode: 0 as const };

test('a token that does not hold ends it with what was wrong, and is not tried again', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'weir-watch-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'token'), 'weir_abc-1\n');
  listen();
  const { url, offered } = await daemon((socket) => socket.close(1008, 'the token has expired'));
  const options = { every: 'change', tokenFile: join(folder, 'token') } as const;
  await expect(watch(url, options, new AbortController().signal, OUTPUT)).rejects.toMatchObject({
    code: 'refused',
    message: `ws://${url}/v1/labels refuses: the token has expired`,
    exitCode: 1,
  });
  expect(offered).toEqual(['weir.v1+json', 'weir.token.weir_abc-1']);
  writeFileSync(join(folder, 'token'), 'two words');
  await expect(watch(url, options, new AbortController().signal, OUTPUT)).rejects.toMatchObject({
    code: 'token-file-invalid',
    exitCode: 2,
  });
});

test('at its end it says from where to go on', async () => {
  const said = listen();
  const stop = new AbortController();
  const { url } = await daemon((socket) => {
    socket.send(JSON.stringify({ type: 'hello', version: 1, epoch: 'e', first: 1, last: 3, cameras: [] }));
    socket.once('message', () => {
      socket.send(JSON.stringify({ type: 'subscribed' }));
      socket.send(JSON.stringify({ type: 'mark', epoch: 'e', seq: 12 }));
      socket.once('pong', () => stop.abort());
      socket.ping();
    });
  });
  expect(await watch(url, { every: 'change' }, stop.signal, OUTPUT)).toBe(0);
  expect(said()).toContain('to go on from here: --since e:12');
});

function certificate(): { cert: Buffer; key: Buffer } {
  const folder = mkdtempSync(join(tmpdir(), 'weir-watch-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  makeCertificate(folder, 'a');
  return { cert: readFileSync(join(folder, 'a.pem')), key: readFileSync(join(folder, 'a.key')) };
}

const never = () => new AbortController().signal;

test('a daemon that needs a token is not waited for: that is said at once, with where one is to be had', async () => {
  const http = new HttpServer({
    host: '127.0.0.1',
    port: 0,
    access: { ...OPEN_ACCESS, open: null },
    metrics: async () => ({ contentType: '', text: '' }),
    ready: () => true,
    upgrades: new Map([['/v1/labels', () => expect.unreachable('nobody is to wait')]]),
    api: [(app) => void app.get('/api/cameras', async () => ({}))],
    upgradesAuthenticate: true,
  });
  const address = await http.listen();
  onTestFinished(() => http.close());
  await expect(watch(address, { every: 'change' }, never(), OUTPUT)).rejects.toMatchObject({
    code: 'refused',
    message: expect.stringMatching(/^ws:.* refuses: a token is needed here$/),
    remedy: expect.stringMatching(/weir token create.*--token-file.*WEIR_TOKEN/),
    exitCode: 1,
  });
});

test('without a file the token is that of WEIR_TOKEN', async () => {
  vi.stubEnv('WEIR_TOKEN', 'weir_abc-2');
  onTestFinished(() => void vi.unstubAllEnvs());
  listen();
  const { url, offered } = await daemon((socket) => socket.close(1008, 'this token is not known'));
  await expect(watch(url, { every: 'change' }, never(), OUTPUT)).rejects.toMatchObject({
    code: 'refused',
    remedy: expect.stringContaining('the token in WEIR_TOKEN'),
  });
  expect(offered).toContain('weir.token.weir_abc-2');
});

const PROBLEM = JSON.stringify({ code: 'token-missing', detail: 'a token is needed here', remedy: 'send one' });

/** A daemon, or a proxy before one, that answers `answers` over HTTP in turn (`null`: hangs up), and takes who offers what `takes` wants. */
async function served(answers: ([status: number, body: string] | null)[], takes: (offered: string[]) => boolean) {
  const offers: string[][] = [];
  const server = createServer((request, response) => {
    const answer = answers.length > 1 ? answers.shift() : answers[0];
    if (answer == null) request.socket.destroy();
    else response.writeHead(answer[0]).end(answer[1]);
  });
  const labels = new WebSocketServer({ server, handleProtocols: () => 'weir.v1+json' });
  const stop = new AbortController();
  labels.on('connection', (socket, { headers }) => {
    offers.push(String(headers['sec-websocket-protocol']).split(/, */).slice(1));
    if (!takes(offers.at(-1) ?? [])) return socket.close(1008, 'this token is not known');
    socket.send(JSON.stringify({ type: 'hello', version: 1, epoch: 'e', first: 1, last: 3, cameras: [] }));
    socket.once('message', () => stop.abort());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return { url: `127.0.0.1:${(server.address() as AddressInfo).port}`, offers, stop: stop.signal };
}

const MINE = 'weir.token.weir_mine-1';
const isOpen = (offered: string[]) => offered.length === 0;
const wantsMine = (offered: string[]) => offered.includes(MINE);
const anyHow = () => true;
const CAMERAS: [number, string] = [200, '{"cameras":[]}'];
const FORBIDDEN: [number, string] = [403, '<h1>Forbidden</h1>'];

test.each([
  ['a daemon that needs none', 'environment', [CAMERAS], isOpen, [[]]],
  ['a daemon that needs one', 'environment', [[401, PROBLEM]], wantsMine, [[MINE]]],
  ['a daemon that needs none', 'file', [CAMERAS], anyHow, [[MINE]]],
  ['a daemon that needs none and comes up late', 'environment', [null, CAMERAS], isOpen, [[MINE], []]],
  ['a proxy that lets only the WebSocket through', 'environment', [FORBIDDEN], wantsMine, [[MINE]]],
  ['a proxy that lets only the WebSocket through', 'file', [FORBIDDEN], wantsMine, [[MINE]]],
  ['a proxy that lets only the WebSocket through', 'none', [FORBIDDEN], isOpen, [[]]],
  ['a proxy with another way to say it', 'none', [[401, 'who are you?']], isOpen, [[]]],
  ['a proxy with a page for everything', 'environment', [[200, '<h1>Welcome</h1>']], wantsMine, [[MINE]]],
] as const)('%s is watched with the token of: %s', async (_whom, from, answers, takes, offers) => {
  const folder = mkdtempSync(join(tmpdir(), 'weir-watch-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'token'), 'weir_mine-1\n');
  if (from === 'environment') vi.stubEnv('WEIR_TOKEN', 'weir_mine-1');
  onTestFinished(() => void vi.unstubAllEnvs());
  listen();
  const daemon = await served(
    answers.map((answer) => answer && [...answer]),
    takes,
  );
  const tokenFile = from === 'file' ? { tokenFile: join(folder, 'token') } : {};
  expect(await watch(daemon.url, { every: 'change', ...tokenFile }, daemon.stop, OUTPUT)).toBe(0);
  expect(daemon.offers).toEqual(offers);
});

test('an unknown camera is told beside JSON too, with the nearest there is', async () => {
  const said = listen();
  const printed = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  onTestFinished(() => printed.mockRestore());
  const stop = new AbortController();
  const camera = { id: 'gate', state: 'live', reason: '', degraded: [], questions: [] };
  const { url } = await daemon((socket) => {
    socket.send(JSON.stringify({ type: 'hello', version: 1, epoch: 'e', first: 1, last: 3, cameras: [camera] }));
    socket.once('message', () => stop.abort());
  });
  expect(await watch(url, { every: 'change', cameras: ['gaet'], json: true }, stop.signal, OUTPUT)).toBe(0);
  expect(said()).toContain(
    'it has no camera gaet (did you mean "gate"?); it has gate: one that is added later is shown',
  );
});

test.each([
  ['https', /^https:\/\/127\.0\.0\.1:\d+: the server speaks no TLS there$/, /^try http:\/\/127\.0\.0\.1:\d+,/],
  ['wss', /^https:\/\/127\.0\.0\.1:\d+: the server speaks no TLS there$/, /^try http:\/\/127\.0\.0\.1:\d+,/],
  ['http', /^http:\/\/127\.0\.0\.1:\d+: the server speaks TLS there/, /^try https:\/\/127\.0\.0\.1:\d+$/],
  ['ws', /^http:\/\/127\.0\.0\.1:\d+: the server speaks TLS there/, /^try https:\/\/127\.0\.0\.1:\d+$/],
])(
  '%s:// where the server speaks the other is told in plain words, with the address to try',
  async (scheme, message, remedy) => {
    const isPlain = scheme === 'https' || scheme === 'wss';
    const server = isPlain ? createServer() : createTlsServer(certificate());
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    const address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    const told = {
      code: 'tls-mismatch',
      message: expect.stringMatching(message),
      remedy: expect.stringMatching(remedy),
    };
    await expect(watch(`${scheme}://${address}`, { every: 'change' }, never(), OUTPUT)).rejects.toMatchObject(told);
    const api = await DaemonApi.open(`${isPlain ? 'https' : 'http'}://${address}`, {}, never(), {});
    await expect(api.get('/api/status')).rejects.toMatchObject(told);
  },
);
